internal import COpenSSL

/// Random bytes from OpenSSL's generator, seeded by the operating system.
public enum SecureRandom {
    /// `count` unpredictable bytes.
    public static func bytes(_ count: Int) throws(CryptoError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, Int32(count)) == 1 else { throw .lastFailure("give random bytes") }
        return bytes
    }
}
