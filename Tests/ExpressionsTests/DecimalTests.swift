import Expressions
import Testing

@Suite struct DecimalTests {
    @Test(arguments: [
        ("decimal('0.1') + decimal('0.2') == decimal('0.3')", "true"), ("decimal(1) / 3 * 3 == 1", "true"),
        ("2 * decimal('1.25')", "decimal('2.5')"), ("5 - decimal('0.5')", "decimal('4.5')"),
        ("-decimal('0.5')", "decimal('-0.5')"), ("decimal('2.0') == 2", "true"), ("2 == decimal('2')", "true"),
        ("decimal('2.5') > 2", "true"), ("2 < decimal('2.5')", "true"), ("3 in [decimal('3')]", "true"),
        ("decimal('3') in {3: 'a'}", "true"), ("{3: 'a'}[decimal('3')]", "a map's index"),
        ("int(decimal('3.0'))", "3"), ("int(decimal('3.5'))", "3.5 is no whole number; int() does not round"),
        ("string(decimal('3.50'))", "'3.5'"), ("string(decimal(1) / 3)", "'1/3'"),
        ("decimal('x')", "'x' is no decimal"),
        ("decimal(7u)", "decimal('7')"), ("decimal(decimal('1'))", "decimal('1')"),
        ("decimal('1') / 0", "division by zero"), ("decimal('1') / decimal('0.0')", "division by zero"),
        ("math.least(decimal('1.5'), 2, decimal('-1'))", "decimal('-1')"), ("math.greatest([decimal(1), 2])", "2"),
        ("math.abs(decimal('-1.5'))", "decimal('1.5')"), ("math.sign(decimal('-1.5'))", "decimal('-1')"),
        ("type(decimal(1)) == decimal", "true"),
        ("'%.2f|%s'.format([decimal('2.345'), decimal(1) / 4])", "'2.35|0.25'"),
        ("'%.1f|%.1e'.format([decimal('-0.25'), decimal('-2.25')])", "'-0.3|-2.3e+00'"),
        ("decimal('9223372036854775807') + 1", "decimal('9223372036854775808')"),
        ("dyn(decimal('0.5')) == 0.5", "a decimal and a double do not compare; write decimal('0.1') for 0.1"),
        ("dyn(decimal('0.5')) in [0.5]", "a decimal and a double do not compare; write decimal('0.1') for 0.1"),
        ("[dyn(0.5)] == [decimal('0.5')]", "a decimal and a double do not compare; write decimal('0.1') for 0.1"),
        ("dyn(decimal('0.5')) < 0.6", "< does not take (decimal, double)"),
        ("dyn(decimal('0.5')) + 0.5", "+ does not take (decimal, double)"),
        ("optional.ofNonZeroValue(decimal(0)).hasValue()", "false"),
    ])
    func `decimals are exact`(source: String, expected: String) {
        guard expected != "a map's index" else {
            #expect(outcome(source).contains("the map's keys are int, found decimal"))
            return
        }
        #expect(outcome(source) == expected)
    }

    @Test(arguments: [
        ("record.handle_seconds / 60", "1:23: integer division drops the remainder; write decimal(a) / b"),
        ("decimal(record.handle_seconds) / 60", "decimal('5') / decimal('3')"),
        ("record.handle_seconds % 60", "40"),
        ("7u / 2u", "1:4: integer division drops the remainder; write decimal(a) / b"),
        ("dyn(7u) / 2u", "integer division drops the remainder; write decimal(a) / b"),
        ("dyn(record.handle_seconds) / 60", "integer division drops the remainder; write decimal(a) / b"),
    ])
    func `exact arithmetic refuses to drop a remainder`(source: String, expected: String) {
        #expect(Ticket.outcome(source, in: Ticket.exact) == expected)
    }

    @Test func `a double is refused where exactness is required`() throws {
        _ = try Ticket.exact.compile("record.cost * 2", expecting: .decimal)
        for source in ["1.5 * 2.0", "record.is_spam ? null : 1.5"] {
            #expect(throws: ExpressionError.self) { try Ticket.exact.compile(source, expecting: .decimal) }
        }
    }
}
