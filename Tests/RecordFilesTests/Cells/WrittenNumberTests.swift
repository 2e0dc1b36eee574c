import RecordFiles
import Testing

@Suite struct WrittenNumberTests {
    @Test(arguments: [
        ("12", "12"), ("-12.50", "-12.50"), ("+3", "3"), ("007", "7"), (".5", "0.5"), ("5.", "5"), ("-0", "0"),
        ("1,234,567", "1234567"), ("1,234.56", "1234.56"), ("1.234,56", "1234.56"), ("1.234.567", "1234567"),
        ("1 234 567", "1234567"), ("1\u{A0}234.5", "1234.5"), ("1'234'567", "1234567"), ("１２３．５", "123.5"),
        ("(1,234.00)", "-1234.00"), ("123-", "-123"), ("−5", "-5"), ("¥1,234.50", "1234.50"), ("￥ 12", "12"),
        ("$-3", "-3"), ("-$3", "-3"), ("12 €", "12"), ("12.5%", "0.125"), ("１２％", "0.12"), ("0.5%", "0.005"),
        ("1e3", "1000"), ("1.5E-3", "0.0015"), ("99999999999999999999.99", "99999999999999999999.99"), ("100元", "100"),
        ("  7 ", "7"), ("(5%)", "-0.05"),
    ])
    func `numbers as people write them`(text: String, wanted: String) throws {
        #expect(try WrittenNumber(text).text == wanted)
    }

    @Test(arguments: [
        ("1,234", WrittenNumber.DecimalMark.point, "1234"), ("1,234", .comma, "1.234"), ("1,5", .comma, "1.5"),
        ("1.234", .comma, "1234"), ("1.234", .point, "1.234"), ("1 234,5", .comma, "1234.5"),
    ])
    func `a decimal mark decides`(text: String, mark: WrittenNumber.DecimalMark, wanted: String) throws {
        #expect(try WrittenNumber(text, mark: mark).text == wanted)
    }

    @Test(arguments: [("1,234", nil), ("1,5", nil), ("-12,345", nil)] as [(String, WrittenNumber.DecimalMark?)])
    func `a single comma has two meanings`(text: String, mark: WrittenNumber.DecimalMark?) {
        let fault = #expect(throws: CellFault.self) { try WrittenNumber(text, mark: mark) }
        #expect(fault?.reason.contains("say which decimal mark the column has") == true)
    }

    @Test(
        arguments: [
            ("", nil), ("abc", nil), ("1,5", .point), ("12,34,567", nil), ("1.2.3", nil), ("1,23.4", nil), ("--1", nil),
            ("1-2", nil), ("(1", nil), ("%", nil), ("1%%", nil), ("$1€", nil), ("1e999", nil), ("1e", nil),
            ("NaN", nil),
            ("1 2", nil), ("1,2345.6", nil), ("٣", nil), ("1'23", nil), ("(-5)", nil), ("1.5", .comma), ("½", nil),
            (",", nil),
        ] as [(String, WrittenNumber.DecimalMark?)])
    func `what is no number is refused`(text: String, mark: WrittenNumber.DecimalMark?) {
        let fault = #expect(throws: CellFault.self) { try WrittenNumber(text, mark: mark) }
        #expect(fault?.reason.hasSuffix("is no number") == true, "\(String(describing: fault))")
    }

    @Test func `signs are told`() throws {
        let number = try WrittenNumber("-￥12.5")
        #expect(number.currency == "¥" && !number.isPercent)
        #expect(try WrittenNumber("12%").isPercent)
    }
}
