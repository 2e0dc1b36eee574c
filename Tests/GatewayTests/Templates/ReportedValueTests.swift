import Expressions
import Foundation
import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// Indicator values that people give by hand.
@Suite struct ReportedValueTests {
    static let indicators = """
        indicators:
          - {id: visits, name: {zh: 拜访数, en: Visits}, record: reported_value, unit: visits, direction: higher_is_better,
             aggregate: sum, scale_digits: 0}
          - {id: audit, name: Audit, record: reported_value, unit: percent, direction: higher_is_better, aggregate: mean}
          - {id: latest, name: Latest, record: reported_value, unit: points, direction: higher_is_better}
          - {id: morale, name: Morale, record: reported_value, unit: points, scope: org_unit, aggregate: mean}
          - {id: profit, name: Profit, record: reported_value, unit: yuan, scope: company, aggregate: sum}
        """

    private let workspace: TestWorkspace

    init() throws {
        workspace = try TestWorkspace(["indicators/hand.yaml": Self.indicators])
        try workspace.speakEnglish()
    }

    private func host(_ files: [String: String] = [:]) async throws -> WorkspaceHost {
        for (name, text) in files { try workspace.write(name, text) }
        let host = try await workspace.host()
        _ = try await host.replacePeople(TestWorkspace.people)
        return host
    }

    private func entry(
        _ indicator: String = "visits", _ subject: String = "E01", _ period: String = "2026-07", _ value: String = "12",
        reason: String = "visit log"
    ) -> HandEntry {
        HandEntry(
            indicator: indicator, subject: subject, period: period, value: value, author: "hr", reason: reason)
    }

    private func importing(_ host: WorkspaceHost, _ rows: String) async throws
        -> ImportReport
    {
        try workspace.write("values.csv", "指标,员工,部门,期间,值,填报人,理由\n" + rows)
        return try await host.importFile(ImportRequest(path: workspace.path + "/values.csv"))
    }

    @Test func `a value by hand is a value, and entering it again corrects it`() async throws {
        let host = try await host()
        let first = try await host.record(entry())
        #expect(first.old == nil && first.new?.decimal == "12" && first.revision == 1)
        let second = try await host.record(entry("visits", "E01", "2026-07", "15"))
        #expect(second.old?.content.decimal == "12" && second.new?.decimal == "15" && second.revision == 2)
        #expect(try await host.evidenceStates("reported_value") == ["visits/E01/2026-07 live"])
        #expect(try await host.shown("visits", "Plumb") == "15")
        #expect(try await host.store.verifyAudit().isIntact)
    }

    @Test func `a value counts in every period that holds the whole of its own, and in no shorter one`() async throws {
        let host = try await host()
        _ = try await host.record(entry("visits", "E01", "2026-08", "5"))
        _ = try await host.record(entry("visits", "E01", "2026-09", "7"))
        #expect(try await host.shown("visits", "E01", "2026-Q3") == "12")
        _ = try await host.record(entry("visits", "E02", "2026-Q3", "30"))
        #expect(try await host.shown("visits", "E02", "2026-Q3") == "30")
        for month in ["2026-07", "2026-08", "2026-09"] {
            #expect(try await host.shown("visits", "E02", month) == nil, "\(month)")
        }
    }

    @Test func `without an aggregate the value of the latest period counts`() async throws {
        let host = try await host()
        _ = try await host.record(entry("latest", "E01", "2026-09", "3"))
        _ = try await host.record(entry("latest", "E01", "2026-08", "9"))
        #expect(try await host.shown("latest", "E01", "2026-Q3") == "3.00")
    }

    @Test func `a quarter beside its months is told, for all of them count`() async throws {
        let host = try await host()
        _ = try await host.record(entry("visits", "E01", "2026-08", "5"))
        let report = try await host.record(entry("visits", "E01", "2026-Q3", "30"))
        #expect(
            report.report.remarks.map(\.en) == [
                "visits of E01 has values for 2026-Q3 and for 2026-08: all of them count in 2026-Q3"
            ])
        #expect(try await host.record(entry("visits", "E01", "2026-10", "5")).report.remarks == [], "told once")
    }

    @Test func `one person is one subject, by staff number or e-mail, in a file or at the prompt`() async throws {
        let host = try await host()
        _ = try await host.record(entry())
        let report = try await importing(host, "visits,zhang@example.com,,2026/7,14,hr,recount\n")
        #expect(report.new == 0 && report.changed == 1)
        #expect(try await host.shown("visits", "E01") == "14")
        #expect(try await host.record(entry("visits", "zhang@example.com", "2026-07", "16")).new?.decimal == "16")
        #expect(try await host.evidenceStates("reported_value") == ["visits/E01/2026-07 live"])
    }

    @Test func `units and the company have values too`() async throws {
        let host = try await host()
        _ = try await host.record(entry("morale", "Plumb/Support", "2026-07", "80"))
        _ = try await host.record(entry("profit", "company", "2026-07", "1000"))
        #expect(try await host.shown("morale", "Plumb/Support") == "80.00")
        let profit = try await host.store.value(ValueKey(indicator: "profit", subject: .company, period: "2026-07"))
        #expect(profit?.content.decimal == "1000.00")
    }

    @Test func `an entry is undone like an import, to the value before`() async throws {
        let host = try await host()
        _ = try await host.record(entry())
        let second = try await host.record(entry("visits", "E01", "2026-07", "15"))
        _ = try await host.undoImport(try #require(second.report.id))
        #expect(try await host.shown("visits", "E01") == "12")
        #expect(
            try await host.imports().map(\.file.name) == ["record visits/E01/2026-07", "record visits/E01/2026-07"])
    }

    @Test func `an explanation names who entered the value, when and why`() async throws {
        let host = try await host()
        _ = try await host.record(entry())
        let report = try await host.explain("visits", subject: Subject(kind: .employee, id: "E01"), period: .july)
        let record = report.json["measures"]?.array?.first?["records"]?.array?.first
        #expect(record?["author"] == "hr" && record?["reason"] == "visit log")
        #expect(record?["entered_at"] == "2026-10-15T00:00:00Z")
        _ = try await importing(host, "audit,E01,,2026-07,90,auditor,\n")
        let other = try await host.explain("audit", subject: Subject(kind: .employee, id: "E01"), period: .july)
        let note = try #require(other.entries.values.first)
        #expect(note.author == "auditor" && note.reason == nil && note.entered == nil)
        #expect(other.json["measures"]?.array?.first?["excluded"] == .array([]), "values of others are not told")
    }

    @Test func `a locked period refuses the entry, and nothing is stored`() async throws {
        let host = try await host()
        _ = try await host.record(entry())
        _ = try await host.store.setPeriod("2026-07", to: .locked, actor: "tester", reason: nil)
        let before = try await host.state()
        let error = await #expect(throws: HostError.self) {
            try await host.record(entry("visits", "E01", "2026-07", "15"))
        }
        #expect(error?.description.contains("visits of E01 in 2026-07 cannot be entered") == true)
        #expect(error?.description.contains("the period is locked") == true)
        await #expect(throws: HostError.self) {
            try await host.record(entry("visits", "E01", "2026-07", "15"), isPreview: true)
        }
        #expect(try await host.state() == before)
    }

    @Test func `a preview shows what would be and stores nothing`() async throws {
        let host = try await host()
        _ = try await host.record(entry())
        let before = try await host.state()
        let report = try await host.record(entry("visits", "E01", "2026-07", "15"), isPreview: true)
        #expect(report.old?.content.decimal == "12" && report.new?.decimal == "15" && report.revision == nil)
        #expect(try await host.state() == before)
    }

    @Test(arguments: [
        (
            HandEntry(indicator: "visit", subject: "E01", period: "2026-07", value: "1", author: "a", reason: "r"),
            "there is no indicator 'visit', perhaps 'visits'"
        ),
        (
            HandEntry(indicator: "deed_count", subject: "E01", period: "2026-07", value: "1", author: "a", reason: "r"),
            "'deed_count' is computed from records of type deed"
        ),
        (
            HandEntry(indicator: "visits", subject: "E01", period: "July", value: "1", author: "a", reason: "r"),
            "'July' is no period; expected such as 2026-07"
        ),
        (
            HandEntry(indicator: "visits", subject: "张伟", period: "2026-07", value: "1", author: "a", reason: "r"),
            "perhaps E01 is meant"
        ),
        (
            HandEntry(indicator: "morale", subject: "E01", period: "2026-07", value: "1", author: "a", reason: "r"),
            "has values of units"
        ),
        (
            HandEntry(indicator: "profit", subject: "E01", period: "2026-07", value: "1", author: "a", reason: "r"),
            "name it 'company'"
        ),
        (
            HandEntry(indicator: "visits", subject: "E01", period: "2026-07", value: "many", author: "a", reason: "r"),
            "'many' is no number"
        ),
        (
            HandEntry(indicator: "visits", subject: "E01", period: "2026-07", value: "5%", author: "a", reason: "r"),
            "has a percent sign"
        ),
        (
            HandEntry(indicator: "visits", subject: "E01", period: "2026-07", value: "1", author: "a", reason: " "),
            "--reason is empty"
        ),
        (
            HandEntry(indicator: "visits", subject: "E01", period: "2026-07", value: "1", author: "", reason: "r"),
            "--author is empty"
        ),
    ])
    func `a wrong entry is refused in a sentence that says what to do`(entry: HandEntry, told: String) async throws {
        let host = try await host()
        let error = await #expect(throws: HostError.self) { try await host.record(entry) }
        #expect(error?.description.contains(told) == true, "\(error?.description ?? "")")
        #expect(try await host.imports().isEmpty)
    }

    @Test func `rows of a file are refused for the same reasons, each with its line`() async throws {
        let host = try await host()
        let report = try await importing(
            host,
            """
            visits,E01,,2026-07,1,hr,
            visit,E01,,2026-07,1,hr,
            ts_csat,E01,,2026-07,1,hr,
            visits,E01,,Juli,1,hr,
            visits,,Plumb/Support,2026-07,1,hr,
            morale,E01,,2026-07,1,hr,
            visits,E01,,2026-07,viel,hr,
            visits,E01,,2026-08,1,,
            visits,E01,,2026-09,,hr,

            """)
        #expect(report.rejected.map(\.line) == [3, 4, 5, 6, 7, 8, 9])
        let reasons = report.rejected.map(\.reason)
        #expect(reasons[0].contains("there is no indicator 'visit', perhaps 'visits'"))
        #expect(reasons[1].contains("'ts_csat' is computed from records of type survey_response"))
        #expect(reasons[1].contains("define it in indicators/ with this id and 'record: reported_value'"))
        #expect(reasons[2].contains("such as 2026-07, 2026-Q3, 2026-H2 or 2026, not 'Juli'"))
        #expect(reasons[3].contains("'visits' has values of people: name one"))
        #expect(reasons[4].contains("'morale' has values of units: name one"))
        #expect(reasons[5].contains("'value' wants decimal, not 'viel'"))
        #expect(reasons[6].contains("'author' is empty"))
        #expect(report.leftOut == 1 && report.remarks.map(\.en).contains("rows without a value were left out: 1"))
        #expect(!report.isCommitted)
    }

    @Test func `a connection that brings values is checked in the same way`() async throws {
        let host = try await host([
            "connectors/values.yaml": """
            connection: values
            connector: file.import
            settings: {id_field: n}
            streams:
              values:
                from: records
                record: reported_value
                map:
                  id: source.n
                  indicator_id: source.kpi
                  employee_id: account(source.who)
                  period: source.month
                  value: source.v
                  author: "'sheet'"
            """
        ])
        try workspace.write("v.csv", "n,kpi,who,month,v\n1,visits,E01,2026-07,4\n2,visit,E01,2026-07,4\n")
        var request = ImportRequest(path: workspace.path + "/v.csv", connection: "values")
        request.isPartial = true
        let report = try await host.importFile(request)
        #expect(report.new == 1 && report.rejected.map(\.line) == [3])
        #expect(report.rejected[0].reason.contains("perhaps 'visits'"))
        #expect(try await host.shown("visits", "E01") == "4")
    }

    @Test func `a company may fill by hand what the product computes`() async throws {
        let host = try await host([
            "indicators/csat.yaml": """
            indicators: [{id: ts_csat, name: CSAT, record: reported_value, unit: percent, aggregate: mean}]
            """
        ])
        #expect(try await host.record(entry("ts_csat", "E01", "2026-07", "91.5%")).new?.decimal == "91.50")
    }

    @Test func `of an indicator in percent, 85% in a file is 85`() async throws {
        let host = try await host()
        _ = try await importing(host, "audit,E01,,2026-07,85%,hr,\naudit,E02,,2026-07,77.5,hr,\n")
        #expect(try await host.shown("audit", "E01") == "85.00")
        #expect(try await host.shown("audit", "E02") == "77.50")
    }

    @Test func `a template for an indicator has a row for each person, and as it is imports nothing`() async throws {
        let host = try await host([
            "people.csv": """
            staff_number,name_zh,name_en,emails,phones,unit,position,manager,responsible_for,valid_from,valid_to
            E01,张伟,,,,Plumb/Support,,,,,
            E02,,Li Na,,,Plumb/Sales,,,,,
            """
        ])
        let template = try TemplateFile(
            "reported_value", of: host.workspace, language: .en, indicators: ["visits", "morale", "profit"])
        let path = workspace.path + "/hand.csv"
        try template.write(to: path, as: .csv)
        let lines = template.csv.split(separator: "\r\n").dropFirst(2)
        #expect(
            lines.map(String.init) == [
                "visits,E01,张伟,,,,,", "visits,E02,Li Na,,,,,", "morale,,,Plumb,,,,", "morale,,,Plumb/Sales,,,,",
                "morale,,,Plumb/Support,,,,", "profit,,,,,,,",
            ])
        let untouched = try await host.importFile(ImportRequest(path: path))
        #expect(untouched.new == 0 && untouched.leftOut == 7 && untouched.rejected == [])
        let filled = template.csv.replacing("profit,,,,,,,", with: "profit,,,,2026-07,5,hr,")
        try Data(filled.utf8).write(to: URL(filePath: path))
        #expect(try await host.importFile(ImportRequest(path: path)).new == 1)
        let error = #expect(throws: HostError.self) {
            try TemplateFile("reported_value", of: host.workspace, indicators: ["ts_csat"])
        }
        #expect(error?.description.contains("is computed from") == true)
    }
}
