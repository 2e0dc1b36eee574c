import OpenSSLCrypto
import Testing

/// Source: FIPS 180-4 examples (NIST, "SHA256.pdf").
@Suite struct DigestTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `published messages have their published digests`(message: String, digest: String) {
        #expect(Hex.encode(SHA256.digest(of: Array(message.utf8))) == digest)
    }

    @Test func `a million letters in uneven pieces`() {
        var hasher = SHA256()
        var left = 1_000_000
        for size in [1, 63, 64, 65, 1000].cycled(times: 2000) where left > 0 {
            let piece = min(size, left)
            hasher.update([UInt8](repeating: UInt8(ascii: "a"), count: piece))
            left -= piece
        }
        #expect(left == 0)
        #expect(Hex.encode(hasher.finish()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func `a hasher begins anew after finishing`() {
        var hasher = SHA256()
        hasher.update(Array("something else".utf8))
        _ = hasher.finish()
        hasher.update(Array("abc".utf8))
        #expect(hasher.finish() == SHA256.digest(of: Array("abc".utf8)))
    }
}

extension Array {
    fileprivate func cycled(times: Int) -> [Element] { (0..<times).flatMap { _ in self } }
}
