import PlumblineKit
import Testing
import TrytonServer

@Suite struct AmountTests {
    @Test(arguments: [
        ("4450.00", "4450.00"), ("-12.5", "-12.5"), ("0E-8", "0.00000000"), ("1E+3", "1000"), ("-0.05", "-0.05"),
        ("7", "7"),
    ])
    func `an amount is read exactly`(_ text: String, _ shown: String) throws {
        #expect(try #require(Amount(text)).json == .number(shown))
    }

    @Test(arguments: ["", "NaN", "Infinity", "1.2.3", "1.+5", "99999999999999999999", "1E+40", "0x10"])
    func `other text is no amount`(_ text: String) {
        #expect(Amount(text) == nil)
    }

    private func amount(_ text: String) throws -> Amount { try #require(Amount(text)) }

    @Test func `sums keep every digit`() throws {
        let sum = try #require(try amount("0.1").adding(amount("0.25")))
        #expect(sum.adding(try amount("17115.45").negated)?.json == .number("-17115.10"))
    }

    @Test func `a sum that does not fit is none`() throws {
        let most = try amount("9223372036854775807")
        for more in [try amount("1"), try amount("0.1")] { #expect(most.adding(more) == nil) }
    }
}
