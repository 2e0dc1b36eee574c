import Glibc

/// An IPv4 or IPv6 address.
struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// In network order: 4 of them or 16.
    let bytes: [UInt8]

    /// Nil unless there are 4 or 16 bytes.
    init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Reads the one usual form: four decimal numbers without leading zeros, or an IPv6 address without brackets and
    /// without a zone.
    init?(_ text: some StringProtocol) {
        let isV6 = text.contains(":")
        var bytes = [UInt8](repeating: 0, count: isV6 ? 16 : 4)
        guard inet_pton(isV6 ? AF_INET6 : AF_INET, String(text), &bytes) == 1 else { return nil }
        self.bytes = bytes
    }

    var isV6: Bool { bytes.count == 16 }

    var description: String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(isV6 ? AF_INET6 : AF_INET, bytes, &buffer, socklen_t(buffer.count)) != nil else { return "?" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The IPv4 addresses that this IPv6 address carries or leads to: mapped, compatible and translated forms
    /// (RFC 4291, 6052, 8215, 2765) and 6to4 (RFC 3056).
    var embeddedV4: [IPAddress] {
        guard isV6 else { return [] }
        let offsets = Self.embeddings.filter { bytes.starts(with: $0.prefix) }.map(\.offset)
        return offsets.compactMap { IPAddress(bytes: Array(bytes[$0..<$0 + 4])) }
    }

    private static let zeros = [UInt8](repeating: 0, count: 12)
    private static let embeddings: [(prefix: [UInt8], offset: Int)] = [
        (zeros.prefix(10) + [0xFF, 0xFF], 12),
        (zeros.prefix(8) + [0xFF, 0xFF, 0, 0], 12),
        (zeros, 12),
        ([0x00, 0x64, 0xFF, 0x9B] + zeros.prefix(8), 12),
        ([0x00, 0x64, 0xFF, 0x9B, 0x00, 0x01], 12),
        ([0x20, 0x02], 2),
    ]
}
