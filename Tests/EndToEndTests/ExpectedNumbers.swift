import PlumblineKit
import Testing

/// Numbers that a seed says must come out, held against the values of a workspace that was pulled.
struct ExpectedNumbers {
    private struct Wanted {
        /// Nil where there must be no value.
        var number: Fraction?
        let digits: Int
    }

    private var wanted: [PublishedValue.Key: Wanted] = [:]

    /// Expects a number that was rounded to so many digits, or none where it is null.
    mutating func expect(
        _ number: JSON, of indicator: String, _ kind: String, _ subject: String, _ period: String, digits: Int = 6
    ) throws {
        let key = PublishedValue.Key(indicator: indicator, kind: kind, subject: subject, period: period)
        wanted[key] = Wanted(number: nil, digits: digits)
        if number.isNull { return }
        let fraction: Fraction = try #require(number.scalarText.flatMap { Fraction($0) }, "\(key)")
        wanted[key]?.number = fraction
    }

    /// Compares all of them, and gives how many there are. Where nothing happened at all there is no value: neither a
    /// number nor, as the seed has it, a zero; `absences` says how often that may be.
    func check(_ values: [PublishedValue.Key: PublishedValue], absences: Int) -> Int {
        var absent = 0
        for (key, wanted) in wanted {
            let exact = values[key]?.exact.flatMap { Fraction($0) }?.roundedHalfEven(toDigits: wanted.digits)
            if exact == nil, wanted.number == .zero {
                absent += 1
            } else {
                #expect(exact == wanted.number, "\(key)")
            }
        }
        #expect(absent == absences, "as many zeros of people and units without records as the seed has")
        return wanted.count
    }
}
