import PlumblineKit
import RecordFiles
import Testing

@Suite struct JSONParserTests {
    @Test(arguments: [1, 2, 3, 7, 1000])
    func `members in any order, escapes, numbers as they stand, nested values as JSON`(size: Int) {
        let text = #"""
            {"s":"a\"\n\u4e2d\ud83d\ude00","x":[1,{"y":"]"}],"id":12.50}
            {"id":-0.1e+3,"s":[1, {"a":"}"}]}

            {"\u0069d":true}
            {"s":null,"id":false}
            """#
        let reading = TextReading.lines(text, by: size)
        #expect(
            reading.rows == [
                ["12.50", "a\"\n中😀"], ["-0.1e+3", #"[1, {"a":"}"}]"#], ["true", "<missing>"], ["false", nil],
            ])
        #expect(reading.kinds[0] == [.number, .text] && reading.kinds[1] == [.number, .json])
        #expect(reading.places.map(\.line) == [1, 2, 4, 5] && reading.rejected.isEmpty)
    }

    @Test(arguments: [
        (#"{"id":3,"site":"BJ","#, "column 21: expected a key in quotes, got the end"),
        (#"[1]"#, "expected an object, got a list"), (#""a""#, "expected an object, got text"),
        (#"{"id" 1}"#, "column 7: expected ':' after the key, got '1'"),
        (#"{"id":1 "s":2}"#, "column 9: expected ',' or '}', got '\"'"),
        (#"{"id":1} x"#, "column 10: expected the end after the value, got 'x'"),
        (#"{"id":01}"#, "column 8: a number does not begin with 0"),
        (#"{"id":1.}"#, "column 9: expected a digit, got '}'"),
        (#"{"id":nul}"#, "column 7: expected a value, got an unknown word"),
        (#"{"s":"\ud800x"}"#, "column 9: half of a surrogate pair"),
        (#"{"s":"\udc00"}"#, "column 9: half of a surrogate pair"),
        (#"{"x":"\ud800"}"#, "column 9: half of a surrogate pair"),
        (#"{"s":"\q"}"#, "column 8: unknown escape"),
        (#"{"s":"\u12g4"}"#, "column 11: expected four hexadecimal digits after \\u"),
        ("{\"s\":\"a\tb\"}", "column 8: a control character in a text must be written as an escape"),
        (#"{"s":"open"#, "column 11: the text is not closed"),
        (#"{"id":1,"s":2,"id":3}"#, "column 15: this key stands in the object twice"),
        (#"{"x":[1,2}"#, "column 10: expected ',' or ']', got '}'"),
        (#"{"id":}"#, "column 7: expected a value, got '}'"),
        ("{'id':1}", "column 2: expected a key in quotes, got '''"),
        ("nonsense", "column 1: expected a value, got an unknown word"),
        ("{\"s\":\"a\u{0}\"}", "column 8: a control character in a text must be written as an escape"),
    ])
    func `a broken line is rejected with its place`(line: String, reason: String) {
        for size in [1, 1000] {
            let reading = TextReading.lines("{\"id\":1}\n\(line)\n{\"id\":2}\n", by: size)
            #expect(reading.rows.map { $0[0] } == ["1", "2"])
            let place = reason.hasPrefix("column") ? "line 2, " : "line 2: "
            #expect(reading.reasons == [place + reason] && reading.rejected.map(\.id) == ["line 2"])
            #expect(String(decoding: reading.rejected[0].raw, as: UTF8.self) == line + "\n")
        }
    }

    @Test func `reasons are those of the parser of whole values`() throws {
        for text in ["{\"a\":1,}", "{\"a\":-}", "{\"a\":tru}", "{\"a\" 1}", "{\"a\":[1 2]}", "{\"a\":\"\\x\"}"] {
            let error = #expect(throws: JSONSyntaxError.self) { try JSON.parse(Array(text.utf8)) }
            #expect(TextReading.lines(text).reasons == [error?.description ?? ""])
        }
    }

    @Test(arguments: [1, 3, 8, 1000])
    func `a key that comes twice with a broken number stops the file wherever it is cut`(size: Int) {
        let text = #"[{"id":1,"id":777777777777777777.},{"id":2}] "#
        let reading = TextReading.list(text, by: size)
        #expect(reading.rows.isEmpty && reading.rejected.isEmpty)
        #expect(reading.fault?.description == "line 1, column 34: expected a digit, got '}'")
    }

    @Test(arguments: [1, 3, 1000])
    func `a list of objects over several lines`(size: Int) {
        let reading = TextReading.list("\n[\n {\"id\":1,\"s\":\"a\"},\n\n {\"id\":\n2} , 7, [\"]\"],{}]\n ", by: size)
        #expect(reading.rows == [["1", "a"], ["2", "<missing>"], ["<missing>", "<missing>"]])
        #expect(reading.places.map(\.line) == [3, 5, 6] && reading.fault == nil)
        #expect(
            reading.reasons == [
                "line 6, column 6: expected an object, got a number",
                "line 6, column 9: expected an object, got a list",
            ])
    }

    @Test(arguments: [1, 3, 1000])
    func `a list under a key`(size: Int) {
        let text = #"{"total":2,"note":"[{","x":{"items":[{"id":9}]},"items":[{"id":1},{"id":2}],"more":[1,2]}"#
        let reading = TextReading.list(text, key: "items", by: size)
        #expect(reading.rows.map { $0[0] } == ["1", "2"] && reading.fault == nil)
    }

    @Test(arguments: [
        ("", nil, "the file is empty; expected a list of objects"),
        ("{}", nil, "line 1, column 1: expected a list of objects, which begins with '['"),
        ("[]", "items", "line 1, column 1: expected an object with a list under 'items'"),
        ("{\"a\":[]}", "items", "there is no list under 'items' in the top object"),
        ("{\"items\":7}", "items", "line 1, column 10: expected a list under 'items', got '7'"),
        ("{\"items\":[],\"items\":[]}", "items", "line 1, column 21: the key 'items' stands in the object twice"),
        ("[{\"id\":1}", nil, "line 1, column 10: the file ends before its JSON does"),
        ("[{\"id\":1},]", nil, "line 1, column 11: expected a value, got ']'"),
        ("[{\"id\":1}] x", nil, "line 1, column 12: expected the end after the value, got 'x'"),
        ("[{\"id\":1}\n{\"id\":2}]", nil, "line 2, column 1: expected ',' or ']', got '{'"),
        ("[{\"id\":1},{\"id\"\n:,}]", nil, "line 2, column 2: expected a value, got ','"),
        ("[{\"id\":1},{\"id\":2", nil, "line 1, column 18: expected ',' or '}', got the end"),
    ])
    func `a list whose syntax breaks is told, with what came before`(text: String, key: String?, reason: String) {
        for size in [1, 1000] {
            let reading = TextReading.list(text, key: key, by: size)
            #expect(reading.fault?.description == reason)
            #expect(reading.rows.allSatisfy { $0[0] == "1" })
        }
    }

    @Test(arguments: [1, 1000])
    func `elements that are odd cost no other`(size: Int) {
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        let text = #"[{"id":1},{"id":1,"id":2},{"s":"\ud800 ]}"},{"x":\#(deep)},{"id":2}]"#
        let reading = TextReading.list(text, by: size)
        #expect(reading.rows.map { $0[0] } == ["1", "2"] && reading.fault == nil)
        #expect(
            reading.reasons.map { $0.replacing(#/.*: /#, with: "") } == [
                "this key stands in the object twice", "half of a surrogate pair", "brackets are nested too deeply",
            ])
    }

    @Test func `records as a whole keep their text`() {
        let bytes = Array("{\"a\": [1 ,2], \"b\":\"\\u0041\"}\n".utf8)
        let lines = TextReading(JSONLinesParser.self, FileForm(format: .jsonLines), bytes, .whole)
        #expect(lines.rows == [["{\"a\": [1 ,2], \"b\":\"\\u0041\"}"]] && lines.kinds == [[.json]])
    }

    @Test func `broken bytes reject their record only`() {
        let broken = Array(#"{"id":1,"s":""#.utf8) + [0xC4, 0xE3] + Array("\"}".utf8)
        let lines = TextReading(
            JSONLinesParser.self, FileForm(format: .jsonLines), broken + Array("\n{\"id\":2}\n".utf8), .fields(["id"]))
        #expect(lines.rows == [["2"]] && lines.reasons == ["line 1, column 14: the text is not valid UTF-8"])
        let list = TextReading(
            JSONListParser.self, FileForm(format: .json(key: nil)),
            [0x5B] + broken + Array(",{\"id\":2}]".utf8), .fields(["id"]))
        #expect(list.rows == [["2"]] && list.reasons == ["line 1, column 15: the text is not valid UTF-8"])
    }

    @Test func `more fields than bytes count are found`() {
        let names = (0..<300).map { "f\($0)" }
        let text = "{" + names.map { "\"\($0)\":\"\($0)\"" }.joined(separator: ",") + "}"
        let reading = TextReading(
            JSONLinesParser.self, FileForm(format: .jsonLines), Array(text.utf8), .fields(names.reversed()))
        #expect(reading.rows == [names.reversed()])
    }
}
