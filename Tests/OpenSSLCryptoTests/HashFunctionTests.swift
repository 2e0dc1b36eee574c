import OpenSSLCrypto
import Testing

/// Sources: RFC 1321 (MD5), FIPS 180-4 examples (SHA), GB/T 32905-2016 annex A (SM3), RFC 2202 (HMAC-SHA1).
@Suite struct HashFunctionTests {
    @Test(arguments: [
        (HashFunction.md5, "900150983cd24fb0d6963f7d28e17f72"),
        (.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            .sha512,
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
        (.sm3, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
    ])
    func `abc has its published digest`(function: HashFunction, digest: String) {
        #expect(Hex.encode(function.digest(of: Array("abc".utf8))) == digest)
        #expect(function.digest(of: []).count == function.byteCount)
    }

    @Test func `HMAC with SHA-1 gives the published code, also under an empty key`() {
        let code = HashFunction.sha1.authenticationCode(
            for: Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(Hex.encode(code) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
        #expect(
            Hex.encode(HashFunction.sha1.authenticationCode(for: [], key: []))
                == "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d")
    }

    @Test func `HMAC with SHA-256 is the one that the project's own keys use`() {
        let (message, key) = (Array("message".utf8), Array("a key".utf8))
        #expect(
            HashFunction.sha256.authenticationCode(for: message, key: key) == HMACSHA256.code(for: message, key: key))
    }
}
