import Expressions
import Indicators
import OpenSSLCrypto
import Testing

@testable import ReviewStore

@Suite struct StorageTests {
    @Test(arguments: [
        "null", "true", "[]", "{}", "-12", "\"\"", #"["a","b"]"#,
        #"[{"from":1,"to":null},{"owner":"\"\\\n\u0001","from":-2}]"#,
    ])
    func `stored JSON reads back as the same text`(text: String) throws {
        #expect(try #require(StoredJSON(text)).text == text)
    }

    @Test(arguments: ["", "nul", "[1,]", "{\"a\"}", "\"a", "[1] ", "1.5", "--", "\"\\u0\""])
    func `what the store did not write is refused`(text: String) {
        #expect(StoredJSON(text) == nil)
    }

    @Test func `the hash is the published one for a known record`() throws {
        let layout = RecordLayout(type: .sample, zone: .utc)
        var hasher = ContentHasher(layout: layout)
        let fields = try layout.encode(sample("1", ["name": .string("a"), "count": .int(2)]))
        // sample 0 count 0 <2> 0 id 0 <length 1> 1 0 name 0 <length 1> a: fields by name, empty ones left out.
        var bytes = Array("sample".utf8)
        bytes += [0] + "count".utf8 + [0, 0, 0, 0, 0, 0, 0, 0, 2]
        bytes += [0] + "id".utf8 + [0, 0, 0, 0, 0, 0, 0, 0, 1] + "1".utf8
        bytes += [0] + "name".utf8 + [0, 0, 0, 0, 0, 0, 0, 0, 1] + "a".utf8
        #expect(hasher.hash(fields) == SHA256.digest(of: bytes))
    }
}
