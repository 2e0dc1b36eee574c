import Expressions
import Indicators
import Testing
import YAMLDocument

/// Mistakes in definitions are told with their place.
@Suite struct DefinitionTests {
    private func problems(_ indicator: String) throws -> [String] {
        let log = ProblemLog()
        var catalogue = Catalogue(log: log)
        catalogue.add([
            try YAMLNode.parse(
                "record_types: {deed: {fields: {id: string, who: employee_ref?, at: datetime?, n: int?, ref: string?}}}",
                file: "types"),
            try YAMLNode.parse("indicators:\n- {id: x, record: deed, anchor: record.at,\n\(indicator)", file: "file"),
        ])
        _ = catalogue.compile(functions: WorkFunctions(calendar: try TestCatalogue.calendar()).all)
        return log.problems.map(\.description)
    }

    @Test(arguments: [
        (
            "value: record.n, numerator: {}, denominator: {}",
            "file:3:8: 'value' is not used beside 'numerator' and 'denominator'"
        ),
        ("aggregate: sum, numerator: {}", "file:3:12: 'aggregate' is not used beside 'numerator' and 'denominator'"),
        ("measures: {a: {}}, numerator: {}", "file:3:11: 'measures' is not used beside 'numerator' and 'denominator'"),
        (
            "value: record.n, measures: {a: {}}, finish: a",
            "file:3:8: 'value' is not used beside 'measures': each has its own"
        ),
        (
            "aggregate: sum, measures: {a: {}}, finish: a",
            "file:3:12: 'aggregate' is not used beside 'measures': each has its own"
        ),
        ("min_group: 3, aggregate: count", "file:3:12: 'min_group' is not used without 'group_by'"),
        ("outer: mean", "file:3:8: 'outer' is not used without 'group_by'"),
        ("small_groups: merge", "file:3:15: 'small_groups' is not used without 'group_by'"),
        (
            "measures: {a: {min_group: 3}, b: {group_by: [record.ref]}}, finish: a + b",
            "file:3:27: 'min_group' is not used without 'group_by'"
        ),
    ])
    func `a key that decides nothing is told`(_ keys: String, _ problem: String) throws {
        #expect(try problems("\(keys), subject: record.who}") == [problem])
    }

    @Test(arguments: [
        ("numerator: {}, denominator: {}", "file:2:3: a ratio needs 'subject' unless its scope is company"),
        (
            "measures: {a: {subject: company}, b: {}}, finish: a / b",
            "file:3:35: 'b' needs 'subject', which is 'company' where it counts for everybody"
        ),
        ("aggregate: count", "file:2:3: an indicator of scope employee needs 'subject'"),
    ])
    func `an absent subject is not the company`(_ keys: String, _ problem: String) throws {
        #expect(try problems("\(keys)}") == [problem])
        #expect(try problems("\(keys), scope: company}") == [])
    }

    @Test(arguments: [
        (
            "anchor: record.at, subject: employee.id",
            "file:4:29: subject cannot read 'employee', which is known only after it"
        ),
        (
            "subject: record.who, anchor: \"period.kind == 'x' ? null : record.at\"",
            "file:4:30: anchor cannot read 'period', which is known only after it"
        ),
        (
            "subject: record.who, in_period: \"employee.id != 'x'\"",
            "file:4:33: in_period cannot read 'employee', which is known only after it"
        ),
        (
            "subject: record.who, anchor: record.at, lookup: {other: {record: deed, key: period.id}}",
            "file:4:77: key of lookup 'other' cannot read 'period', which is known only after it"
        ),
    ])
    func `a name cannot be read before it has a value`(_ keys: String, _ problem: String) throws {
        let log = ProblemLog()
        var catalogue = Catalogue(log: log)
        catalogue.add([
            try YAMLNode.parse(
                """
                record_types: {deed: {fields: {id: string, who: employee_ref?, at: datetime?}}}
                indicators:
                - {id: x, record: deed,
                \(keys)}
                """, file: "file")
        ])
        _ = catalogue.compile(functions: [])
        #expect(log.problems.map(\.description) == [problem])
    }

    @Test func `the anchor and the subject of a stock may read the period`() throws {
        let stock = "in_period: 'true', subject: \"period.kind == 'month' ? record.who : null\""
        #expect(try problems("\(stock)}".replacing("in_period", with: "where: 'true', in_period")) == [])
    }

    @Test(arguments: [
        (
            "value: record.n, aggregate: percentile, percentile: '1.5'",
            "file:3:53: 'percentile' must be 0 to 1, not '1.5'"
        ),
        (
            "value: record.n, aggregate: percentile, percentile: '-1'",
            "file:3:53: 'percentile' must be 0 to 1, not '-1'"
        ),
        ("matures_after_days: 3651", "file:3:21: 'matures_after_days' must be 0 to 3650"),
        ("matures_after_days: -1", "file:3:21: 'matures_after_days' must be 0 to 3650"),
        (
            "group_by: [record.ref], inner: count, outer: count",
            "file:2:3: groups are joined by one of sum, mean, weighted_mean, median, min, max, not by count; write 'outer'"
        ),
    ])
    func `a number out of range is told`(_ keys: String, _ problem: String) throws {
        #expect(try problems("\(keys), subject: record.who}") == [problem])
    }

    @Test func `a constant in quotes is a text`() throws {
        var catalogue = Catalogue(log: ProblemLog())
        catalogue.add([
            try YAMLNode.parse("constants: {account: '4100', rate: 0.5, days: 30, name: Support}", file: "c")
        ])
        let constants = catalogue.constantsMap
        #expect(constants["account"] == .string("4100") && constants["name"] == .string("Support"))
        #expect(constants["rate"] == Rational(decimalText: "0.5").map { .decimal($0) } && constants["days"] == .int(30))
    }
}
