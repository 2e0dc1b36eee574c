import OAConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// How many worked in each unit on each day, and who left.
@Suite struct CompanyDirectoryTests {
    private struct People: CompanyDirectory {
        var rows: [Assignment]

        func assignments() async throws(ConnectorError) -> [Assignment] { rows }
    }

    private static func row(
        _ employee: String, _ unit: String?, _ from: String?, _ until: String?, position: String? = nil,
        leftAs: String? = nil
    ) -> Assignment {
        Assignment(
            employee: employee, unit: unit, position: position, manager: nil, leftAs: leftAs, from: from, until: until)
    }

    private static let rows = [
        row("E01", "Plumb/Support", nil, "2026-10-12", position: "agent"),
        row("E01", "Plumb/Sales", "2026-10-12", nil, position: "seller"),
        row("E02", "Plumb/Support", "2026-10-11", "2026-10-13", leftAs: "辞职"),
        row("E03", nil, nil, nil),
        row("E04", "Plumb/Sales", nil, "2026-10-20"),
    ]

    private static func context(_ rows: [Assignment], ahead: Int = 0) -> ConnectorContext {
        ConnectorContext(
            transport: CannedTransport(), files: CannedFiles(), now: FixedClock("2026-10-13T20:00:00Z").now,
            zone: "Asia/Shanghai", utcOffset: { _ in ahead }, directory: People(rows: rows), log: { _ in })
    }

    private static let settings: [String: SettingInput] = ["since": .text("2026-10-10")]

    private static func connector(_ rows: [Assignment] = rows, ahead: Int = 0) throws -> CompanyDirectoryConnector {
        try CompanyDirectoryConnector(
            settings: Settings(settings, against: CompanyDirectoryConnector.description.settings),
            context: context(rows, ahead: ahead))
    }

    @Test func `conforms`() async throws {
        let (context, rows) = (Self.context, Self.rows)
        let days = [
            "Plumb%2FSales/2026-10-10", "Plumb%2FSupport/2026-10-10", "Plumb%2FSales/2026-10-11",
            "Plumb%2FSupport/2026-10-11", "Plumb%2FSales/2026-10-12", "Plumb%2FSupport/2026-10-12",
        ]
        try await ConformanceSuite(
            CompanyDirectoryConnector.self, settings: Self.settings, stream: "headcount_days", records: Set(days)
        ) { context(rows, 0) }.run()
        try await ConformanceSuite(
            CompanyDirectoryConnector.self, settings: Self.settings, stream: "separations",
            records: ["E02/2026-10-12"]
        ) { context(rows, 0) }.run()
    }

    @Test func `each unit and day has those who worked in the unit itself`() async throws {
        let page = try await Self.connector().page(of: "headcount_days", after: nil)
        let lines = page.records.map { record in
            let people = (record.json["people"]?.array ?? []).compactMap { $0["employee"]?.string }
            return [record.json["date"]?.string, record.json["unit"]?.string].compactMap(\.self).joined(separator: " ")
                + ": " + people.joined(separator: " ")
        }
        #expect(
            lines == [
                "2026-10-10 Plumb/Sales: E04", "2026-10-10 Plumb/Support: E01", "2026-10-11 Plumb/Sales: E04",
                "2026-10-11 Plumb/Support: E01 E02", "2026-10-12 Plumb/Sales: E01 E04", "2026-10-12 Plumb/Support: E02",
            ])
        #expect(page.records[1].json["people"] == [["employee": "E01", "position": "agent"]])
    }

    @Test func `a day is over when it is over in the connection's zone`() async throws {
        let last = try await Self.connector(ahead: 8 * 3600).page(of: "headcount_days", after: nil).records.last
        #expect(last?.json["date"] == "2026-10-13")
    }

    @Test func `who has no unit is told and in no headcount`() async throws {
        let page = try await Self.connector().page(of: "headcount_days", after: nil)
        #expect(page.anomalies == [Anomaly(id: "E03", reason: "has no unit and is in no headcount")])
    }

    @Test func `who left is told once the last day is over; who moved or came back at once did not leave`() async throws
    {
        let page = try await Self.connector().page(of: "separations", after: nil)
        #expect(
            page.records.map(\.json) == [
                [
                    "employee": "E02", "last_day": "2026-10-12", "unit": "Plumb/Support", "position": .null,
                    "left_as": "辞职",
                ]
            ])
        let back = Self.rows + [Self.row("E02", "Plumb/Sales", "2026-10-13", nil)]
        #expect(try await Self.connector(back).page(of: "separations", after: nil).records.isEmpty)
        let later = Self.rows + [Self.row("E02", "Plumb/Sales", "2026-10-14", nil)]
        #expect(
            try await Self.connector(later).page(of: "separations", after: nil).records.map(\.id) == ["E02/2026-10-12"])
    }

    @Test func `many days come in pages that lack none and double none`() async throws {
        let units = (0..<300).map { Self.row("E\($0)", "Plumb/U\($0)", nil, nil) }
        var days: [String] = []
        for try await page in try Self.connector(units, ahead: 0).pages(of: "headcount_days") {
            days += page.records.map(\.id)
        }
        #expect(days.count == 900 && Set(days).count == 900)
        let one = (0..<1500).map { Self.row("E\($0)", "Plumb/U\($0)", nil, nil) }
        var pages = 0
        for try await page in try Self.connector(one).pages(of: "headcount_days") {
            pages += 1
            #expect(page.records.count == 1500)
        }
        #expect(pages == 3)
    }
}
