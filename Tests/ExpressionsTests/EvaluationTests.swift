import Expressions
import Testing

@Suite struct EvaluationTests {
    @Test(arguments: [
        ("record.status in ['solved', 'closed'] && record.solved_at <= record.due_at", "true"),
        ("!record.is_spam && record.merged_into_id == null", "true"), ("record.status == 'new'", "false"),
        ("'solved' == record.status", "true"), ("record.status != 'solved'", "false"),
        ("null != record.due_at", "true"),
        ("record.due_at - record.solved_at", "duration('86400s')"), ("record.handle_seconds > 99", "true"),
        ("record.created_at.getHours('Asia/Shanghai')", "9"), ("record.cost", "decimal('12.3')"),
        ("has(record.due_at) && !has(record.merged_into_id)", "true"), ("record.tags[0]", "'vpn'"),
        ("record.status in ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'solved']", "true"),
        ("record.handle_seconds in [1, 2u, 100]", "true"), ("record.tags == ['vpn']", "true"),
    ])
    func `a record is tested`(source: String, expected: String) {
        #expect(Ticket.outcome(source) == expected)
    }

    @Test(arguments: [
        ("record.due_at", "null"), ("record.due_at == null", "true"), ("record.due_at == record.created_at", "true"),
        ("record.solved_at <= record.due_at", "record.solved_at is empty"), ("record.cost + 1", "record.cost is empty"),
        ("1 - record.handle_seconds", "record.handle_seconds is empty"), ("-record.cost", "record.cost is empty"),
        ("string(record.cost)", "record.cost is empty"),
        ("record.merged_into_id.startsWith('a')", "record.merged_into_id is empty"),
        ("record.merged_into_id.matches('a')", "record.merged_into_id is empty"),
        ("record.merged_into_id in ['a']", "false"), ("record.status == 'new' || record.cost > 1", "true"),
        ("record.cost > 1 || record.status == 'new'", "true"), ("record.cost > 1 && true", "record.cost is empty"),
        ("'a' in record.tags", "record.tags is empty"), ("cel.bind(c, record.cost, c + 1)", "an operand of + is empty"),
        ("record.due_at.getHours()", "record.due_at is empty"),
        ("{'a': 1}[record.merged_into_id]", "record.merged_into_id is empty"),
    ])
    func `an empty field is told apart from a value`(source: String, expected: String) {
        #expect(Ticket.outcome(source, of: Ticket.empty) == expected)
    }

    @Test func `a variable that is null is an empty operand`() {
        #expect(Ticket.outcome("record.status == 'new'", of: .null) == "record is empty")
    }

    @Test func `a record of another schema is read by its names`() {
        let other = RecordSchema(name: "ticket", fields: [("status", .string)])
        let record = Value.record(RecordValue(schema: other, slots: [.string("solved")]))
        #expect(Ticket.outcome("record.status == 'solved'", of: record) == "true")
        #expect(Ticket.outcome("record.status", of: record) == "'solved'")
    }

    @Test(arguments: [
        ("string(b'\\xff')", "the bytes are no UTF-8 text"),
        ("9223372036854775807 + 1", "9223372036854775807 + 1 is out of range"),
        ("1 / 0", "division by zero"), ("5 % 0", "division by zero"), ("[1][1]", "no such key: 1"),
        ("{'a': 1}.b", "no such key: b"), ("{'a': 1}['b']", "no such key: 'b'"),
        ("{1: 1, 1u: 2}", "a key comes twice in a map"),
        ("1e999", "1:1: the number does not fit a double"),
        ("double('1e999')", "a number beyond double is out of range"),
        ("int('x')", "'x' is no int"), ("timestamp('2026')", "'2026' is no timestamp"),
        ("duration('1')", "'1' is no duration"),
        ("'a'.matches(dyn('('))", "the pattern is no regular expression: missing ): ("),
        ("timestamp(0).getHours('Mars/Base')", "there is no time zone 'Mars/Base'"),
        ("timestamp(0).getHours('CST')", "there is no time zone 'CST'"),
        ("timestamp(0).getHours('GMT+8')", "there is no time zone 'GMT+8'"),
        ("timestamp(0).getHours('++5:00')", "there is no time zone '++5:00'"),
        ("duration('.s')", "'.s' is no duration"), ("duration('١s')", "'١s' is no duration"),
        ("dyn([optional.of(1), 2]).unwrapOpt()", "unwrapOpt does not take (int)"),
        ("optional.none().value()", "the optional has no value"),
        ("'abc'.substring(4)", "the position 4 is outside the text"),
        ("'%d'.format(['a'])", "%d does not take (string)"),
        ("'%s'.format([])", "the format has more clauses than values"),
        ("'%.9999f'.format([1])", "the precision of a format is 0 to 1000"),
        ("math.least([])", "math.least needs at least one number"),
        ("base64.decode('a!')", "the text is no base64"), ("dyn('a') < 1", "< does not take (string, int)"),
        ("dyn(1) && true", "a condition does not take (int)"),
        ("duration('300000h') * 2", "1:21: * does not take duration and int"),
    ])
    func `an error says what happened`(source: String, expected: String) {
        #expect(outcome(source) == expected)
    }

    @Test func `a message is short whatever it quotes`() {
        let marks = "a" + String(repeating: "\u{301}", count: 500)
        let excerpt = String(String.UnicodeScalarView(marks.unicodeScalars.prefix(80)))
        #expect(outcome("int('\(marks)')") == "'\(excerpt)' is no int")
        #expect(outcome("{'a': 1}['\(marks)']") == "no such key: '\(excerpt)'")
        #expect(outcome("timestamp(0).getHours('\(marks)')") == "there is no time zone '\(excerpt)'")
    }

    @Test(arguments: [
        ("-0.0", "-0.0"), ("1e21", "1e+21"), ("123456789012.5", "123456789012.5"), ("1e-7", "1e-07"),
        ("0.0001", "0.0001"),
        ("100.0", "100.0"), ("5e-324", "5e-324"), ("string(1e20)", "'100000000000000000000'"),
        ("'%s'.format([1e21])", "'1000000000000000000000'"),
        ("'%e|%.0e'.format([9.9999999, 0.0])", "'1.000000e+01|0e+00'"),
        ("'%.20f'.format([0.1])", "'0.10000000000000000555'"), ("duration('1h30m0.5s')", "duration('5400.5s')"),
        ("duration('-1.5s') + duration('250ms')", "duration('-1.25s')"), ("'ß'.size() + 'é'.size()", "2"),
        ("'Am\\u00E9lie' == 'Ame\\u0301lie'", "false"), ("'aXbX'.replace('', '-')", "'-a-X-b-X-'"),
        ("''.split('')", "[]"), ("'abc'.split('', 2)", "['a', 'bc']"), ("'a,b,c'.split(',', 2)", "['a', 'b,c']"),
        ("optional.of(1).orValue(1 / 0)", "1"), ("optional.of(1).or(optional.of(1 / 0)).value()", "1"),
        ("optional.none().orValue(2)", "2"), ("[1, 2, 3].map(x, x > 1, x * 2)", "[4, 6]"),
        ("{'a': 1}.map(k, k)", "['a']"),
    ])
    func `values and texts agree`(source: String, expected: String) {
        #expect(outcome(source) == expected)
    }
}
