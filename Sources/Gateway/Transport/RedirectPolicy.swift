import PlumblineKit

/// One request of a chain of redirects: where, and what is sent there.
struct Hop: Sendable, Hashable {
    var url: HTTPURL
    var request: HTTPRequest
}

/// Which redirects are followed: at most five, on the same host, never from `https` to `http`; credentials go along
/// only to the same origin.
struct RedirectPolicy: Sendable {
    /// More redirects than this are taken for a circle.
    static let limit = 5

    private var followed = 0

    /// The request that a redirect leads to; nil when the answer is none.
    mutating func next(after hop: Hop, status: Int, location: String?) throws(ConnectorError) -> Hop? {
        guard [301, 302, 303, 307, 308].contains(status), let location else { return nil }
        followed += 1
        guard followed <= Self.limit else {
            throw .unexpected(reason: "\(hop.url.origin) redirected more than \(Self.limit) times")
        }
        let target = try Self.target(of: location, from: hop.url)
        var next = Hop(url: target, request: hop.request)
        if status == 303 || (status < 303 && hop.request.method == .post) {
            next.request.method = hop.request.method == .head ? .head : .get
            next.request.body = nil
            next.request.headers.remove("Content-Type")
        }
        if target.origin != hop.url.origin { next.request.headers.removeCredentials() }
        return next
    }

    private static func target(of location: String, from url: HTTPURL) throws(ConnectorError) -> HTTPURL {
        let target: HTTPURL
        do {
            target = try url.resolving(location)
        } catch {
            throw .unexpected(reason: "\(url.origin) redirects to what is no address: \(error.reason)")
        }
        guard target.origin.host == url.origin.host else {
            throw .unexpected(
                reason: "\(url.origin.host) redirects to another host, \(target.origin.host); no redirect to another "
                    + "host is followed: check base_url, or whether the source wants a login")
        }
        guard target.origin.isSecure || !url.origin.isSecure else {
            throw .unexpected(reason: "\(url.origin) redirects to \(target.origin), which is not encrypted")
        }
        return target
    }
}

extension HTTPHeaders {
    /// Removes `Authorization`, `Cookie` and every other header that holds a credential.
    mutating func removeCredentials() {
        for field in fields where Redaction.isSecretName(field.name) { remove(field.name) }
    }
}
