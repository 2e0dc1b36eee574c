internal import COpenSSL

/// Comparison that takes the same time wherever two texts differ, for signatures and tokens.
public enum ConstantTime {
    /// Whether both hold the same bytes. The lengths are not secret: a difference in length answers at once.
    public static func equals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
