import AttendanceConnectors
import PlumblineKit
import PlumblineTesting
import Testing

@Suite struct TrytonAttendanceTests {
    private let fixtures = Fixtures("tryton", in: .module)

    /// Three days in three pages: four people, of whom one left in August.
    private let settings: [String: SettingInput] = [
        "base_url": .text("https://tryton.example"), "database": .text("plumb"), "username": .text("gateway"),
        "password": .secret(Secret("hunter22")), "since": .text("2026-09-28"), "page_size": .text("4"),
        "recheck": .text("0s"),
    ]

    private func context(_ transport: any Transport) -> ConnectorContext {
        ConnectorContext(
            transport: transport, files: NoFiles(), now: FixedClock("2026-10-01T04:00:00Z").now, zone: "Asia/Shanghai",
            utcOffset: { _ in 28_800 }, log: { _ in })
    }

    private func recorded() throws -> RecordedCalls { try RecordedCalls(fixtures.bytes("calls.json")) }

    @Test func `attendance conforms`() async throws {
        let days = ["E001", "E002", "E003"].flatMap { code in (28...30).map { "\(code)/2026-09-\($0)" } }
        try await ConformanceSuite(
            TrytonAttendanceConnector.self, settings: settings, stream: "attendance_days", records: Set(days),
            rejected: ["punch 389"]
        ) { context(try recorded()) }.run()
    }

    /// In at 07:47:10, on the day before by UTC; out at 18:15:43.
    @Test func `a day has its punches, though UTC has another day`() async throws {
        let connector = try TrytonAttendanceConnector(
            settings: Settings(settings, against: TrytonAttendanceConnector.description.settings),
            context: context(recorded()))
        let page = try await connector.page(of: "attendance_days", after: nil)
        let day = try #require(page.records.first { $0.id == "E001/2026-09-28" }).json
        #expect(
            day == [
                "id": "E001/2026-09-28", "employee": "E001", "date": "2026-09-28",
                "first_in_at": "2026-09-27T23:47:10Z", "last_out_at": "2026-09-28T10:15:43Z", "worked_seconds": 37713,
                "missing_punch": false,
                "punches": [
                    ["at": "2026-09-27T23:47:10Z", "type": "in"], ["at": "2026-09-28T10:15:43Z", "type": "out"],
                ],
            ])
    }

    @Test func `a since that is no day is a mistake in the settings`() throws {
        let wrong = settings.merging(["since": .text("yesterday")]) { $1 }
        let decoded = try Settings(wrong, against: TrytonAttendanceConnector.description.settings)
        #expect(throws: ConnectorError.self) {
            try TrytonAttendanceConnector(settings: decoded, context: context(CannedTransport()))
        }
    }

    @Test func `the check tells version, employees and punches`() async throws {
        let connector = try TrytonAttendanceConnector(
            settings: Settings(settings, against: TrytonAttendanceConnector.description.settings),
            context: context(recorded()))
        let report = try await connector.check()
        #expect(report.source == "Tryton 8.2" && report.remarks == ["20 employees", "2785 punches"])
    }
}
