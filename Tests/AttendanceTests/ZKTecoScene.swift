import AttendanceConnectors
import Foundation
import PlumblineKit
import PlumblineTesting
import Synchronization
import Testing
import ZKTecoTesting

/// A log of terminals in memory: what a store keeps, and how it may fail.
final class MemoryDeviceLog: DeviceLog {
    private struct State {
        var entries: [NumberedEntry] = []
        var keys: Set<String> = []
        var stamps: [String: String] = [:]
        var keptSince: Instant?
        var isLocked = false
        var sizes: [Int] = []
    }

    private let state = Mutex(State())

    var all: [NumberedEntry] { state.withLock(\.entries) }

    /// The greatest numbers of entries that were asked for at once.
    var sizes: [Int] { state.withLock(\.sizes) }

    func lock(_ isLocked: Bool) { state.withLock { $0.isLocked = isLocked } }

    func stamp(of serial: String) -> String? { state.withLock { $0.stamps[serial] } }

    /// False where nothing could be kept.
    func keep(_ answer: DeviceAnswer, of serial: String) -> Bool {
        state.withLock { state in
            if state.isLocked, !answer.entries.isEmpty { return false }
            for entry in answer.entries where state.keys.insert("\(serial) \(entry.key)").inserted {
                if let start = state.keptSince, entry.placed < start { continue }
                let number = Int64(state.entries.last?.number ?? 0) + 1
                state.entries.append(NumberedEntry(number: number, entry: entry))
            }
            if let stamp = answer.stamp { state.stamps[serial] = stamp }
            return true
        }
    }

    func forget(before moment: Instant) {
        state.withLock { state in
            state.entries.removeAll { $0.entry.placed < moment }
            state.keptSince = moment
        }
    }

    func lastNumber() async throws(ConnectorError) -> Int64 {
        if Task.isCancelled { throw .cancelled }
        return all.last?.number ?? 0
    }

    func entries(
        in numbers: Range<Int64>, placed: Range<Instant>?, limit: Int
    ) async throws(ConnectorError) -> [NumberedEntry] {
        if Task.isCancelled { throw .cancelled }
        let found = all.filter { entry in
            numbers.contains(entry.number) && (placed.map { $0.contains(entry.entry.placed) } ?? true)
        }.prefix(limit)
        state.withLock { $0.sizes.append(found.count) }
        return Array(found)
    }

    func entries(of account: String, placed: Range<Instant>) async throws(ConnectorError) -> [NumberedEntry] {
        all.filter { $0.entry.account == account && placed.contains($0.entry.placed) }
    }

    func keptSince() async throws(ConnectorError) -> Instant? { state.withLock(\.keptSince) }

    func contacts() async throws(ConnectorError) -> [String: Instant] { [:] }
}

/// A connection of terminals without a gateway: requests go to the connector, what it keeps to a log in memory.
final class ZKTecoScene: Sendable {
    let log: MemoryDeviceLog
    let settings: [String: SettingInput]
    let zone: String
    private let moment: Mutex<Instant>
    private let replies = Mutex<[Int]>([])

    init(
        _ changes: [String: SettingInput] = [:], zone: String = "Asia/Shanghai", now: String = "2026-04-01T02:00:00Z",
        log: MemoryDeviceLog = MemoryDeviceLog()
    ) throws {
        self.log = log
        let usual: [String: SettingInput] = [
            "devices": .nested(.map(["CJ9H1": .map([:]), "CJ9H2": .map(["zone": .value("Europe/Berlin")])])),
            "since": .text("2026-03-01"), "shifts": .map(["day": "09:00-18:00"]),
            "lunches": .map(["day": "12:00-13:00"]),
        ]
        settings = usual.merging(changes) { $1 }
        self.zone = zone
        moment = Mutex(try #require(Instant(rfc3339: now)))
    }

    /// A scene in which a terminal has sent lines.
    static func sent(
        _ lines: [String], _ changes: [String: SettingInput] = [:], zone: String = "Asia/Shanghai",
        now: String = "2026-04-01T02:00:00Z", serial: String = "CJ9H1"
    ) async throws -> ZKTecoScene {
        let scene = try ZKTecoScene(changes, zone: zone, now: now)
        let terminal = scene.terminal(serial)
        for line in lines { await terminal.note(line) }
        try await terminal.work()
        #expect(await terminal.isContent)
        return scene
    }

    var now: Instant {
        get { moment.withLock(\.self) }
        set { moment.withLock { $0 = newValue } }
    }

    func set(_ text: String) throws { now = try #require(Instant(rfc3339: text)) }

    static func offset(_ zone: String) -> (@Sendable (Instant) -> Int)? {
        guard let rules = TimeZone(identifier: zone) else { return nil }
        return { rules.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0.microseconds / 1_000_000))) }
    }

    var context: ConnectorContext {
        ConnectorContext(
            transport: CannedTransport(), files: NoFiles(), now: { self.now }, zone: zone,
            utcOffset: Self.offset(zone) ?? { _ in 0 }, clocks: Self.offset, deviceLog: log, log: { _ in })
    }

    func connector() throws -> ZKTecoConnector {
        try ZKTecoConnector(
            settings: Settings(settings, against: ZKTecoConnector.description.settings), context: context)
    }

    /// What a host does with a request.
    func reply(to request: ZKTecoTerminal.Request) throws -> ZKTecoTerminal.Reply {
        let parts = request.target.split(separator: "?", maxSplits: 1).map(String.init)
        let parameters = DeviceParameters(query: parts.count > 1 ? parts[1] : "")
        let path = try #require(parts.first?.dropFirst(ZKTecoConnector.deviceRoot.count)).description
        let serial = try #require(ZKTecoConnector.serial(in: parameters))
        let connector = try connector()
        guard connector.devices.contains(where: { $0.serial == serial }) else { return .init(status: 403, text: "") }
        let answer = connector.answer(
            DeviceRequest(
                serial: serial, method: request.method, path: path, parameters: parameters, body: request.body,
                received: now), in: DeviceState(stamp: log.stamp(of: serial)))
        guard log.keep(answer, of: serial) else { return .init(status: 503, text: "later") }
        return .init(status: answer.status, text: String(decoding: answer.body, as: UTF8.self))
    }

    func terminal(
        _ serial: String = "CJ9H1", firmware: ZKTecoTerminal.Firmware = ZKTecoTerminal.Firmware()
    ) -> ZKTecoTerminal {
        ZKTecoTerminal(serial, firmware: firmware) { try self.reply(to: $0) }
    }

    /// Everything a run gives after `cursor`.
    func read(after cursor: Cursor? = nil) async throws -> Page {
        var all = Page(cursor: cursor, hasMore: false)
        for try await page in try connector().pages(of: "attendance_days", after: cursor) {
            all.records += page.records
            all.deleted += page.deleted
            all.rejected += page.rejected
            all.cursor = page.cursor ?? all.cursor
        }
        return all
    }
}
