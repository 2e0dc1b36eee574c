import Testing

@testable import Gateway

/// Mistakes in `plumbline.yaml` and in a company's own definitions.
@Suite struct DefinitionProblemTests {
    typealias Mistake = ConnectionProblemTests.Mistake

    private static let mistakes = [
        Mistake(
            "an unknown key", "aggregate: mean", "agregate: mean",
            "indicators/deeds.yaml:24:5: unknown key 'agregate', perhaps 'aggregate'; known: record, lookup, where, "
                + "anchor, in_period, subject, subjects, attribution, latest_by, distinct_by, value, aggregate, "
                + "percentile, group_by, inner, inner_weight, sample_by, min_group, min_group_except, id, name, "
                + "description, role, kind, scope, unit, scale_digits, scale, direction, default_period, "
                + "default_target, scoring, source_systems, clock, numerator, denominator, measures, finish, outer, "
                + "group_weights, small_groups, flags, min_sample, zero_denominator, max_missing_share, "
                + "matures_after_days, anonymous"),
        Mistake(
            "an unknown aggregate", "aggregate: mean", "aggregate: meen",
            "indicators/deeds.yaml:24:16: 'aggregate' must be one of count, sum, mean, median, percentile, min, max, last, "
                + "distinct, mean_daily, weighted_mean, not 'meen'"),
        Mistake(
            "a misspelt field", "record.points", "record.point",
            "indicators/deeds.yaml:23:19: value of 'value': deed has no field 'point'; did you mean 'points'?"),
        Mistake(
            "a record type that is not there", "- id: deed_points\n    record: deed",
            "- id: deed_points\n    record: deedd",
            "indicators/deeds.yaml:19:5: unknown record type 'deedd', perhaps 'deed'"),
        Mistake(
            "integer division", "record.points", "size(record.owner_intervals) / 2",
            "indicators/deeds.yaml:23:41: value of 'value': integer division drops the remainder; write decimal(a) / b"),
        Mistake(
            "a double", "record.points", "0.5",
            "indicators/deeds.yaml:23:12: a value must be an int, a decimal, a duration or a bool, not double; write "
                + "decimal(...) where the number must be exact"),
        Mistake(
            "a text as a value", "record.points", "record.kind",
            "indicators/deeds.yaml:23:12: a value must be an int, a decimal, a duration or a bool, not string or null; "
                + "write decimal(...) where the number must be exact"),
        Mistake(
            "a pattern that is none", "value: record.points",
            "where: \"record.kind.matches('(')\"\n    value: record.points",
            "indicators/deeds.yaml:23:33: where: the pattern is no regular expression: missing ): ("),
        Mistake(
            "a mean without a value", "    value: record.points\n", "",
            "indicators/deeds.yaml:19:5: 'value': mean needs 'value'"),
        Mistake(
            "an indicator without an anchor", "    anchor: record.at\n    value", "    value",
            "indicators/deeds.yaml:19:5: 'value' needs 'anchor' or 'in_period': what decides its period"),
        Mistake(
            "an indicator without an id", "- id: deed_points\n    record", "- role: x\n    record",
            "indicators/deeds.yaml:19:5: an indicator needs 'id'"),
        Mistake(
            "too many digits", "scale_digits: 0", "scale_digits: 13",
            "indicators/deeds.yaml:18:19: 'scale_digits' must be 0 to 12"),
        Mistake(
            "digits that are no number", "scale_digits: 0", "scale_digits: two",
            "indicators/deeds.yaml:18:19: 'scale_digits' must be a whole number, not 'two'"),
        Mistake(
            "an unknown type of a field", "kind: string?", "kind: float",
            "indicators/deeds.yaml:9:13: 'float' is no type; expected string, int, decimal, money, bool, date, datetime, "
                + "employee_ref, org_unit_ref, interval, owner_interval, enum(a,b) or list<...>, with ? where it may be empty"
        ),
        Mistake(
            "a field whose name is no name", "kind: string?", "Kind: string?",
            "indicators/deeds.yaml:9:7: 'Kind' is no name: use lower-case letters, digits and _, starting with a letter"
        ),
    ]

    @Test(arguments: mistakes)
    func `a mistake is told with its place`(_ mistake: Mistake) throws {
        let workspace = try TestWorkspace()
        try workspace.edit("indicators/deeds.yaml", mistake.old, mistake.new)
        let problems = try workspace.problems().filter { $0.hasPrefix("indicators") }
        #expect(problems == [mistake.problem])
    }

    @Test func `an indicator that is defined twice in one file is told`() throws {
        let workspace = try TestWorkspace()
        try workspace.edit("indicators/deeds.yaml", "id: deed_points", "id: deed_count")
        #expect(
            try workspace.problems() == [
                "indicators/deeds.yaml:19:5: indicator 'deed_count' is defined twice; it stands in "
                    + "indicators/deeds.yaml:12:5 too"
            ])
    }

    @Test func `an indicator that is defined in two of the company's files is told`() throws {
        let workspace = try TestWorkspace()
        try workspace.write(
            "indicators/more.yaml",
            "indicators: [{id: deed_count, record: deed, subject: record.owner_id, anchor: record.at, aggregate: count}]"
        )
        #expect(
            try workspace.problems() == [
                "indicators/more.yaml:1:14: indicator 'deed_count' is defined twice; it stands in "
                    + "indicators/deeds.yaml:12:5 too"
            ])
    }

    @Test func `an unknown indicator is answered with the nearest one`() async throws {
        let host = try await TestWorkspace().host()
        let error = #expect(throws: HostError.self) { try host.compiledIndicator("deed_cuont") }
        #expect(error?.description == "there is no indicator 'deed_cuont', perhaps 'deed_count'")
        let other = #expect(throws: HostError.self) { try host.compiledIndicator("weather") }
        #expect(other?.description == "there is no indicator 'weather'")
    }

    private static let configurations = [
        Mistake(
            "broken YAML", "zone: Asia/Shanghai", "zone: 'Asia",
            "plumbline.yaml:4:22: this is no YAML: found unexpected end of stream"),
        Mistake(
            "an unknown key", "zone: Asia/Shanghai", "zone: Asia/Shanghai\ncalender: cn-2026",
            "plumbline.yaml:3:1: unknown key 'calender', perhaps 'calendar'; known: company, country, zone, languages, calendar, "
                + "periods, first_period, retention, reject_retention_days, gate"),
        Mistake(
            "rejects that are kept for no day", "zone: Asia/Shanghai", "zone: Asia/Shanghai\nreject_retention_days: 0",
            "plumbline.yaml:3:24: 'reject_retention_days' must be 1 to 3650"),
        Mistake("a missing key", "zone: Asia/Shanghai\n", "", "plumbline.yaml:1:1: plumbline.yaml needs 'zone'"),
        Mistake(
            "an unknown period", "[month, quarter]", "[month, week]",
            "plumbline.yaml:3:18: a period is one of month, quarter, half_year, year"),
        Mistake(
            "a first period that is none", "2026-07", "July",
            "plumbline.yaml:4:15: 'first_period' must be such as 2026, 2026-Q3 or 2026-07, not 'July'"),
        Mistake(
            "a calendar that is not there", "zone: Asia/Shanghai", "zone: Asia/Shanghai\ncalendar: mars.yaml",
            "plumbline.yaml:1:1: there is no calendar 'mars.yaml': expected cn-2026 or a YAML file in the workspace"),
    ]

    @Test(arguments: configurations)
    func `a mistake in plumbline.yaml is told with its place`(_ mistake: Mistake) throws {
        let workspace = try TestWorkspace()
        try workspace.edit("plumbline.yaml", mistake.old, mistake.new)
        let problems = try workspace.problems()
        #expect(problems == [mistake.problem])
    }
}
