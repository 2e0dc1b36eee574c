/// Padding of PKCS #7 (RFC 5652, section 6.3) to blocks of any size up to 255 bytes.
public enum PKCS7 {
    /// `text` followed by 1 to `blockByteCount` bytes that each say how many they are.
    public static func pad(_ text: [UInt8], toBlocksOf blockByteCount: Int) -> [UInt8] {
        precondition((1...255).contains(blockByteCount), "blocks have 1 to 255 bytes")
        let count = blockByteCount - text.count % blockByteCount
        return text + [UInt8](repeating: UInt8(count), count: count)
    }

    /// The text before its padding; nil when it is not whole blocks, or when any byte of the padding is wrong.
    public static func unpad(_ padded: [UInt8], fromBlocksOf blockByteCount: Int) -> [UInt8]? {
        guard let last = padded.last, padded.count.isMultiple(of: blockByteCount) else { return nil }
        guard (1...blockByteCount).contains(Int(last)), padded.suffix(Int(last)).allSatisfy({ $0 == last }) else {
            return nil
        }
        return Array(padded.dropLast(Int(last)))
    }
}
