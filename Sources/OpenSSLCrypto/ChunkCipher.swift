/// Seals a long message chunk by chunk, so that neither side holds more of it than one.
///
/// Each chunk is authenticated together with the message's header, its own place, and whether it is the last. Chunks that
/// were changed, swapped, doubled or left out do not open, nor does a message that was cut or lengthened. Sealed bytes are
/// `ciphertext || tag (16)`.
///
/// Source: the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, "Online Authenticated-Encryption and its
/// Nonce-Reuse Misuse-Resistance" (2015), over AES-256-GCM.
public struct ChunkCipher: Sendable {
    /// By how many bytes a sealed chunk is longer than what it holds.
    public static let overhead = AESGCM.tagByteCount

    private let key: SymmetricKey
    private var next: UInt64 = 0
    private var isFinished = false

    /// A cipher for one message, from its first chunk on.
    ///
    /// The message's own key comes out of `header`, which is not secret, but must differ between any two messages: put a
    /// random salt of 32 bytes into it.
    public init(key: SymmetricKey, header: [UInt8]) { self.key = key.derived(forMessage: header) }

    /// Seals the next chunk.
    public mutating func seal(_ chunk: [UInt8], isLast: Bool) throws(CryptoError) -> [UInt8] {
        let cipher = try Cipher(key: key, nonce: nextNonce(isLast: isLast), direction: .seal)
        return try cipher.process(chunk) + cipher.tag()
    }

    /// Opens the next chunk, or throws `authenticationFailed` without giving out a byte.
    public mutating func open(_ sealed: [UInt8], isLast: Bool) throws(CryptoError) -> [UInt8] {
        guard sealed.count >= Self.overhead else {
            throw .truncated(expectedAtLeast: Self.overhead, actual: sealed.count)
        }
        let cipher = try Cipher(key: key, nonce: nextNonce(isLast: isLast), direction: .open)
        let chunk = try cipher.process(Array(sealed.dropLast(Self.overhead)))
        try cipher.check(tag: Array(sealed.suffix(Self.overhead)))
        return chunk
    }

    /// Eight bytes of the chunk's number, three of nothing, one that marks the last.
    private mutating func nextNonce(isLast: Bool) -> [UInt8] {
        precondition(!isFinished, "nothing follows the last chunk of a message")
        var nonce = [UInt8](repeating: 0, count: AESGCM.nonceByteCount)
        for place in 0..<8 { nonce[place] = UInt8(truncatingIfNeeded: next >> (8 * UInt64(7 - place))) }
        nonce[11] = isLast ? 1 : 0
        next += 1
        isFinished = isLast
        return nonce
    }
}
