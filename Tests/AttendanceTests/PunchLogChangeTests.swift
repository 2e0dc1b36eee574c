import AttendanceConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// Files that are read again, changed, cut off and swept.
@Suite struct PunchLogChangeTests {
    private static let times = (2...9).flatMap { ["2026-03-0\($0) 08:50:00", "2026-03-0\($0) 18:10:00"] }

    private func scene(_ times: [String] = times, _ changes: [String: SettingInput] = [:]) -> PunchLogScene {
        PunchLogScene(times: times, ["page_size": .text("3"), "complete": .text("true")].merging(changes) { $1 })
    }

    private func listed(_ scene: PunchLogScene) async throws -> [String] {
        let connector = try scene.connector()
        var (listed, cursor): ([String], Cursor?) = ([], nil)
        repeat {
            let page = try await connector.identifiers(of: "attendance_days", after: cursor)
            listed += page.identifiers
            cursor = page.cursor
        } while cursor != nil
        return listed
    }

    @Test func `the same file read again gives nothing, and written again the same days`() async throws {
        let scene = scene()
        let first = try await scene.read()
        #expect(try await scene.read(after: first.cursor).records.isEmpty)
        scene.files.write("log", PunchLogScene.text(Self.times))
        #expect(try await scene.read(after: first.cursor).records == first.records)
    }

    @Test func `a corrected file changes exactly its days`() async throws {
        let scene = scene()
        let first = try await scene.read()
        var times = Self.times
        times[4] = "2026-03-04 10:30:00"
        times.insert("2026-03-06 12:00:00", at: 0)
        scene.files.write("log", PunchLogScene.text(times))
        let second = try await scene.read(after: first.cursor)
        let changed = zip(first.records, second.records).filter { $0 != $1 }.map(\.0.id)
        #expect(first.records.map(\.id) == second.records.map(\.id))
        #expect(changed == ["0007/2026-03-04", "0007/2026-03-06"])
    }

    @Test func `a day that vanished is no longer listed`() async throws {
        let scene = scene()
        #expect(try await listed(scene) == (2...9).map { "0007/2026-03-0\($0)" })
        scene.files.write("log", PunchLogScene.text(Array(Self.times.dropFirst(2))))
        #expect(try await listed(scene) == (3...9).map { "0007/2026-03-0\($0)" })
    }

    @Test func `a file that is not complete, or has a bad row, is not swept`() async throws {
        await #expect(throws: ConnectorError.self) {
            try await listed(scene(Self.times, ["complete": .text("false")]))
        }
        await #expect(throws: ConnectorError.self) { try await listed(scene(Self.times + ["yesterday"])) }
    }

    @Test func `a sweep ends where the file changes`() async throws {
        let scene = scene()
        let page = try await scene.connector().identifiers(of: "attendance_days", after: nil)
        scene.files.write("log", PunchLogScene.text(Self.times))
        await #expect(throws: ConnectorError.self) {
            try await scene.connector().identifiers(of: "attendance_days", after: page.cursor)
        }
    }

    @Test func `a run that is cut off anywhere loses no day and doubles none`() async throws {
        let all = try await scene().read().records
        for stop in 1...2 {
            let scene = scene()
            var (seen, cursor): ([SourceRecord], Cursor?) = ([], nil)
            for _ in 0..<stop {
                let page = try await scene.connector().page(of: "attendance_days", after: cursor)
                (seen, cursor) = (seen + page.records, page.cursor)
            }
            #expect(seen + (try await scene.read(after: cursor).records) == all)
        }
    }

    @Test func `a file that changes between two pages is read again from its start`() async throws {
        let scene = scene()
        let page = try await scene.connector().page(of: "attendance_days", after: nil)
        scene.files.write("log", PunchLogScene.text(["2026-03-01 08:00:00"] + Self.times))
        let rest = try await scene.read(after: page.cursor)
        #expect(rest.records.map(\.id) == (1...9).map { "0007/2026-03-0\($0)" })
    }

    @Test func `other settings are other days, so the file is read again`() async throws {
        let first = try await scene().read()
        let later = try await scene(Self.times, ["shifts": .map(["day": "08:30-18:00"])]).read(after: first.cursor)
        #expect(later.records.count == 8 && later.records.allSatisfy { $0.json["late_seconds"] == 1200 })
    }

    @Test func `a day that is still going on waits until it is over, also in a file that stays`() async throws {
        var scene = scene()
        // 07:59 of the 9th: the day of the 8th is over since 04:00.
        scene.clock = FixedClock("2026-03-08T23:59:00Z")
        scene.files.write("log", PunchLogScene.text(Array(Self.times.prefix(14)) + ["2026-03-09 07:58:00"]))
        let first = try await scene.read()
        #expect(first.records.map(\.id) == (2...8).map { "0007/2026-03-0\($0)" })
        #expect(try await scene.read(after: first.cursor).records.isEmpty)
        scene.clock = FixedClock("2026-03-09T20:00:00Z")
        let second = try await scene.read(after: first.cursor)
        #expect(second.records.map(\.id) == ["0007/2026-03-09"])
        #expect(try await scene.read(after: second.cursor).records.isEmpty)
    }

    /// The machine's file of March, and that of April, which begins in the night.
    /// A device whose clock was set back once does not make the file begin then.
    @Test(arguments: [false, true], [[], [("2000-01-01 00:00", "in")]])
    func `a file of a month says nothing of the day before it`(
        directed: Bool, reset: [(String, String)]
    ) async throws {
        let way: [String: SettingInput] = directed ? ["direction_column": .text("way")] : [:]
        func text(_ rows: [(String, String)]) -> String {
            "id,time,way\n" + rows.map { "7,\($0.0),\($0.1)\n" }.joined()
        }
        var scene = PunchLogScene(
            text([("2026-03-31 08:50", "in"), ("2026-03-31 18:00", "out"), ("2026-03-31 22:00", "in")]), way)
        scene.clock = FixedClock("2026-05-01T02:00:00Z")
        let march = try await scene.read()
        #expect(march.records.map(\.id) == ["7/2026-03-31"])
        let night: [(String, String)] =
            directed
            ? [("2026-04-01 06:10", "out")] : [("2026-04-01 00:30", ""), ("2026-04-01 01:20", "")]
        scene.files.write("log", text(reset + night + [("2026-04-02 08:50", "in"), ("2026-04-02 18:00", "out")]))
        let april = try await scene.read(after: march.cursor)
        #expect(april.records.map(\.id) == ["7/2026-04-02"])
        #expect(scene.lines.all.last == "1 days at the file's beginning are left out, as they may have begun before it")
    }

    @Test func `days before the first one to read are left out, and said so`() async throws {
        let scene = scene(["2000-01-01 00:00:00"] + Self.times)
        #expect(try await scene.read().records.count == 8)
        #expect(scene.lines.all == ["1 days before 'since' are left out"])
    }

    @Test func `a cursor of another stream is refused`() async throws {
        await #expect(throws: ConnectorError.self) { try await scene().read(after: Cursor(["offset": 1])) }
    }
}
