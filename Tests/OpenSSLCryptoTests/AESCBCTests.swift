import OpenSSLCrypto
import Testing

/// Source: NIST SP 800-38A, F.2.1 (CBC-AES128) and F.2.5 (CBC-AES256).
@Suite struct AESCBCTests {
    private static let vector = "000102030405060708090a0b0c0d0e0f"
    private static let text = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"

    @Test(arguments: [
        ("2b7e151628aed2a6abf7158809cf4f3c", "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"),
        (
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
        ),
    ])
    func `published texts are encrypted and decrypted as published`(key: String, ciphertext: String) throws {
        let (key, vector) = (try #require(Hex.decode(key)), try #require(Hex.decode(Self.vector)))
        let text = try #require(Hex.decode(Self.text))
        let encrypted = try AESCBC.encrypt(text, key: key, vector: vector)
        #expect(Hex.encode(encrypted) == ciphertext)
        #expect(try AESCBC.decrypt(encrypted, key: key, vector: vector) == text)
        #expect(try AESCBC.decrypt([], key: key, vector: vector) == [])
    }

    @Test(arguments: [(24, 16, 16, "key"), (32, 15, 16, "initialisation vector"), (32, 16, 17, "text")])
    func `another length is refused`(key: Int, vector: Int, text: Int, part: String) throws {
        let bytes = [key, vector, text].map { [UInt8](repeating: 0, count: $0) }
        let error = #expect(throws: CryptoError.self) { try AESCBC.decrypt(bytes[2], key: bytes[0], vector: bytes[1]) }
        #expect(error?.description.contains(part) == true)
    }
}

@Suite struct PKCS7Tests {
    @Test(arguments: [16, 32]) func `what is padded is unpadded, whatever its length`(block: Int) {
        for count in 0...(2 * block) {
            let text = [UInt8](repeating: 7, count: count)
            let padded = PKCS7.pad(text, toBlocksOf: block)
            #expect(padded.count.isMultiple(of: block) && padded.count > count)
            #expect(PKCS7.unpad(padded, fromBlocksOf: block) == text)
        }
    }

    @Test(arguments: [[], [0], [0, 0], [1, 3], [2, 1, 2, 2, 1], [9, 9, 3, 4]] as [[UInt8]])
    func `wrong padding is none`(padded: [UInt8]) {
        #expect(PKCS7.unpad(padded, fromBlocksOf: 2) == nil)
    }
}
