import Indicators
import Testing

@Suite struct FailedFinishTests {
    @Test(arguments: [("9223372036854775807 + int(a)", ValueStatus.noData), ("decimal(a) / (a - a)", .complete)])
    func `a finish that fails is no zero, while a zero denominator may be one`(
        _ finish: String, _ status: ValueStatus
    ) throws {
        let value = try TestCatalogue.value(
            "{record: sample, anchor: record.at, subject: record.who, measures: {a: {value: record.amount}}, "
                + "finish: '\(finish)', zero_denominator: zero}",
            amounts: [("1", nil)])
        #expect(value.status == status)
        #expect((value.value == nil) == (status == .noData))
    }
}
