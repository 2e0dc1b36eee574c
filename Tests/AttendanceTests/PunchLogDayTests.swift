import AttendanceConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// Which punches make which day.
@Suite struct PunchLogDayTests {
    private let directed: [String: SettingInput] = ["direction_column": .text("way")]

    private func directed(_ rows: [(String, String)], _ changes: [String: SettingInput] = [:]) -> PunchLogScene {
        PunchLogScene(
            "id,time,way\n" + rows.map { "7,\($0.0),\($0.1)\n" }.joined(), directed.merging(changes) { $1 })
    }

    @Test func `without direction the first punch is in and the last is out, whatever the order of rows`() async throws
    {
        let times = ["2026-03-02 18:10", "2026-03-02 12:05", "2026-03-02 08:50"]
        let expected = ["0007/2026-03-02 03-02T00:50:00Z-03-02T10:10:00Z"]
        #expect(try await PunchLogScene(times: times).days() == expected)
        #expect(try await PunchLogScene(times: times.reversed()).days() == expected)
    }

    @Test(arguments: [("03:59:59", "2026-03-02"), ("04:00:00", "2026-03-03")])
    func `a punch behind midnight belongs to the day before until the day starts`(time: String, day: String)
        async throws
    {
        let page = try await PunchLogScene(times: ["2026-03-03 \(time)"], ["complete": .text("true")]).read()
        #expect(page.records.map(\.id) == ["0007/\(day)"])
    }

    @Test(arguments: CutOff.all)
    func `a day starts by the clocks of the zone`(cutOff: CutOff) async throws {
        var scene = PunchLogScene(
            "", ["day_starts": .text("0s"), "duplicates_within": .text("0s"), "since": .text("2000-01-01")])
        scene.zone = cutOff.zone
        scene.clock = FixedClock("2036-01-01T00:00:00Z")
        let moments = [-1, 0].map { cutOff.moment.advanced(bySeconds: $0) }
        scene.files.write("log", PunchLogScene.text(moments.map(\.rfc3339)))
        let offset = scene.context.utcOffset
        let days = moments.map { LocalDay(of: $0, secondsAhead: offset($0)) }
        let page = try await scene.read()
        let counts = page.records.map { $0.json["punches"]?.array?.count }
        let expected: [Int?] = days[0] == days[1] ? [2] : [1, 1]
        #expect(page.records.map(\.id) == Set(days).sorted().map { "0007/\($0.text)" })
        #expect(counts == expected)
    }

    @Test(arguments: [
        ("2026-03-29 01:59:59", "2026-03-29T00:59:59Z"), ("2026-03-29 03:00:00", "2026-03-29T01:00:00Z"),
        ("2026-10-25 02:30:00", "2026-10-25T00:30:00Z"), ("2026-10-25 03:00:00", "2026-10-25T02:00:00Z"),
    ])
    func `times without a zone are the connection's; of an hour shown twice the first`(
        written: String, moment: String
    ) async throws {
        var scene = PunchLogScene(times: [written], ["complete": .text("true")])
        scene.zone = "Europe/Berlin"
        scene.clock = FixedClock("2026-12-01T00:00:00Z")
        #expect(try await scene.read().records.first?.json["punches"] == [["at": .string(moment), "type": .null]])
    }

    @Test(arguments: [(180, 1), (181, 2)])
    func `a punch within minutes repeats the one before`(seconds: Int, count: Int) async throws {
        let first = try #require(Instant(rfc3339: "2026-03-02T00:50:00Z"))
        let times = [first, first.advanced(bySeconds: seconds)].map(\.rfc3339)
        let day = try #require(try await PunchLogScene(times: times).read().records.first).json
        #expect(day["punches"]?.array?.count == count && day["missing_punch"] == .bool(count == 1))
    }

    @Test func `somebody comes with the first of repeated punches and goes with the last`() async throws {
        let rows = [
            ("2026-03-02 08:50:00", "in"), ("2026-03-02 08:51:00", "in"), ("2026-03-02 18:00:00", "out"),
            ("2026-03-02 18:02:00", "out"),
        ]
        let expected = ["7/2026-03-02 03-02T00:50:00Z-03-02T10:02:00Z"]
        #expect(try await directed(rows).days() == expected)
        #expect(try await directed(rows.map { ($0.0, "") }).days() == expected)
    }

    @Test func `punches that each repeat the one before are one`() async throws {
        let rows = [
            ("2026-03-02 08:50:00", "in"), ("2026-03-02 08:52:00", "in"), ("2026-03-02 08:54:00", "in"),
            ("2026-03-02 18:00:00", "out"),
        ]
        let day = try #require(try await directed(rows).read().records.first).json
        #expect(day["missing_punch"] == false && day["punches"]?.array?.count == 2)
        #expect(day["first_in_at"] == "2026-03-02T00:50:00Z")
    }

    @Test func `of a punch in two exports the one with a direction tells it`() async throws {
        let page = try await directed([
            ("2026-03-02 08:50:00", ""), ("2026-03-02 08:50:20", "in"), ("2026-03-02 18:00:00", "out"),
        ]).read()
        #expect(page.records.first?.json["missing_punch"] == false)
        #expect(page.records.first?.json["punches"]?.array?.compactMap { $0["type"]?.string } == ["in", "out"])
    }

    @Test(arguments: [
        ["in", "in", "out"], ["out", "in"], ["in", "out", "out"], ["in", "out", "in"], ["out", "out"], ["in"],
    ])
    func `punches that do not pair up leave the time that was worked unknown`(ways: [String]) async throws {
        let rows = ways.enumerated().map { ("2026-03-02 \(10 + $0):00", $1) }
        let day = try #require(try await directed(rows, ["complete": .text("true")]).read().records.first).json
        #expect(day["missing_punch"] == true && day["worked_seconds"] == .null)
    }

    @Test func `whoever clocks out for lunch loses it once`() async throws {
        let day = try #require(
            try await directed([
                ("2026-03-02 09:00", "in"), ("2026-03-02 12:10", "out"), ("2026-03-02 12:50", "in"),
                ("2026-03-02 18:00", "out"),
            ]).read().records.first
        ).json
        // 190 minutes and 310, less ten on each side of the break.
        #expect(day["worked_seconds"] == .int((190 + 310 - 20) * 60))
    }

    @Test(arguments: [("09:00:00", 0), ("09:05:00", 0), ("09:05:01", 301), ("08:00:00", 0)])
    func `lateness begins behind the grace, and then all of it counts`(time: String, late: Int) async throws {
        let times = ["2026-03-02 \(time)", "2026-03-02 18:00"]
        let page = try await PunchLogScene(times: times, ["grace": .text("5m")]).read()
        #expect(page.records.first?.json["late_seconds"] == .int(late))
    }

    @Test(arguments: [("17:55:00", 0), ("17:54:59", 301), ("18:00:00", 0), ("19:00:00", 0)])
    func `so does leaving early`(time: String, early: Int) async throws {
        let times = ["2026-03-02 09:00", "2026-03-02 \(time)"]
        let page = try await PunchLogScene(times: times, ["grace": .text("5m")]).read()
        #expect(page.records.first?.json["early_leave_seconds"] == .int(early))
    }

    @Test func `a shift over midnight is one day`() async throws {
        let scene = PunchLogScene(
            times: ["2026-03-02 21:50", "2026-03-03 06:10", "2026-03-03 22:20", "2026-03-04 06:00"],
            [
                "day_starts": .text("12h"), "shifts": .map(["night": "22:00-06:00"]),
                "lunches": .map(["night": "01:30-02:00"]),
            ])
        let page = try await scene.read()
        #expect(page.records.map(\.id) == ["0007/2026-03-02", "0007/2026-03-03"])
        #expect(page.records.map { $0.json["planned_seconds"] } == [27_000, 27_000])
        #expect(page.records.map { $0.json["worked_seconds"] } == [.int(500 * 60 - 1800), .int(460 * 60 - 1800)])
        #expect(page.records.map { $0.json["late_seconds"] } == [0, 1200])
        #expect(page.records[1].json["planned_end_at"] == "2026-03-03T22:00:00Z")
    }

    /// Clocks go forward at two, so the night has seven hours, or back at three, so it has nine.
    @Test(arguments: [("2026-03-28", "2026-03-29", 7), ("2026-10-24", "2026-10-25", 9)])
    func `a night on which clocks change is planned as long as it is`(first: String, next: String, hours: Int)
        async throws
    {
        var scene = directed(
            [("\(first) 22:00", "in"), ("\(next) 06:00", "out")],
            ["shifts": .map(["night": "22:00-06:00"]), "lunches": .map(["night": "01:00-01:30"])])
        scene.zone = "Europe/Berlin"
        scene.clock = FixedClock("2026-12-01T00:00:00Z")
        let night = try #require(try await scene.read().records.first).json
        #expect(night["planned_seconds"] == .int(hours * 3600 - 1800))
        #expect(night["worked_seconds"] == night["planned_seconds"] && night["early_leave_seconds"] == 0)
    }

    @Test func `behind the end of a shift counts what was worked, and no gap`() async throws {
        let day = try #require(
            try await directed([
                ("2026-03-02 09:00", "in"), ("2026-03-02 18:10", "out"), ("2026-03-02 20:00", "in"),
                ("2026-03-02 22:00", "out"),
            ]).read().records.first
        ).json
        #expect(day["worked_after_end_seconds"] == .int(130 * 60))
        let early = try await PunchLogScene(times: ["2026-03-02 09:00", "2026-03-02 17:00"]).read().records.first
        #expect(early?.json["worked_after_end_seconds"] == 0)
        let alone = try await PunchLogScene(times: ["2026-03-02 09:00"]).read().records.first
        #expect(alone?.json["worked_after_end_seconds"] == .null)
    }

    @Test func `with directions a night belongs to the day on which it began`() async throws {
        let rows = [
            ("2026-03-02 22:00", "in"), ("2026-03-03 06:00", "out"), ("2026-03-03 09:00", "in"),
            ("2026-03-03 18:00", "out"),
        ]
        let records = try await directed(rows).read().records
        #expect(records.map(\.id) == ["7/2026-03-02", "7/2026-03-03"])
        #expect(records.map { $0.json["missing_punch"] } == [false, false])
    }

    @Test func `a column says whose shift is whose, and an unknown one is a bad row`() async throws {
        let scene = PunchLogScene(
            "id,time,s\n1,2026-03-02 09:10,day\n1,2026-03-02 18:00,day\n2,2026-03-02 13:00,late\n"
                + "2,2026-03-02 22:00,late\n3,2026-03-02 09:00,\n3,2026-03-02 18:00,\n4,2026-03-02 09:00,swing\n",
            ["shift_column": .text("s"), "shifts": .map(["day": "09:00-18:00", "late": "13:00-22:00"])])
        let page = try await scene.read()
        #expect(page.records.map { $0.json["shift"] } == ["day", "late", .null])
        #expect(page.records.map { $0.json["late_seconds"] } == [600, 0, .null])
        #expect(page.records.map { $0.json["planned_seconds"] } == [28_800, 32_400, .null])
        #expect(page.rejected.map(\.line) == [8])
    }

    @Test func `a direction that nobody explained is a bad row`() async throws {
        let page = try await directed([("2026-03-02 09:00", "in"), ("2026-03-02 18:00", "5")]).read()
        #expect(page.rejected.map(\.line) == [3] && page.rejected[0].reason.contains("in_values"))
    }
}
