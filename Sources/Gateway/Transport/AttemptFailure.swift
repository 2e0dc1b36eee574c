import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL
import PlumblineKit

/// Why one attempt brought no whole answer.
enum AttemptFailure: Error, Sendable, Hashable {
    /// No connection could be made: nothing reached the source.
    case notConnected(String)
    /// The request went out, and no whole answer came back.
    case interrupted(String)
    /// Trying again would not help.
    case final(ConnectorError)

    /// What to tell a person.
    var reason: String {
        switch self {
        case .notConnected(let reason), .interrupted(let reason): reason
        case .final(.cancelled): "cancelled"
        case .final(let error): "\(error)"
        }
    }

    /// Reads the errors of AsyncHTTPClient and NIO.
    init(_ error: any Error, origin: HTTPURL.Origin, options: TransportOptions) {
        switch error {
        case let failure as AttemptFailure: self = failure
        case is CancellationError: self = .final(.cancelled)
        case let error as HTTPClientError: self = Self.reading(error, options: options)
        case let error as IOError: self = Self.reading(error)
        case let error as NIOConnectionError: self = .notConnected(Self.words(for: error))
        case NIOHTTPDecompression.DecompressionError.limit:
            self = .final(
                .unexpected(
                    reason: "the answer of \(origin) unpacks to more than \(options.maxCompressionRatio) times "
                        + "its size"))
        case is NIOHTTPDecompression.DecompressionError, is NIOHTTPDecompression.ExtraDecompressionError:
            self = .interrupted("the compressed answer is damaged or cut off")
        case HTTPParserError.invalidEOFState: self = .interrupted("the connection closed before the end of the answer")
        case is HTTPParserError: self = .final(.unexpected(reason: "\(origin) does not answer in HTTP: \(error)"))
        case NIOSSLError.uncleanShutdown: self = .interrupted("the connection closed before the end of the answer")
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: self = Self.readingTLS(error, origin: origin)
        case let error as ChannelError: self = .interrupted("the connection failed: \(error)")
        default: self = .interrupted("the request failed: \(type(of: error))")
        }
    }

    private static func reading(_ error: HTTPClientError, options: TransportOptions) -> AttemptFailure {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout:
            .notConnected("no connection within \(options.connectTimeout)")
        case .tlsHandshakeTimeout: .notConnected("no TLS handshake within \(options.connectTimeout)")
        case .httpProxyHandshakeTimeout, .invalidProxyResponse: .notConnected("the proxy did not open a connection")
        case .proxyAuthenticationRequired:
            .final(.refused(status: 407, hint: "the outgoing proxy asks for credentials"))
        case .readTimeout: .interrupted("no byte came for \(options.readTimeout)")
        case .deadlineExceeded: .interrupted("no whole answer within \(options.timeout)")
        case .remoteConnectionClosed: .interrupted("the source closed the connection")
        case .cancelled: .final(.cancelled)
        case .alreadyShutdown: .final(.unavailable(reason: "the transport is shut down", retryAfter: nil))
        default: .interrupted("the request failed: \(error.shortDescription)")
        }
    }

    private static func reading(_ error: IOError) -> AttemptFailure {
        switch error.errnoCode {
        case ECONNREFUSED: .notConnected("connection refused")
        case EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL, EAFNOSUPPORT: .notConnected("the host cannot be reached")
        case ECONNRESET, EPIPE: .interrupted("the source reset the connection")
        default: .interrupted("the connection failed: \(String(cString: strerror(error.errnoCode)))")
        }
    }

    private static func words(for error: NIOConnectionError) -> String {
        if error.dnsAError != nil || error.dnsAAAAError != nil { return "the host name has no address" }
        let causes = error.connectionErrors.map { single in
            (single.error as? IOError).map { reading($0).reason } ?? "\(single.error)"
        }
        return causes.isEmpty ? "no connection" : Set(causes).sorted().joined(separator: "; ")
    }

    private static func readingTLS(_ error: any Error, origin: HTTPURL.Origin) -> AttemptFailure {
        let words = "\(error)"
        if words.contains("CERTIFICATE_VERIFY_FAILED") {
            return .final(
                .unexpected(
                    reason: "the certificate of \(origin) is not trusted; when your company issues its own, name the "
                        + "authority's PEM file in ca_file"))
        }
        if (error as? NIOSSLExtraError) == .failedToValidateHostname {
            return .final(.unexpected(reason: "the certificate of \(origin) was issued for another host"))
        }
        if words.contains("WRONG_VERSION_NUMBER") || words.contains("HTTP_REQUEST") {
            return .final(.unexpected(reason: "\(origin) does not speak TLS; perhaps the address begins with http://"))
        }
        return .notConnected("the TLS handshake failed: \(words)")
    }
}
