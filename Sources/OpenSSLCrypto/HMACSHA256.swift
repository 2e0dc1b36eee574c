internal import COpenSSL

/// HMAC with SHA-256 (RFC 2104).
public enum HMACSHA256 {
    /// The authentication code of `message`, 32 bytes.
    public static func code(for message: [UInt8], key: SymmetricKey) -> [UInt8] {
        code(for: message, key: key.bytes)
    }

    /// The authentication code of `message` under a key of any length, as other systems' webhook secrets are.
    public static func code(for message: [UInt8], key: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: SHA256.byteCount) { buffer, count in
            // An empty Swift array may have no address, which HMAC would read as "the key of the call before".
            let key = key.isEmpty ? [0] : key
            let code = HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, buffer.baseAddress, nil)
            precondition(code != nil, "HMAC-SHA256")
            count = SHA256.byteCount
        }
    }

    /// Whether `code` belongs to `message`, compared in constant time.
    public static func isValid(_ code: [UInt8], for message: [UInt8], key: SymmetricKey) -> Bool {
        ConstantTime.equals(code, self.code(for: message, key: key))
    }
}
