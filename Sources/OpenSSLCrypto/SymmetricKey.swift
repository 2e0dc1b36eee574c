/// A secret key of 256 bits. It never shows itself: descriptions and mirrors are redacted.
public struct SymmetricKey: Sendable, Equatable {
    /// The length of every key, in bytes.
    public static let byteCount = 32

    let bytes: [UInt8]

    /// A key of exactly 32 bytes.
    public init(bytes: [UInt8]) throws(CryptoError) {
        guard bytes.count == Self.byteCount else {
            throw .wrongKeyLength(expected: Self.byteCount, actual: bytes.count)
        }
        self.bytes = bytes
    }

    /// A key written as 64 hexadecimal digits, as key files hold it.
    public init(hex: some StringProtocol) throws(CryptoError) {
        guard let bytes = Hex.decode(hex) else { throw .notHexadecimal }
        try self.init(bytes: bytes)
    }

    /// A new key nobody has seen.
    public static func random() throws(CryptoError) -> SymmetricKey {
        try SymmetricKey(bytes: SecureRandom.bytes(byteCount))
    }

    /// The key for one `purpose`, so that one secret serves several uses that must not mix: HMAC-SHA256 over its name.
    public func derived(for purpose: String) -> SymmetricKey {
        SymmetricKey(exactly: HMACSHA256.code(for: Array(purpose.utf8), key: bytes))
    }

    /// The key for one message whose `header` nobody else has, such as one with a random salt in it.
    func derived(forMessage header: [UInt8]) -> SymmetricKey {
        SymmetricKey(exactly: HMACSHA256.code(for: header, key: bytes))
    }

    /// The key as 64 hexadecimal digits, for the one who writes a key file.
    public func revealHex() -> String { Hex.encode(bytes) }

    private init(exactly bytes: [UInt8]) { self.bytes = bytes }

    /// Whether both are the same key, compared in constant time.
    public static func == (left: Self, right: Self) -> Bool { ConstantTime.equals(left.bytes, right.bytes) }
}

extension SymmetricKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Never the key.
    public var description: String { "<secret key>" }
    /// Never the key.
    public var debugDescription: String { description }
    /// Nothing: a mirror would show the key.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
