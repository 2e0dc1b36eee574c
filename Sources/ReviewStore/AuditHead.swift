public import Expressions
internal import OpenSSLCrypto

/// The end of the audit chain at some moment, signed with the store's key, to be kept elsewhere.
public struct AuditHead: Sendable, Hashable {
    /// The last entry's number.
    public let sequence: Int64
    /// The last entry's code, hexadecimal.
    public let code: String
    /// When the head was exported.
    public let time: Timestamp
    /// HMAC-SHA256 over the three, hexadecimal.
    public let signature: String

    /// A head as a file gives it; it is checked by `verifyHead`.
    public init(sequence: Int64, code: String, time: Timestamp, signature: String) {
        self.sequence = sequence
        self.code = code
        self.time = time
        self.signature = signature
    }

    /// The head of the chain that ends in `code`.
    init(sequence: Int64, code: [UInt8], time: Timestamp, key: SymmetricKey) {
        self.init(sequence: sequence, code: Hex.encode(code), time: time, signature: "")
        self = AuditHead(
            sequence: sequence, code: self.code, time: time,
            signature: Hex.encode(HMACSHA256.code(for: signedBytes, key: key)))
    }

    func isSigned(with key: SymmetricKey) -> Bool {
        guard let signature = Hex.decode(signature) else { return false }
        return HMACSHA256.isValid(signature, for: signedBytes, key: key)
    }

    private var signedBytes: [UInt8] {
        var bytes = Array("plumbline audit head".utf8)
        bytes.append(integer: sequence)
        bytes.append(counted: code)
        bytes.append(counted: time.rfc3339)
        return bytes
    }
}

extension AuditHead {
    /// The head as one line for a file.
    public var text: String { "plumbline-audit-head 1 \(sequence) \(time.rfc3339) \(code) \(signature)" }

    /// Reads a line that ``text`` wrote; nil for anything else.
    public init?(text: some StringProtocol) {
        let parts = text.split(whereSeparator: \.isWhitespace)
        guard parts.count == 6, parts[0] == "plumbline-audit-head", parts[1] == "1", let sequence = Int64(parts[2]),
            let time = Timestamp(rfc3339: parts[3])
        else { return nil }
        self.init(sequence: sequence, code: String(parts[4]), time: time, signature: String(parts[5]))
    }
}
