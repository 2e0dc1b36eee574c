import PlumblineKit

/// Which hosts a connection may reach: that of its base address and those in `allowed_hosts`, each with its port.
struct HostPolicy: Sendable {
    private struct Place: Hashable, Sendable {
        let host: String
        let port: Int
    }

    private let places: Set<Place>

    /// - Throws: `.settings` for `allowed_hosts` when an entry is no host.
    init(base: HTTPURL, allowedHosts: [String]) throws(ConnectorError) {
        var places: Set = [Place(host: base.origin.host, port: base.origin.port)]
        for entry in allowedHosts {
            let origin = try Self.origin(of: entry)
            if Self.namesPort(entry) {
                places.insert(Place(host: origin.host, port: origin.port))
            } else {
                places.insert(Place(host: origin.host, port: 443))
                if !base.origin.isSecure { places.insert(Place(host: origin.host, port: 80)) }
            }
        }
        self.places = places
    }

    /// Lets an address pass or says which setting would.
    func check(_ url: HTTPURL) throws(ConnectorError) {
        if case .refused(let reason) = AddressPolicy.read(host: url.origin.host) {
            throw .unexpected(reason: "a request to \(url.origin) was stopped: \(reason)")
        }
        guard places.contains(Place(host: url.origin.host, port: url.origin.port)) else {
            throw .unexpected(
                reason: "a request to \(url.origin) was stopped: this connection names only "
                    + places.map { "\($0.host):\($0.port)" }.sorted().joined(separator: ", ")
                    + "; if that host belongs to the source, add it to allowed_hosts")
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
