import PlumblineKit
import Testing

@Suite struct JSONTests {
    private func parse(_ text: String) throws -> JSON { try JSON.parse(Array(text.utf8)) }

    @Test(
        arguments: [
            ("null", .null), (" true ", true), ("[]", []), ("{}", [:]), ("\"\"", ""), ("-0.50", .number("-0.50")),
            ("1E+20", .number("1E+20")), ("12345678901234567890123", .number("12345678901234567890123")),
            (#"{"b":1,"a":[null,"x"]}"#, ["b": 1, "a": [.null, "x"]]),
            (#""\u6253\ud83d\ude00\n\/\t\"\\""#, "打😀\n/\t\"\\"),
            ("\"打印机 😀\"", "打印机 😀"), ("\n[1 ,\t2\r]\n", [1, 2]),
        ] as [(String, JSON)])
    func `reads what is JSON`(text: String, value: JSON) throws {
        #expect(try parse(text) == value)
    }

    @Test(arguments: [
        ("", 1, 1, "expected a value, got the end"), ("{\"a\":1,}", 1, 8, "expected a key in quotes, got '}'"),
        ("[1,\n 2,\n x]", 3, 2, "expected a value, got 'x'"),
        ("[1] 2", 1, 5, "expected the end after the value, got '2'"),
        ("01", 1, 2, "a number does not begin with 0"), ("1.", 1, 3, "expected a digit, got the end"),
        ("-", 1, 2, "expected a digit, got the end"), ("+1", 1, 1, "expected a value, got '+'"),
        ("NaN", 1, 1, "expected a value, got 'N'"), ("nul", 1, 1, "expected a value, got an unknown word"),
        ("\"a", 1, 3, "the text is not closed"),
        ("\"a\nb\"", 1, 3, "a control character in a text must be written as an escape"),
        (#""\x""#, 1, 3, "unknown escape"), (#""\u12g4""#, 1, 6, "expected four hexadecimal digits after \\u"),
        (#""\ud83d""#, 1, 4, "half of a surrogate pair"), (#""\udc00\ud800""#, 1, 4, "half of a surrogate pair"),
        (#"{"a":1,"a":2}"#, 1, 8, "this key stands in the object twice"),
        ("{\"a\" 1}", 1, 6, "expected ':' after the key, got '1'"),
        ("[1 2]", 1, 4, "expected ',' or ']', got '2'"), ("{\"a\":1", 1, 7, "expected ',' or '}', got the end"),
        ("<html>", 1, 1, "expected a value, got '<'"),
    ])
    func `says what is wrong, and where`(text: String, line: Int, column: Int, message: String) throws {
        let error = try #require(throws: JSONSyntaxError.self) { try parse(text) }
        #expect(error.line == line && error.column == column && error.message == message)
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        for broken: [UInt8] in [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] {
            #expect(throws: JSONSyntaxError.self) { try JSON.parse(broken) }
        }
    }

    @Test func `nesting is limited`() throws {
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(throws: JSONSyntaxError.self) { try parse(deep) }
        #expect(try JSON.parse(Array(deep.utf8), depth: 200).array?.count == 1)
        #expect(try parse(String(repeating: "[],", count: 0) + "[[],[],[]]").array?.count == 3, "width is not depth")
    }

    @Test func `a key twice is found in large objects too`() throws {
        let members = (0..<40).map { "\"k\($0)\":\($0)" }
        #expect(try parse("{\(members.joined(separator: ","))}").object?.members.count == 40)
        #expect(throws: JSONSyntaxError.self) { try parse("{\((members + ["\"k7\":1"]).joined(separator: ","))}") }
    }

    @Test(arguments: [
        #"{"b":1.50,"a":[true,false,null,"x\"\\\n\u0001打"]}"#, "[]", "{}", "-1e-7", #""""#,
    ])
    func `text gives back what was read`(text: String) throws {
        #expect(try parse(text).text == text)
    }

    @Test func `equality does not look at the order of members`() throws {
        let one = try parse(#"{"a":1,"b":{"c":2,"d":3}}"#)
        let other = try parse(#"{"b":{"d":3,"c":2},"a":1}"#)
        #expect(one == other && one.hashValue == other.hashValue)
        #expect(one != (try parse(#"{"a":1,"b":{"c":2}}"#)))
    }

    @Test func `a slice is read without its surroundings`() throws {
        let bytes = Array("xx{\"a\":1}yy".utf8)
        #expect(try JSON.parse(bytes[2..<9]) == ["a": 1])
        #expect(try #require(throws: JSONSyntaxError.self) { try JSON.parse(bytes[2..<10]) }.offset == 7)
    }

    @Test func `a member that must be there is missed by name`() throws {
        let json: JSON = ["id": 7, "name": .null]
        #expect(try json.text(at: "id") == "7" && json.int(at: "id") == 7)
        let missing = try #require(throws: JSONShapeError.self) { try json.string(at: "nam") }
        #expect(missing.reason == "expected text at 'nam', there is no such member")
        let wrong = try #require(throws: JSONShapeError.self) { try json.object(at: "name") }
        #expect(wrong.reason == "expected an object at 'name', got null")
    }

    @Test func `members can be set and taken out`() {
        var object: JSONObject = ["a": 1, "b": 2]
        object["a"] = 3
        object["c"] = "x"
        object["b"] = nil
        #expect(JSON.object(object).text == #"{"a":3,"c":"x"}"#)
    }
}
