import PlumblineKit

/// Which hosts a connection may reach: that of its base address and those in `allowed_hosts`, each with its port.
///
/// Where the base address is secure, so is every request, but to ports that `allowed_hosts` names.
struct HostPolicy: Sendable {
    private struct Place: Hashable, Sendable {
        let host: String
        let port: Int
        let isSecure: Bool

        var text: String { "\(isSecure ? "https" : "http")://\(host):\(port)" }
    }

    private let places: Set<Place>

    /// - Throws: `.settings` for `allowed_hosts` when an entry is no host.
    init(base: HTTPURL, allowedHosts: [String]) throws(ConnectorError) {
        var places: Set<Place> = []
        func add(_ host: String, _ port: Int, plain: Bool) {
            places.insert(Place(host: host, port: port, isSecure: true))
            if plain { places.insert(Place(host: host, port: port, isSecure: false)) }
        }
        add(base.origin.host, base.origin.port, plain: !base.origin.isSecure)
        for entry in allowedHosts {
            let origin = try Self.origin(of: entry)
            if Self.namesPort(entry) {
                add(origin.host, origin.port, plain: true)
            } else {
                add(origin.host, 443, plain: false)
                if !base.origin.isSecure { add(origin.host, 80, plain: true) }
            }
        }
        self.places = places
    }

    /// Lets an address pass or says which setting would.
    func check(_ url: HTTPURL) throws(ConnectorError) {
        if case .refused(let reason) = AddressPolicy.read(host: url.origin.host) {
            throw .unexpected(reason: "a request to \(url.origin) was stopped: \(reason)")
        }
        let place = Place(host: url.origin.host, port: url.origin.port, isSecure: url.origin.isSecure)
        guard places.contains(place) else {
            throw .unexpected(
                reason: "a request to \(url.origin) was stopped: this connection names only "
                    + places.map(\.text).sorted().joined(separator: ", ")
                    + "; if that host and port belong to the source, add them to allowed_hosts")
        }
    }

    private static func origin(of entry: String) throws(ConnectorError) -> HTTPURL.Origin {
        guard let url = try? HTTPURL("https://\(entry)"), url.path == "/", url.query == nil, !entry.contains("/") else {
            throw .settings(field: "allowed_hosts", reason: "'\(entry)' is not of the form host or host:port")
        }
        return url.origin
    }

    private static func namesPort(_ entry: String) -> Bool {
        let rest = entry.hasPrefix("[") ? entry.drop { $0 != "]" } : entry[...]
        return rest.contains(":")
    }
}
