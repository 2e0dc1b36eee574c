import PlumblineKit
import Testing

/// Source: RFC 4648, section 10.
@Suite struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `published texts are written and read as published`(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
    }

    @Test func `every byte comes back`() {
        let bytes = (0...255).map(UInt8.init)
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zg===", "====", "Z===", "Zg==Zg==", " Zg==", "Zg==\n", "Zm9-", "Zh==", "Zm9=", "Z\u{fc}8=",
    ])
    func `junk, missing padding and spare bits are refused`(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func `spare bits may be allowed`() {
        #expect(Base64.decode("Zh==", allowingSpareBits: true) == Array("f".utf8))
    }
}
