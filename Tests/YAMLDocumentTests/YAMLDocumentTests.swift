import Testing
import YAMLDocument

@Suite struct YAMLDocumentTests {
    @Test func `every node knows its line and column`() throws {
        let node = try YAMLNode.parse("a: 1\nb:\n  - 'x'\n  - y\n", file: "f.yaml")
        #expect(node["b"]?.elements?.map(\.place.description) == ["f.yaml:3:5", "f.yaml:4:5"])
    }

    @Test func `a broken document names the place`() {
        let problem = #expect(throws: Problem.self) { try YAMLNode.parse("a: [1,\nb: 2", file: "f.yaml") }
        #expect(problem?.place.file == "f.yaml")
        #expect(problem?.message.hasPrefix("this is no YAML") == true)
    }

    @Test func `a key given twice is refused`() {
        #expect(throws: Problem.self) { try YAMLNode.parse("a: 1\na: 2\n", file: "f.yaml") }
        let problem = #expect(throws: Problem.self) { try YAMLNode.parse("1: a\n\"1\": b\n", file: "f.yaml") }
        #expect(problem?.description == "f.yaml:2:1: a key is given twice: 1")
    }

    @Test func `an unknown key is refused with the nearest known one`() throws {
        let log = ProblemLog()
        _ = MapReader(
            try YAMLNode.parse("id: x\ntimout: 3\n", file: "f.yaml"), what: "a setting", known: ["id", "timeout"],
            log: log)
        #expect(
            log.problems.map(\.description)
                == ["f.yaml:2:1: unknown key 'timout', perhaps 'timeout'; known: id, timeout"])
    }

    @Test(arguments: [
        ("n: x", "'n' must be a whole number, not 'x'"), ("n: [1]", "'n' must be a text, not a list"),
    ])
    func `a value of the wrong kind is told`(_ yaml: String, _ message: String) throws {
        let log = ProblemLog()
        let reader = MapReader(try YAMLNode.parse(yaml, file: "f"), what: "a thing", known: ["n"], log: log)
        #expect(reader.integer("n") == nil)
        #expect(log.problems.map(\.message) == [message])
    }

    @Test(arguments: ["", "~", "null", "Null", "NULL"])
    func `nothing is written in five ways`(_ text: String) throws {
        #expect(try YAMLNode.parse("a: \(text)\n", file: "f")["a"]?.isNull == true)
        #expect(try YAMLNode.parse("a: '\(text)'\n", file: "f")["a"]?.text == text)
    }

    @Test func `a column inside a quoted text points into the file`() throws {
        let node = try YAMLNode.parse("where: \"record.x == 1\"\n", file: "f")
        #expect(node["where"]?.place(line: 1, column: 8).description == "f:1:16")
    }

    @Test func `a document that is too deep is stopped`() throws {
        let deep = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
        #expect(try YAMLNode.parse(deep(100), file: "f").elements != nil)
        #expect(throws: Problem.self) { try YAMLNode.parse(deep(101), file: "f") }
    }

    @Test func `a key is a text`() {
        let problem = #expect(throws: Problem.self) { try YAMLNode.parse("? [a]\n: b\n", file: "f") }
        #expect(problem?.message == "a key must be a text")
    }

    @Test func `aliases that multiply are stopped`() {
        var text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
        for level in 1...7 {
            let alias = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
            text += "a\(level): &a\(level) [\(alias)]\n"
        }
        #expect(throws: Problem.self) { try YAMLNode.parse(text, file: "f") }
    }
}
