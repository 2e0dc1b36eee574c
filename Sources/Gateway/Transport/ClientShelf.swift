import AsyncHTTPClient
import NIOCore
import NIOHTTPCompression
import NIOSSL
import PlumblineKit

/// The HTTP clients of one connection: one per host, each bound to the address that was resolved and checked.
///
/// `dnsOverride` belongs to a client's configuration, so another address needs another client. A client that is no
/// longer wanted is shut down when its last request is done.
actor ClientShelf {
    /// A client in use; to be given back.
    struct Lease: Sendable {
        let client: HTTPClient
        fileprivate let place: Place
        /// The checked address this client connects to: the source's, or the proxy's.
        var address: IPAddress { place.address }
    }

    fileprivate struct Place: Hashable, Sendable {
        let host: String
        let address: IPAddress
    }

    private struct Slot {
        let client: HTTPClient
        var leases = 0
        var isRetired = false
    }

    private let options: TransportOptions
    private let environment: TransportEnvironment
    private let certificates: [NIOSSLCertificate]
    private var books: [String: AddressBook] = [:]
    private var slots: [Place: Slot] = [:]
    private var isShutDown = false

    /// - Throws: `.settings` for `ca_file` when a file cannot be read.
    init(options: TransportOptions, environment: TransportEnvironment) throws(ConnectorError) {
        self.options = options
        self.environment = environment
        certificates = try Self.certificates(in: options.caFiles)
    }

    deinit {
        // A client must not be dropped running; an orderly host has called shutdown() before.
        for slot in slots.values { slot.client.shutdown { _ in } }
    }

    /// A client for requests to `host`.
    func lease(for host: String) async throws(AttemptFailure) -> Lease {
        let dialled = options.proxy?.host ?? host
        let place = Place(host: dialled, address: try await address(of: dialled))
        guard !isShutDown else {
            throw .final(.unavailable(reason: "the transport is shut down", retryAfter: nil))
        }
        var slot = slots[place] ?? Slot(client: makeClient(for: place))
        slot.leases += 1
        slot.isRetired = false
        slots[place] = slot
        return Lease(client: slot.client, place: place)
    }

    /// A request is done.
    func giveBack(_ lease: Lease) async {
        slots[lease.place]?.leases -= 1
        await discardIfUnused(lease.place)
    }

    /// No connection could be made. True when the host has another address to try.
    func reportUnreachable(_ lease: Lease) async -> Bool {
        slots[lease.place]?.isRetired = true
        await discardIfUnused(lease.place)
        let action = books[lease.place.host]?.handle(.failed(lease.address))
        return if case .connect = action { true } else { false }
    }

    /// Ends every client; requests under way fail.
    func shutdown() async {
        isShutDown = true
        let clients = slots.values.map(\.client)
        slots = [:]
        for client in clients { try? await client.shutdown() }
    }

    private func discardIfUnused(_ place: Place) async {
        guard let slot = slots[place], slot.isRetired, slot.leases == 0 else { return }
        slots[place] = nil
        try? await slot.client.shutdown()
    }

    private func address(of host: String) async throws(AttemptFailure) -> IPAddress {
        var action = books[host, default: AddressBook(host: host)].handle(.asked)
        if action == .resolve {
            let found: [IPAddress]
            do {
                found = try await environment.resolve(host)
            } catch {
                throw .notConnected("\(host) cannot be resolved: \(error.reason)")
            }
            action = books[host, default: AddressBook(host: host)].handle(.resolved(found))
        }
        switch action {
        case .connect(let address): return address
        case .refuse(let reason): throw .final(.unexpected(reason: reason))
        case .resolve, .exhausted: throw .notConnected("\(host) has no address")
        }
    }

    private func makeClient(for place: Place) -> HTTPClient {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .init(options.connectTimeout), read: .init(options.readTimeout)),
            decompression: .enabled(limit: .ratio(options.maxCompressionRatio)))
        // One request per connection keeps a cut-off answer from touching others.
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(options.concurrentRequests, 1)
        // RetrySchedule decides about new attempts.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let proxy = options.proxy {
            configuration.proxy = .server(host: "\(place.address)", port: proxy.port)
        } else if IPAddress(place.host) == nil {
            configuration.dnsOverride = [place.host: "\(place.address)"]
        }
        if !certificates.isEmpty {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.additionalTrustRoots = [.certificates(certificates)]
            configuration.tlsConfiguration = tls
        }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    private static func certificates(in files: [String]) throws(ConnectorError) -> [NIOSSLCertificate] {
        var all: [NIOSSLCertificate] = []
        for file in files {
            guard let found = try? NIOSSLCertificate.fromPEMFile(file), !found.isEmpty else {
                throw .settings(field: "ca_file", reason: "'\(file)' is not a readable PEM file with certificates")
            }
            all += found
        }
        return all
    }
}
