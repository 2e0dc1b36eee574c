internal import HTTPTypes
internal import NIOCore

/// Who asks for what is not for everybody.
struct Peer {
    /// The address on the other side; nil where the system does not tell.
    let address: SocketAddress?
    /// Whether a proxy sent the request on for somebody else.
    let isForwarded: Bool
    /// What stands behind `Authorization: Bearer`.
    let token: String?

    init(_ address: SocketAddress?, _ fields: HTTPFields) {
        self.address = address
        isForwarded = Self.forwarding.contains { fields.contains($0) }
        let words = fields[.authorization]?.split(separator: " ", maxSplits: 1) ?? []
        token = words.count == 2 && words[0].lowercased() == "bearer" ? String(words[1]) : nil
    }

    /// Whether a process of this machine asks for itself.
    var isLocal: Bool {
        guard let ip = address?.ipAddress, !isForwarded else { return false }
        return ip == "::1" || ip.hasPrefix("127.") || ip.hasPrefix("::ffff:127.")
    }

    private static let forwarding = ["forwarded", "x-forwarded-for", "x-real-ip", "via"].compactMap {
        HTTPField.Name($0)
    }
}
