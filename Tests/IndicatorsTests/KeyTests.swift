import Indicators
import Testing

/// Keys of groups, samples and records: different values are different keys, and texts are read strictly.
@Suite struct KeyTests {
    @Test(arguments: ["2026-+7-+1", "+026-07-01", "2026-7-1", "2026-07-٠١", " 026-07-01", "2026-02-30"])
    func `what is no date is no day`(_ text: String) { #expect(Day(text: text) == nil) }

    @Test(arguments: ["2026-+7", "+026", "2026-Q+", "2026-H", "2026-13", "２０２６", "2026-Q٣", "9999"])
    func `what is no period is none`(_ id: String) { #expect(Period(id: id) == nil) }

    @Test(arguments: ["2026", "2026-H1", "2026-Q3", "2026-07"])
    func `a period is known by its id`(_ id: String) { #expect(Period(id: id)?.id == id) }

    @Test func `lists with other elements are other keys`() throws {
        let ledger = try Ledger(
            "{aggregate: distinct, distinct_by: [\"record.kind == 'x' ? ['a,b'] : ['a', 'b']\"]}")
        #expect(try ledger.shown("[{kind: x}, {kind: y}]") == "2.00")
    }

    @Test func `an empty text is another key than none`() throws {
        let ledger = try Ledger("{aggregate: distinct, distinct_by: [\"record.kind == 'x' ? '' : record.kind\"]}")
        #expect(try ledger.shown("[{kind: x}, {kind: x}, {}]") == "2.00")
    }

    @Test func `a separator inside a part is no separator`() throws {
        let ledger = try Ledger(
            "{aggregate: distinct, distinct_by: [record.kind + '\\u001f', record.rater]}"
                .replacing("record.kind + '\\u001f'", with: "\"record.kind + '\\\\u001f'\""))
        #expect(try ledger.shown("[{kind: a, rater: b}, {kind: a, rater: b}]") == "1.00")
    }

    @Test func `records without a key count by themselves`() throws {
        let distinct = try Ledger("{aggregate: distinct, distinct_by: [record.kind]}")
        #expect(try distinct.shown("[{}, {}, {kind: a}, {kind: a}]") == "3.00")
        let latest = try Ledger("{aggregate: count, latest_by: [record.kind]}")
        #expect(try latest.shown("[{}, {}, {kind: a}, {kind: a}]") == "3.00")
    }
}
