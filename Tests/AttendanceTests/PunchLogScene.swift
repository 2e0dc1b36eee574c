import AttendanceConnectors
import Foundation
import PlumblineKit
import PlumblineTesting
import Synchronization

/// A log in a file in memory, which a test may write anew.
struct PunchLogScene: Sendable {
    let files = CannedFiles()
    var settings: [String: SettingInput] = [
        "path": .text("log"), "since": .text("2026-03-01"), "employee_column": .text("id"),
        "time_columns": .list(["time"]), "shifts": .map(["day": "09:00-18:00"]),
        "lunches": .map(["day": "12:00-13:00"]),
    ]
    var zone = "Asia/Shanghai"
    var clock = FixedClock("2026-04-01T02:00:00Z")
    let lines = Lines()

    /// What was logged.
    final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock(\.self) }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    init(_ text: String, _ changes: [String: SettingInput] = [:]) {
        settings.merge(changes) { $1 }
        files.write("log", text)
    }

    /// Rows of one person below a header.
    init(times: [String], _ changes: [String: SettingInput] = [:]) {
        self.init(Self.text(times), changes)
    }

    static func text(_ times: [String]) -> String { "id,time\n" + times.map { "0007,\($0)\n" }.joined() }

    var context: ConnectorContext {
        let rules = TimeZone(identifier: zone)
        return ConnectorContext(
            transport: CannedTransport(), files: files, now: clock.now, zone: zone,
            utcOffset: {
                rules?.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0.microseconds / 1_000_000))) ?? 0
            },
            log: lines.add)
    }

    func connector() throws -> PunchLogConnector {
        try PunchLogConnector(
            settings: Settings(settings, against: PunchLogConnector.description.settings), context: context)
    }

    /// All pages after `cursor`, as one.
    func read(after cursor: Cursor? = nil) async throws -> Page {
        var all = Page(cursor: cursor, hasMore: false)
        for try await page in try connector().pages(of: "attendance_days", after: cursor) {
            all.records += page.records
            all.rejected += page.rejected
            all.cursor = page.cursor
        }
        return all
    }

    /// The days as `2026-03-02 08:30-18:00`, in UTC's own times, a question mark for what is not known.
    func days() async throws -> [String] {
        try await read().records.map { record in
            let ends = ["first_in_at", "last_out_at"].map {
                record.json[$0]?.string.map { String($0.dropFirst(5)) } ?? "?"
            }
            return "\(record.id) \(ends[0])-\(ends[1])"
        }
    }
}
