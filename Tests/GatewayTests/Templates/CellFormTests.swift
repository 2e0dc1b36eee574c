import Indicators
import PlumblineKit
import Testing

@testable import Gateway

/// Periods, spans and truth values as people write them.
@Suite struct CellFormTests {
    @Test(arguments: [
        ("2026-07", "2026-07"), (" 2026/7 ", "2026-07"), ("202607", "2026-07"), ("2026年7月", "2026-07"),
        ("2026年07月份", "2026-07"), ("2026-07-01", "2026-07"), ("2026-07-01T00:00:00", "2026-07"),
        ("2026-Q3", "2026-Q3"), ("2026q3", "2026-Q3"), ("2026年第三季度", "2026-Q3"), ("2026年3季度", "2026-Q3"),
        ("2026-H2", "2026-H2"), ("2026年下半年", "2026-H2"), ("2026上半年", "2026-H1"), ("2026", "2026"),
        ("2026年", "2026"),
    ])
    func `a period is known however people write it`(text: String, id: String) {
        #expect(PeriodText.id(of: text) == id)
    }

    @Test(arguments: ["July", "2026-13", "2026-Q5", "2026-07-15", "07/2026", "", "2026-H3", "26年7月", "2026-7-8"])
    func `what may be another period is none`(text: String) {
        #expect(PeriodText.id(of: text) == nil)
    }

    private let spans = SpanText(zone: .utc, order: nil)

    @Test func `a span has two ends, the second perhaps to come, and an owner where it has one`() {
        #expect(
            spans.span("2026-07-01 09:00 ~ 2026/7/1 10:00", hasOwner: false)
                == ["from": "2026-07-01T09:00:00Z", "to": "2026-07-01T10:00:00Z"])
        #expect(
            spans.span("2026-07-01 09:00 至", hasOwner: false) == ["from": "2026-07-01T09:00:00Z", "to": .null])
        #expect(
            spans.span("E01 | 2026-07-01 ~ 2026-07-02", hasOwner: true)
                == ["owner": "E01", "from": "2026-07-01T00:00:00Z", "to": "2026-07-02T00:00:00Z"])
        #expect(
            spans.span("| 2026-07-01 ~", hasOwner: true)
                == ["owner": .null, "from": "2026-07-01T00:00:00Z", "to": .null])
    }

    @Test(arguments: ["2026-07-01 09:00", "~ 2026-07-01", "a ~ b", "2026-07-01 ~ 2026-07-02 ~ 2026-07-03", ""])
    func `what is no span is left to the mapping to refuse`(text: String) {
        #expect(spans.span(text, hasOwner: false) == nil)
    }

    @Test(arguments: [("是", true), (" Yes ", true), ("TRUE", true), ("1", true), ("否", false), ("n", false)])
    func `yes and no are known as people write them`(text: String, flag: Bool) {
        #expect(FieldForm.flag(text) == flag)
    }

    @Test(arguments: ["maybe", "2", ""]) func `what is neither is no truth value`(text: String) {
        #expect(FieldForm.flag(text) == nil)
    }
}
