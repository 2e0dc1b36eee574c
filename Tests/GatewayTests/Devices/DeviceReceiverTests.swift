import Expressions
import Foundation
import GRDB
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// Terminals that call a workspace: which are heard, what is on disk before they are answered, what is made of it.
@Suite struct DeviceReceiverTests {
    private static let connection = """
        connection: gates
        connector: attendance.zkteco
        settings:
          devices: {CJ9H1: {place: Gate 1}, CJ9H2: {zone: Europe/Berlin}}
          since: 2026-10-01
          device_requests_per_second: 3
          max_body: 1024
          keep_days: 30
          send_from: held
        zone: Asia/Shanghai
        streams:
          attendance_days:
            record: day
            deletes: reported
            map: {id: source.id, who: account(source.employee), worked: source.worked_seconds, missing: source.missing_punch}
        """
    private static let files = [
        "connectors/gates.yaml": connection,
        "indicators/days.yaml":
            "record_types: {day: {fields: {id: string, who: employee_ref, worked: int?, missing: bool}}}\n",
    ]

    private let company: TestWorkspace
    private let host: WorkspaceHost
    private let inbox: InboxReception
    private let receiver: DeviceReceiver

    init() async throws {
        company = try TestWorkspace(Self.files)
        company.patience = .milliseconds(200)
        host = try await company.host()
        let moment = ContinuousClock.now
        inbox = InboxReception(host.store, rates: RateLimits(now: { moment }))
        receiver = try #require(CallbackReceiver(host, inbox: inbox).devices)
    }

    private func call(
        _ target: String, _ body: String = "", _ method: HTTPMethod? = .post, announced: Int? = nil
    ) async throws -> CallbackReply {
        let address = try #require(receiver.address(target))
        switch receiver.admit(address, method, announced: announced ?? body.utf8.count) {
        case .refused(let refusal): return refusal.reply
        case .admitted(let caller): return await receiver.answer(caller, body: Array(body.utf8))
        }
    }

    private func status(_ target: String, _ body: String = "", _ method: HTTPMethod? = .post) async throws -> Int {
        try await call(target, body, method).status
    }

    private static let punches = "/iclock/cdata?SN=CJ9H1&table=ATTLOG&Stamp=7"
    private static let lines = "E01\t2026-10-12 08:50:00\t0\t1\nE01\t2026-10-12 18:10:00\t1\t1\n"

    private var entries: Int {
        get async throws {
            try await host.store.deviceEntries(of: "gates", in: 1..<100, placed: nil, limit: 100).count
        }
    }

    @Test func `lines are on disk when their terminal hears that they are, and once`() async throws {
        let reply = try await call(Self.punches, Self.lines)
        #expect(reply.status == 200 && reply.body == Array("OK: 2\n".utf8) && reply.contentType == "text/plain")
        #expect(try await status(Self.punches, Self.lines) == 200)
        #expect(try await entries == 2)
        let greeting = try await call("/iclock/cdata?SN=CJ9H1&options=all", "", .get)
        #expect(String(decoding: greeting.body, as: UTF8.self).contains("ATTLOGStamp=7\n"))
    }

    @Test func `an ordinary pull makes days of them, and the next one what came since`() async throws {
        _ = try await call(Self.punches, Self.lines)
        let first = try #require(try await host.pull(["gates"]).streams.first)
        #expect(first.run.counters.inserted == 1 && first.run.state == .succeeded)
        _ = try await call(Self.punches, "E02\t2026-10-13 08:50:00\t0\t1\n")
        let second = try #require(try await host.pull(["gates"]).streams.first)
        #expect(second.run.counters.inserted == 1 && second.run.counters.updated == 0)
        #expect(try await host.pull(["gates"]).streams.first?.run.counters.inserted == 0)
    }

    @Test func `a locked store never answers that lines were taken, and takes them once it is free`() async throws {
        var unsafe = Configuration()
        unsafe.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: host.workspace.databasePath, configuration: unsafe)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let reply = try await call(Self.punches, Self.lines)
        #expect(reply.status == 503 && !String(decoding: reply.body, as: UTF8.self).contains("OK"))
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        #expect(try await entries == 0)
        #expect(try await status(Self.punches, Self.lines) == 200)
        #expect(try await entries == 2)
    }

    @Test func `a store that cannot write, as with a full disk, has the terminal send again, mark and all`()
        async throws
    {
        let other = try DatabaseQueue(path: host.workspace.databasePath)
        func fail(_ sql: String) async throws { try await other.write { try $0.execute(sql: sql) } }
        try await fail(
            "CREATE TRIGGER full BEFORE INSERT ON device_entries BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
        #expect(try await status(Self.punches, Self.lines) == 503)
        try await fail("DROP TRIGGER full")
        let greeting = try await call("/iclock/cdata?SN=CJ9H1", "", .get)
        #expect(String(decoding: greeting.body, as: UTF8.self).contains("ATTLOGStamp=0\n"), "no mark without its lines")
        #expect(try await status(Self.punches, Self.lines) == 200)
    }

    @Test func `a terminal that nobody lists is refused, and its number told to IT, a few times a second`() async throws
    {
        #expect(try await status("/iclock/cdata?SN=OTHER1&table=ATTLOG", Self.lines) == 403)
        #expect(try await status("/iclock/getrequest?SN=%3Cscript%3E", "", .get) == 403)
        #expect(try await status("/iclock/getrequest", "", .get) == 403)
        for _ in 0..<2 { #expect(try await status("/iclock/cdata?SN=OTHER2", "", .get) == 403) }
        #expect(try await status("/iclock/cdata?SN=OTHER3", "", .get) == 429)
        #expect(try await entries == 0)
        let alarms = try await inbox.alarms.write(to: host.store).map(\.detail).sorted()
        #expect(
            alarms == [
                "device OTHER1 is not listed", "device OTHER2 is not listed",
                "device without a usual serial number is not listed",
            ])
    }

    @Test func `a terminal may call so often, and another one all the same`() async throws {
        for _ in 0..<3 { #expect(try await status("/iclock/ping?SN=CJ9H1", "", .get) == 200) }
        let reply = try await call("/iclock/ping?SN=CJ9H1", "", .get)
        #expect(reply.status == 429 && reply.retryAfter == 1)
        #expect(try await status("/iclock/ping?SN=CJ9H2", "", .get) == 200)
    }

    /// Whoever has found out a number that is listed could else fill the disk.
    @Test func `a terminal that tells more that is new in a day than any does is told to come later`() async throws {
        let company = try TestWorkspace(
            Self.files.merging([
                "connectors/gates.yaml": Self.connection.replacing(
                    "  device_requests_per_second: 3", with: "  new_lines_per_day: 2")
            ]) { $1 })
        let host = try await company.host()
        let inbox = InboxReception(host.store)
        let receiver = try #require(CallbackReceiver(host, inbox: inbox).devices)
        func status(_ line: String) async throws -> Int {
            let address = try #require(receiver.address(Self.punches))
            let admission = receiver.admit(address, .post, announced: line.utf8.count)
            guard case .admitted(let caller) = admission else { return 0 }
            return await receiver.answer(caller, body: Array(line.utf8)).status
        }
        var heard: [Int] = []
        for minute in [10, 10, 11, 12] { heard.append(try await status("1001\t2026-10-14 08:\(minute):00\t0\t1\n")) }
        #expect(heard == [200, 200, 200, 503], "a line that comes again is nothing new")
        #expect(
            try await inbox.alarms.write(to: host.store).map(\.detail)
                == ["device CJ9H1 tells more that is new in a day than it may"])
        company.clock.set("2026-10-16T00:00:00Z")
        #expect(try await status("1001\t2026-10-14 08:12:00\t0\t1\n") == 200, "and the next day it is taken")
    }

    @Test func `other verbs, and bodies that are too long, are refused by the header`() async throws {
        #expect(try await status("/iclock/ping?SN=CJ9H1", "", nil) == 405)
        #expect(try await status("/iclock/ping?SN=CJ9H1", "", .head) == 405)
        #expect(try await call(Self.punches, Self.lines, announced: 1025).status == 413)
        let alarms = try await inbox.alarms.write(to: host.store).map(\.detail)
        #expect(alarms == ["device CJ9H1 sends more at once than max_body allows, and will again"])
        #expect(receiver.address("/hooks/gates") == nil && receiver.address("/healthz") == nil)
    }

    @Test func `nothing personal is stored of what is not read, and unknown tables are told`() async throws {
        let canary = "Canary-7731"
        #expect(try await status("/iclock/cdata?SN=CJ9H1&table=OPERLOG", "USER PIN=1\tName=\(canary)\n") == 200)
        #expect(try await status("/iclock/cdata?SN=CJ9H1&table=\(canary)x", canary) == 200)
        #expect(try await entries == 0)
        let alarms = try await inbox.alarms.write(to: host.store).map(\.detail)
        #expect(alarms == ["device CJ9H1: table 'canaryx' is not read"])
    }

    @Test func `calls are written down, and the doctor names terminals that are silent or were never heard`()
        async throws
    {
        func complaints() async throws -> [String] {
            DeviceDiagnoses(host.workspace, try await host.store.deviceContacts(of: nil), host.now()).all.map(
                \.finding.en)
        }
        #expect(
            try await complaints() == [
                "gates: CJ9H1, Gate 1 has never called", "gates: CJ9H2 has never called",
            ])
        for serial in ["CJ9H1", "CJ9H2"] { _ = try await call("/iclock/ping?SN=\(serial)", "", .get) }
        try await inbox.calls.write(to: host.store)
        #expect(try await complaints() == ["2 listed, all call"])
        company.clock.set("2026-10-18T00:00:00Z")
        #expect(try await complaints().first == "gates: CJ9H1, Gate 1 has not called for 3 days")
        #expect(try await host.checkedRemarks("gates").first == "CJ9H1, Gate 1: called last at 2026-10-15T00:00:00Z")
    }

    @Test func `entries go with the days that the connection says, and days stay as they were told`() async throws {
        _ = try await call(Self.punches, Self.lines)
        _ = try await host.pull(["gates"])
        company.clock.set("2026-11-20T00:00:00Z")
        #expect(try await host.applyRetention(isPreview: true).deviceEntries == 2)
        #expect(try await host.applyRetention(isPreview: false).deviceEntries == 2)
        #expect(try await status(Self.punches, Self.lines) == 200)
        #expect(try await entries == 0)
        let run = try #require(try await host.pull(["gates"]).streams.first?.run)
        #expect(run.counters.deleted == 0 && run.counters.updated == 0)
    }

    @Test func `a terminal can be listed once, and the address to enter is shown`() async throws {
        let address = try #require(host.callbackAddresses().first { $0.connection == "gates" })
        #expect(address.path == "/iclock/" && address.scheme == "serial number" && address.fault == nil)
        try company.write(
            "connectors/more.yaml",
            Self.connection.replacing("connection: gates", with: "connection: more")
                .replacing("CJ9H2: {zone: Europe/Berlin}", with: "CJ9H3: {}"))
        let problems = try company.problems()
        #expect(problems.count == 1 && problems[0].contains("'CJ9H1' is listed by the connection 'gates' too"))
    }

    @Test func `a zone that there is not, or no terminal at all, is a mistake in the file`() throws {
        try company.edit("connectors/gates.yaml", "Europe/Berlin", "Mars/Olympus")
        #expect(try company.problems().first?.contains("there is no zone 'Mars/Olympus'") == true)
        try company.edit("connectors/gates.yaml", "{CJ9H1: {place: Gate 1}, CJ9H2: {zone: Mars/Olympus}}", "{}")
        #expect(try company.problems().first?.contains("list the serial numbers") == true)
    }
}

extension WorkspaceHost {
    /// What the check of a connection remarks.
    fileprivate func checkedRemarks(_ name: String) async throws -> [String] {
        let open = try OpenConnection(try workspace.connection(name), host: self)
        let report = try await open.connector.check()
        await open.close()
        return report.remarks
    }
}
