import OpenSSLCrypto
import Testing

@Suite struct ChunkCipherTests {
    private let key: SymmetricKey
    private let chunks: [[UInt8]] = [[1, 2, 3], [4, 5, 6], [], [7]]

    init() throws { key = try .random() }

    private func sealed(header: [UInt8] = [9]) throws -> [[UInt8]] {
        var cipher = ChunkCipher(key: key, header: header)
        return try chunks.enumerated().map { try cipher.seal($0.element, isLast: $0.offset == chunks.count - 1) }
    }

    private func open(
        _ sealed: [[UInt8]], header: [UInt8] = [9], key: SymmetricKey? = nil
    ) throws -> [[UInt8]] {
        var cipher = ChunkCipher(key: key ?? self.key, header: header)
        return try sealed.enumerated().map { try cipher.open($0.element, isLast: $0.offset == sealed.count - 1) }
    }

    @Test func `what was sealed chunk by chunk opens chunk by chunk`() throws {
        #expect(try open(sealed()) == chunks)
        #expect(try sealed().map(\.count) == chunks.map { $0.count + ChunkCipher.overhead })
    }

    @Test func `a message that is one empty chunk opens`() throws {
        var cipher = ChunkCipher(key: key, header: [])
        let only = try cipher.seal([], isLast: true)
        #expect(try open([only], header: []) == [[]])
    }

    @Test func `a bit that changed anywhere is found`() throws {
        for (chunk, bytes) in try sealed().enumerated() {
            for byte in bytes.indices {
                var changed = try sealed()
                changed[chunk][byte] ^= 1
                #expect(throws: CryptoError.authenticationFailed) { try open(changed) }
            }
        }
    }

    @Test func `chunks that were swapped, doubled, left out or cut off are found`() throws {
        let all = try sealed()
        let wrong = [
            [all[1], all[0], all[2], all[3]], [all[0], all[0], all[1], all[2], all[3]], [all[0], all[2], all[3]],
            [all[0], all[1], all[2]], [all[0]], all + [all[3]],
        ]
        for sealed in wrong { #expect(throws: CryptoError.authenticationFailed) { try open(sealed) } }
    }

    @Test func `chunks of another message, header or key do not open`() throws {
        var mixed = try sealed()
        mixed[1] = try sealed(header: [8])[1]
        #expect(throws: CryptoError.authenticationFailed) { try open(mixed) }
        #expect(throws: CryptoError.authenticationFailed) { try open(sealed(), header: [8]) }
        let other = try SymmetricKey.random()
        #expect(throws: CryptoError.authenticationFailed) { try open(sealed(), key: other) }
    }

    @Test func `a chunk too short for its tag is said to be`() throws {
        #expect(throws: CryptoError.truncated(expectedAtLeast: 16, actual: 3)) { try open([[1, 2, 3]]) }
    }

    @Test func `the same chunk twice is not sealed to the same bytes`() throws {
        var cipher = ChunkCipher(key: key, header: [9])
        let first = try cipher.seal([1, 2, 3], isLast: false)
        #expect(try cipher.seal([1, 2, 3], isLast: false) != first)
    }
}
