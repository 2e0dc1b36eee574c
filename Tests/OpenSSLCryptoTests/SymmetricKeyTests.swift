import OpenSSLCrypto
import Testing

@Suite struct SymmetricKeyTests {
    @Test func `a key never shows itself`() throws {
        let key = try SymmetricKey(hex: String(repeating: "5a", count: 32))
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped, "\([key])", "\(Optional(key) as Any)"] {
            #expect(!text.lowercased().contains("5a"), "\(text)")
            #expect(!text.contains("90"), "\(text)")
        }
    }

    @Test func `a key has exactly 32 bytes of hexadecimal`() {
        #expect(throws: CryptoError.wrongKeyLength(expected: 32, actual: 2)) { try SymmetricKey(hex: "abcd") }
        #expect(throws: CryptoError.notHexadecimal) { try SymmetricKey(hex: "xyz0") }
    }

    @Test func `keys for two purposes differ and are stable`() throws {
        let key = try SymmetricKey.random()
        #expect(key.derived(for: "audit") != key.derived(for: "sealing"))
        #expect(key.derived(for: "audit") == key.derived(for: "audit"))
    }

    @Test func `a written key reads back`() throws {
        let key = try SymmetricKey.random()
        #expect(try SymmetricKey(hex: key.revealHex()) == key)
    }

    @Test func `hexadecimal goes both ways`() {
        #expect(Hex.encode([0, 1, 0xAB, 0xFF]) == "0001abff")
        #expect(Hex.decode("0001ABff") == [0, 1, 0xAB, 0xFF])
        #expect(Hex.decode("abc") == nil)
        #expect(Hex.decode("gg") == nil)
        #expect(Hex.decode("") == [])
    }

    @Test func `comparison sees length and content`() {
        #expect(ConstantTime.equals([], []))
        #expect(ConstantTime.equals([1, 2], [1, 2]))
        #expect(!ConstantTime.equals([1, 2], [1, 3]))
        #expect(!ConstantTime.equals([1, 2], [1, 2, 3]))
    }

    @Test func `random bytes come in the number asked for`() throws {
        #expect(try SecureRandom.bytes(0).isEmpty)
        #expect(try SecureRandom.bytes(48).count == 48)
        #expect(try SecureRandom.bytes(32) != SecureRandom.bytes(32))
    }
}
