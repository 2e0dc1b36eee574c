import Expressions
import Testing

@Suite struct RationalTests {
    @Test func `a number is in lowest terms`() {
        #expect(Rational(numerator: "6", denominator: "-4")?.description == "-1.5")
    }
}
