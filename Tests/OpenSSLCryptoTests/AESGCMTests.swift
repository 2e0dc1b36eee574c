import OpenSSLCrypto
import Testing

/// One published case; all fields hexadecimal.
struct GCMVector: Sendable, CustomTestStringConvertible {
    let name, key, nonce, plaintext, authenticated, ciphertext, tag: String
    var testDescription: String { name }

    /// Source: McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, as taken up by NIST.
    static let published = [
        GCMVector(
            name: "case 13", key: zeroKey, nonce: zeroNonce, plaintext: "", authenticated: "", ciphertext: "",
            tag: "530f8afbc74536b9a963b4f1c4cb738b"),
        GCMVector(
            name: "case 14", key: zeroKey, nonce: zeroNonce, plaintext: String(repeating: "00", count: 16),
            authenticated: "", ciphertext: "cea7403d4d606b6e074ec5d3baf39d18", tag: "d0d1c8a799996bf0265b98b5d48ab919"),
        GCMVector(
            name: "case 15", key: key, nonce: nonce, plaintext: plaintext + "1aafd255", authenticated: "",
            ciphertext: ciphertext + "898015ad", tag: "b094dac5d93471bdec1a502270e3cc6c"),
        GCMVector(
            name: "case 16", key: key, nonce: nonce, plaintext: plaintext,
            authenticated: "feedfacedeadbeeffeedfacedeadbeefabaddad2", ciphertext: ciphertext,
            tag: "76fc6ece0f4e1768cddf8853bb2d551b"),
    ]

    private static let zeroKey = String(repeating: "00", count: 32)
    private static let zeroNonce = String(repeating: "00", count: 12)
    private static let key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
    private static let nonce = "cafebabefacedbaddecaf888"
    private static let plaintext =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
        + "ba637b39"
    private static let ciphertext =
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
        + "bcc9f662"
}

@Suite struct AESGCMTests {
    @Test(arguments: GCMVector.published)
    func `published cases seal and open`(vector: GCMVector) throws {
        let key = try SymmetricKey(hex: vector.key)
        let nonce = try #require(Hex.decode(vector.nonce))
        let plaintext = try #require(Hex.decode(vector.plaintext))
        let authenticated = try #require(Hex.decode(vector.authenticated))
        let sealed = try AESGCM.seal(plaintext, key: key, nonce: nonce, authenticating: authenticated)
        #expect(Hex.encode(sealed) == vector.nonce + vector.ciphertext + vector.tag)
        #expect(try AESGCM.open(sealed, key: key, authenticating: authenticated) == plaintext)
    }

    @Test func `any changed byte is refused`() throws {
        let key = try SymmetricKey.random()
        let sealed = try AESGCM.seal(Array("张伟 13800000000".utf8), key: key, authenticating: [7])
        for position in sealed.indices {
            var changed = sealed
            changed[position] ^= 1
            #expect(throws: CryptoError.authenticationFailed) {
                try AESGCM.open(changed, key: key, authenticating: [7])
            }
        }
    }

    @Test func `another key, other authenticated data and a cut text are refused`() throws {
        let key = try SymmetricKey.random()
        let sealed = try AESGCM.seal([1, 2, 3], key: key, authenticating: [7])
        #expect(throws: CryptoError.authenticationFailed) {
            try AESGCM.open(sealed, key: .random(), authenticating: [7])
        }
        #expect(throws: CryptoError.authenticationFailed) { try AESGCM.open(sealed, key: key, authenticating: [8]) }
        #expect(throws: CryptoError.truncated(expectedAtLeast: 28, actual: 27)) {
            try AESGCM.open(Array(sealed.prefix(27)), key: key)
        }
    }

    @Test func `the same text seals differently each time`() throws {
        let key = try SymmetricKey.random()
        #expect(try AESGCM.seal([1], key: key) != AESGCM.seal([1], key: key))
    }
}
