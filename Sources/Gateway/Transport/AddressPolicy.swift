/// Which addresses no connection may reach, whatever it names: those where a machine tells its own secrets, and those
/// that are no single machine.
///
/// Loopback and private networks are allowed here: a source on the LAN is the usual case, and ``HostPolicy`` lets
/// through only what the connection names.
enum AddressPolicy {
    /// What a host as written in an address turns out to be.
    enum Reading: Equatable {
        /// A name to resolve.
        case name
        /// An address in its usual form.
        case address(IPAddress)
        /// Not to be reached, and why.
        case refused(String)
    }

    /// Reads the host of an ``HTTPURL``: lower case, without brackets.
    static func read(host: String) -> Reading {
        if let address = IPAddress(host) {
            return refusal(of: address).map(Reading.refused) ?? .address(address)
        }
        if looksNumeric(host) {
            return .refused("'\(host)' is an address in disguise; write it as four decimal numbers, or as a name")
        }
        if metadataNames.contains(where: { host == $0 || host.hasSuffix("." + $0) }) {
            return .refused("'\(host)' is a cloud metadata service")
        }
        return .name
    }

    /// Why `address` may not be reached; nil when it may.
    static func refusal(of address: IPAddress) -> String? {
        if address == loopbackV6 { return nil }
        for candidate in [address] + address.embeddedV4 {
            if let network = forbidden.first(where: { $0.contains(candidate) }) {
                return "\(address) is \(network.meaning)"
            }
        }
        return nil
    }

    /// Whether a resolver might take the host for a number: its last label is decimal, octal or hexadecimal
    /// (WHATWG URL, "ends in a number").
    private static func looksNumeric(_ host: String) -> Bool {
        guard let last = host.split(separator: ".").last else { return true }
        let digits = last.hasPrefix("0x") ? last.dropFirst(2) : last
        return digits.allSatisfy { last.hasPrefix("0x") ? $0.isHexDigit : ("0"..."9").contains($0) }
    }

    /// Google, AWS, Azure, Tencent and Oracle, from their documentation of the instance metadata service.
    private static let metadataNames = [
        "metadata", "metadata.google.internal", "metadata.goog", "metadata.tencentyun.com", "metadata.azure.internal",
        "metadata.oraclecloud.com", "instance-data", "instance-data.ec2.internal",
    ]

    private static let loopbackV6 = IPAddress(bytes: [UInt8](repeating: 0, count: 15) + [1])

    private static let forbidden: [Network] = [
        Network([0], bits: 8, "an unspecified address"),
        Network([169, 254], bits: 16, "link-local, where cloud metadata lives"),
        Network([100, 100, 100, 200], bits: 32, "the metadata service of Alibaba Cloud"),
        Network([168, 63, 129, 16], bits: 32, "the platform service of Azure"),
        Network([192, 0, 0, 192], bits: 32, "the metadata service of Oracle Cloud"),
        Network([224], bits: 4, "multicast"),
        Network([240], bits: 4, "reserved or broadcast"),
        Network(v6: [UInt8](repeating: 0, count: 16), bits: 128, "an unspecified address"),
        Network(v6: [0xFE, 0x80], bits: 10, "link-local"),
        Network(v6: [0xFF], bits: 8, "multicast"),
        Network(v6: [0xFD, 0x00, 0x0E, 0xC2], bits: 32, "in the metadata range of AWS"),
        Network(v6: [0xFD, 0x20, 0x00, 0xCE], bits: 32, "in the metadata range of Google Cloud"),
    ]

    /// A range of addresses that share their first bits.
    private struct Network: Sendable {
        let isV6: Bool
        let prefix: [UInt8]
        let bits: Int
        let meaning: String

        init(_ prefix: [UInt8], bits: Int, _ meaning: String) {
            (isV6, self.prefix, self.bits, self.meaning) = (false, prefix, bits, meaning)
        }

        init(v6 prefix: [UInt8], bits: Int, _ meaning: String) {
            (isV6, self.prefix, self.bits, self.meaning) = (true, prefix, bits, meaning)
        }

        func contains(_ address: IPAddress) -> Bool {
            guard address.isV6 == isV6 else { return false }
            let whole = bits / 8
            guard address.bytes.starts(with: prefix.prefix(whole)) else { return false }
            let rest = 8 - bits % 8
            return rest == 8 || address.bytes[whole] >> rest == prefix[whole] >> rest
        }
    }
}
