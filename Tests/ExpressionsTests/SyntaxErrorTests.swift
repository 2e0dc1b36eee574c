import Expressions
import Testing

@Suite struct SyntaxErrorTests {
    @Test(arguments: [
        ("1 +", "1:4: expected a value, found the end"),
        ("(1 + 2", "1:7: expected ')', found the end"),
        ("1 2", "1:3: expected an operator or the end, found '2'"),
        ("a = b", "1:3: unexpected character '='; equality is =="),
        ("source.工号 == 1", "1:8: unexpected character '工'; write source['工号']"),
        ("a & b", "1:3: unexpected character '&'; and is &&"),
        ("true ? 1", "1:9: expected ':', found the end"),
        ("{'a' 1}", "1:6: expected ':', found '1'"),
        ("'abc", "1:1: the string that begins here has no end"),
        ("1 + 'ab\nc'", "1:5: the string that begins here has no end on its line"),
        ("'\\q'", "1:2: unknown escape; a backslash itself is written \\\\"),
        ("'\\ud800'", "1:2: the escape names no character"),
        ("b'\\u0041'", "1:3: unknown escape; a backslash itself is written \\\\"),
        ("9223372036854775808", "1:1: the number does not fit 64 bits"),
        ("99999999999999999999u", "1:1: the number does not fit 64 bits"),
        ("1 +\n  while", "2:3: 'while' is a reserved word"),
        ("has(1)", "1:5: has() takes a field selection such as has(record.status)"),
        ("[1].map(1, 2)", "1:9: expected a name for the variable of the macro"),
        ("[1].all(a, a, true)", "1:12: the name 'a' is given twice"),
        ("ticket{id: 1}", "1:7: there are no message literals; write a map"),
        ("{'a': 1}.`b", "1:10: a name in backquotes has letters, digits, '_', '.', '-', '/' and blanks"),
        ("", "1:1: expected a value, found the end"),
    ])
    func `a mistake is named with its place`(source: String, message: String) {
        #expect(outcome(source) == message)
    }

    @Test func `columns count scalars and offsets bytes`() {
        #expect(outcome("'e\u{301}' + x").hasPrefix("1:8: "))
        do {
            _ = try Environment(variables: []).compile("'准绳' + x")
        } catch {
            #expect([error.offset, error.line, error.column] == [11, 1, 8])
        }
    }

    @Test func `what stands unescaped in triple quotes is itself`() {
        #expect(outcome("b\"\"\" ? \" ' ` \"\"\" == b' ? \" \\' ` '") == "true")
        #expect(outcome("r'''a\\'b''' == 'a\\\\\\'b'") == "true")
        #expect(outcome("1 // one\n + 2") == "3")
    }

    @Test(arguments: [
        ("(", ")"), ("[", "]"), ("!", ""), ("-", ""), ("size(", ")"), ("true ? 1 : ", ""), ("{1: ", "}"),
        ("1 + (", ")"),
    ])
    func `deep nesting is refused, not crashed`(open: String, close: String) {
        let deep = String(repeating: open, count: 20_000) + "1" + String(repeating: close, count: 20_000)
        #expect(outcome(deep).contains("longer than 100000 bytes") || outcome(deep).contains("250 levels"))
        let shallow = String(repeating: open, count: 4_000) + "1" + String(repeating: close, count: 4_000)
        #expect(outcome(shallow).contains("nested more than 250 levels deep"))
    }

    @Test func `long chains are refused where they nest and run where they do not`() {
        #expect(outcome("1" + String(repeating: " + 1", count: 10_000)).contains("250 levels"))
        #expect(outcome("true" + String(repeating: " && true", count: 10_000)) == "true")
        #expect(outcome("[" + String(repeating: "1, ", count: 20_000) + "1].size()") == "20001")
    }

    @Test func `a megabyte is refused`() {
        let source = "'" + String(repeating: "x", count: 1 << 20) + "'"
        #expect(outcome(source) == "1:1: the expression is longer than 100000 bytes")
    }
}
