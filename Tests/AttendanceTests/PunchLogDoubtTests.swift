import AttendanceConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// Rows that cannot be read, and the days to which they may belong.
@Suite struct PunchLogDoubtTests {
    private func days(_ rows: String, _ changes: [String: SettingInput] = [:]) async throws -> Page {
        try await PunchLogScene("id,time,way\n" + rows, changes).read()
    }

    /// What each day says of its worked time: a question mark where it is not known.
    private func worked(_ page: Page) -> [String] {
        page.records.map { record in
            let json = record.json
            let isKnown = json["missing_punch"] == false && !(json["worked_seconds"] ?? .null).isNull
            let isUnknown = ["worked_seconds", "late_seconds", "early_leave_seconds"].allSatisfy { json[$0] == .null }
            if isKnown { return "\(record.id) \((json["worked_seconds"]?.int ?? 0) / 60)" }
            return isUnknown && json["missing_punch"] == true ? "\(record.id) ?" : "\(record.id) !"
        }
    }

    @Test(arguments: [
        "2026-03-02 18:61", "2026/3/2 18:61", "2026-03-02 星期一 25:61:00", "2026-03-02 late", "2026-03-02",
        "2026-03-01 次日 18:61",
    ])
    func `a day of which a punch cannot be read is unknown, and not made of the others`(time: String) async throws {
        let page = try await days("7,2026-03-02 08:50,\n7,2026-03-02 12:05,\n7,\(time),\n")
        #expect(worked(page) == ["7/2026-03-02 ?"] && page.rejected.map(\.line) == [4])
        #expect(page.records.first?.json["punches"]?.array?.count == 2)
    }

    @Test func `the days around it and other people's are not`() async throws {
        let rows = (1...3).flatMap { day in
            ["7", "8"].flatMap { ["\($0),2026-03-0\(day) 09:00,", "\($0),2026-03-0\(day) 18:00,"] }
        }
        let page = try await days((rows + ["7,2026-03-02 19:60,"]).joined(separator: "\n") + "\n")
        #expect(
            worked(page) == [
                "7/2026-03-01 480", "8/2026-03-01 480", "7/2026-03-02 ?", "8/2026-03-02 480", "7/2026-03-03 480",
                "8/2026-03-03 480",
            ])
    }

    @Test func `a punch behind midnight is missed by the day before`() async throws {
        let two = "7,2026-03-02 09:00,\n7,2026-03-02 18:00,\n7,2026-03-03 09:00,\n7,2026-03-03 18:00,\n"
        #expect(worked(try await days(two + "7,2026-03-03 01:60,\n")) == ["7/2026-03-02 ?", "7/2026-03-03 480"])
        #expect(worked(try await days(two + "7,2026-03-03 late,\n")) == ["7/2026-03-02 ?", "7/2026-03-03 ?"])
    }

    @Test func `a direction that nobody explained may be a break of the day or of the night before`() async throws {
        let directed: [String: SettingInput] = ["direction_column": .text("way")]
        let day = "7,2026-03-02 09:00,in\n7,2026-03-02 12:00,2\n7,2026-03-02 18:00,out\n"
        #expect(worked(try await days(day, directed)) == ["7/2026-03-02 ?"])
        let night = "7,2026-03-02 22:00,in\n7,2026-03-03 05:00,2\n7,2026-03-03 07:00,out\n"
        #expect(worked(try await days(night, directed)) == ["7/2026-03-02 ?"])
    }

    @Test func `of two times in a cell one that cannot be read takes the other's day with it`() async throws {
        let scene = PunchLogScene(
            "id,date,time\n7,2026-03-02,\"08:50\n12:05\n18:61\"\n7,2026-03-02,12:30\n7,2026-03-02,14:00\n",
            ["date_column": .text("date")])
        let page = try await scene.read()
        #expect(worked(page) == ["7/2026-03-02 ?"] && page.rejected.count == 1)
    }

    @Test func `a day of which nothing else is told has no record`() async throws {
        let page = try await days("7,2026-03-02 18:61,\n")
        #expect(page.records == [] && page.rejected.count == 1)
    }

    /// A stored day that is corrected downwards says that it lacks a punch, so that it can be left out.
    @Test func `a day that loses its last punch is told as one that lacks it`() async throws {
        let scene = PunchLogScene(times: ["2026-03-02 08:50", "2026-03-02 18:10"])
        let first = try await scene.read()
        scene.files.write("log", PunchLogScene.text(["2026-03-02 08:50"]))
        let second = try await scene.read(after: first.cursor)
        #expect(second.records.map(\.id) == first.records.map(\.id))
        #expect(second.records.first?.json["missing_punch"] == true)
        #expect(second.records.first?.json["worked_seconds"] == .null)
    }
}
