import Expressions
import Foundation
import Indicators
import OpenSSLCrypto
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// What the doctor says of a workspace that lacks nothing, and of one that lacks one thing.
@Suite struct DoctorTests {
    typealias Company = TestWorkspace

    let company: Company

    init() async throws {
        company = try Company([
            "secrets/plumbline.key": "", "connectors/hand.yaml": Self.byHand,
        ])
        try company.write("secrets/plumbline.key", company.key.revealHex())
        for name in ["secrets", "secrets/plumbline.key"] { try company.setMode(name, 0o700) }
        try company.script([Company.page(Company.deed("1"))])
        let host = try await company.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        _ = try await backUp()
    }

    /// A connection that people bring files for is late at no time.
    private static let byHand = """
        connection: hand
        connector: file.import
        settings: {id_field: id}
        streams: {rows: {from: records, record: deed, map: {id: source.id}}}
        """

    private func backUp() async throws -> WorkspaceBackup.Report {
        try await WorkspaceBackup(of: company.path, secret: company.key, copier: SQLiteCopier(), now: company.clock.now)
            .make(nil)
    }

    private func examine() async throws -> [Diagnosis] {
        try await Doctor(company.path, registry: Company.registry, environment: [:], now: company.clock.now()) {
            workspace, keys throws(StoreError) in
            try SQLiteReviewStore(
                readingOnly: workspace.databasePath, recordTypes: Array(workspace.recordTypes.values),
                configuration: StoreConfiguration(zone: workspace.calendar.zone, keys: keys, now: company.clock.now))
        }.examine().diagnoses
    }

    /// What is not well: `level topic: finding`, in English.
    private func complaints() async throws -> [String] {
        try await examine().filter { $0.level != .ok }.map { "\($0.level) \($0.topic): \($0.finding.en)" }
    }

    @Test func `a directory that was never looked at, shows less or is no longer followed is told`() async throws {
        let part = "directory: {from: accounts, map: {account: source.id, staff_number: source.number}}\n"
        let people: JSON = ["records": [["id": "u1", "number": "E01"], ["id": "u2", "number": "E02"]]]
        try company.edit("connectors/diary.yaml", "streams:\n", part + "streams:\n")
        #expect(try await complaints() == ["warning directories: that of diary was never looked at"])
        try company.script([Company.page(Company.deed("1"))], ["accounts": [people]])
        _ = try await company.host().lookAtDirectories(of: [], DirectoryLooking())
        #expect(try await complaints() == [])
        try company.script([Company.page(Company.deed("1"))], ["accounts": [["records": []]]])
        _ = try await company.host().lookAtDirectories(of: [], DirectoryLooking())
        let doubt = try await complaints()
        #expect(doubt.count == 1 && doubt[0].hasPrefix("problem directories: diary: 2 of 2 people are gone"))
        try company.edit("connectors/diary.yaml", part, "")
        #expect(
            try await complaints() == [
                "warning directories: that of diary is no longer followed, and the people it told of count on"
            ])
    }

    @Test func `a workspace that lacks nothing is well, each thing on a line`() async throws {
        #expect(try await complaints() == [])
        let all = try await examine()
        #expect(Set(all.map(\.topic)) == Set(Diagnosis.Topic.allCases).subtracting([.devices, .directories, .secrets]))
        #expect(all.count <= 20, "it fits a screen")
        #expect(all.allSatisfy { $0.advice == nil && !$0.finding.zh.isEmpty })
        let clock = try #require(all.first { $0.topic == .clock })
        #expect(clock.finding.en == "2026-10-15 08:00 Asia/Shanghai")
    }

    @Test func `records that no file describes any more are told, with what to do`() async throws {
        try company.edit("connectors/diary.yaml", "  deeds:\n", "  acts:\n    from: deeds\n")
        let stray = try #require(try await examine().first { $0.finding.en.contains("no file describes it") })
        #expect(stray.finding.en.hasPrefix("diary/deeds: ") && stray.level == .warning)
        #expect(stray.advice?.en == "plumbline streams retire diary/deeds")
    }

    @Test func `a system that has fallen silent is told`() async throws {
        try company.write(
            "connectors/hooks.yaml",
            """
            connection: hooks
            connector: webhook.json
            callback: {scheme: github, secret: "${file:hook}", people: all}
            streams: {deeds: {from: events, record: deed, map: {id: source.id}}}
            """)
        try company.write("secrets/hook", "0123456789abcdef0123456789abcdef")
        try company.setMode("secrets/hook", 0o600)
        let host = try await company.host()
        for day in 8...10 {
            let moment = try #require(Timestamp(rfc3339: "2026-10-\(day < 10 ? "0" : "")\(day)T02:00:00Z"))
            _ = try await host.store.receive(
                InboxArrival(connection: "hooks", key: "\(day)", contents: InboxContents(body: []), received: moment))
        }
        _ = try await host.store.discardWaiting(InboxFilter(), actor: "tester", reason: "a test")
        let found = try await examine().filter { $0.topic == .hooks && $0.level == .warning }
        #expect(found.map(\.finding.en).first?.hasPrefix("hooks: nothing has come since 2026-10-10T02:00:00Z") == true)
        #expect(found.map(\.advice?.en) == ["plumbline inbox list --connection hooks"])
    }

    @Test func `the doctor changes nothing`() async throws {
        let before = company.databaseBytes()
        let names = try FileManager.default.subpathsOfDirectory(atPath: company.path).filter { !$0.hasSuffix("-shm") }
        _ = try await examine()
        #expect(company.databaseBytes() == before)
        #expect(
            try FileManager.default.subpathsOfDirectory(atPath: company.path).filter { !$0.hasSuffix("-shm") } == names)
    }

    @Test func `a connection that was not read for a week is late, one with a schedule after two days`() async throws {
        company.clock.set("2026-10-21T23:00:00Z")
        _ = try await backUp()
        #expect(try await complaints() == [])
        company.clock.set("2026-10-22T00:00:00Z")
        #expect(try await complaints() == ["warning connections: diary: was last read 7 days ago"])
        try company.edit("connectors/diary.yaml", "streams:", "schedule: \"*/15 * * * *\"\nstreams:")
        company.clock.set("2026-10-17T00:00:00Z")
        #expect(try await complaints().contains("warning connections: diary: was last read 48 h ago"))
        #expect(try await complaints().contains { $0.hasPrefix("problem clock") } == false)
    }

    @Test func `a failed run is a problem with its reason, until one succeeds`() async throws {
        try company.script([Company.page(Company.deed("1")), ["fail": "it is away"]])
        _ = try await company.host().pull([])
        let complaints = try await complaints()
        #expect(
            complaints.count == 1 && complaints[0].hasPrefix("problem connections: diary/deeds: the last run failed: "))
        try company.script([Company.page(Company.deed("1")), Company.page(Company.deed("2"))])
        _ = try await company.host().pull([])
        #expect(try await self.complaints() == [])
    }

    @Test func `of many connections that are not well four are named, the rest counted`() async throws {
        let text = try String(contentsOf: company.folder.appending(path: "connectors/diary.yaml"), encoding: .utf8)
        for number in 1...6 {
            try company.write(
                "connectors/more\(number).yaml", text.replacing("connection: diary", with: "connection: more\(number)"))
        }
        let lines = try await examine().filter { $0.topic == .connections }.map(\.finding.en)
        #expect(lines.count == 6 && lines[0] == "more1: was never read to its end")
        #expect(lines[4] == "2 more: more5, more6" && lines[5].hasPrefix("1 well"))
    }

    @Test func `rejects, holds and accounts that wait are counted, with their age`() async throws {
        try company.script([
            Company.page(Company.deed("1")),
            Company.page(Company.deed("2", who: "stranger"), Company.deed("3", points: "many")),
        ])
        _ = try await company.host().pull([])
        try company.tamper(
            """
            INSERT INTO holds (stream_id, record_type, scope, findings, state, created)
            VALUES (1, 'deed', 'records', '[]', 'open', 1792033200000000)
            """)
        company.clock.set("2026-10-15T05:00:00Z")
        #expect(
            try await complaints() == [
                "warning rejects: rejected records: 1, the first since 5 h",
                "warning holds: waiting at the quality gate: 1, the first since 2 h",
                "warning accounts: accounts of nobody known: 1",
            ])
    }

    @Test func `a sink that is disabled, late, or described nowhere is named with what to do`() async throws {
        try company.write("sinks/a.yaml", "sink: a\nkind: file\nevents: [connection.failed]")
        let host = try await company.host()
        try await company.tell("one", host: host)
        #expect(try await complaints() == [])
        company.clock.set("2026-10-15T01:00:00Z")
        #expect(try await complaints() == ["warning sinks: a: not delivered: 1, the first since 1 h"])
        try company.tamper("UPDATE deliveries SET state = 'given_up', next_attempt = NULL")
        #expect(try await complaints() == ["warning sinks: a: given up: 1"])
        try company.tamper(
            "INSERT INTO sinks (name, disabled, reason) VALUES ('a', 1792033200000000, 'status 410: no more')")
        let disabled = try await examine().filter { $0.level == .problem }
        #expect(disabled.map(\.finding.en) == ["a: disabled (status 410: no more)"])
        #expect(disabled.map { $0.advice?.en } == ["plumbline sinks enable a"])
        try company.remove("sinks/a.yaml")
        #expect(try await complaints() == ["warning sinks: a: events wait for it, and no file in sinks/ describes it"])
    }

    @Test func `a secret of a sink that is absent is named`() async throws {
        try company.write("sinks/a.yaml", Company.portal("https://portal.example"))
        #expect(try await complaints().contains { $0.hasPrefix("problem secrets: 1 missing: portal, secret: ") })
    }

    @Test func `a field that indicators read and no stream fills is a gap`() async throws {
        try company.edit("connectors/diary.yaml", "      points: source.points\n", "")
        let gaps = try Workspace.read(company.path, registry: Company.registry).mappingGaps
        #expect(gaps == [MappingGap(type: "deed", fields: ["points"], indicators: 1)])
        #expect(try await complaints() == ["warning mappings: nothing fills deed's points (read by one indicator)"])
    }

    @Test func `a clock that was set back is a problem, records of tomorrow a warning`() async throws {
        company.clock.set("2026-10-14T12:00:00Z")
        #expect(
            try await complaints().first
                == "problem clock: 2026-10-14 20:00 Asia/Shanghai, before the last run (2026-10-15T00:00:00Z): it was set back"
        )
        company.clock.set("2026-10-15T00:00:00Z")
        try company.tamper("UPDATE runs SET newest = newest + 100 * 86400 * 1000000")
        #expect(try await complaints().first?.hasPrefix("warning clock: ") == true)
    }

    @Test func `keys and secrets that others may read, or that are not there, are named with what to do`() async throws
    {
        try company.write("secrets/other", "x")
        try company.setMode("secrets/other", 0o644)
        try company.setMode("secrets/plumbline.key", 0o640)
        let found = try await examine().filter { $0.level != .ok }
        #expect(
            found.map(\.finding.en)
                == ["others may read: secrets/plumbline.key", "others may read: secrets/other"])
        #expect(found.map { $0.advice?.en } == ["chmod go= secrets/plumbline.key", "chmod go= secrets/other"])
        try company.remove("secrets/plumbline.key")
        #expect(
            try await complaints().first
                == "problem key: secrets/plumbline.key is not there: neither database nor backups open")
    }

    @Test func `a backup is a warning after two days, a problem after a week, or where its file is gone`() async throws
    {
        let list = BackupList(workspace: company.path)
        let cases = [
            ("2026-10-16T23:59:00Z", Diagnosis.Level.ok), ("2026-10-17T00:00:00Z", .warning),
            ("2026-10-22T00:00:00Z", .problem),
        ]
        for (moment, level) in cases {
            company.clock.set(moment)
            #expect(try await examine().first { $0.topic == .backups }?.level == level, "\(moment)")
        }
        try FileManager.default.removeItem(atPath: try #require(list.entries().first).file)
        #expect(try await complaints().contains("warning backups: none is where it was written"))
        try company.remove("backups/list.jsonl")
        #expect(try await complaints().contains("warning backups: none was ever made"))
    }

    @Test func `files with mistakes, and another key, do not keep the rest from being told`() async throws {
        try company.write("secrets/plumbline.key", try SymmetricKey.random().revealHex())
        #expect(try await complaints().first?.hasPrefix("problem database: the key does not belong to") == true)
        try company.write("connectors/broken.yaml", "connection: broken\n")
        let found = try await examine()
        #expect(found.first?.topic == .files && found.first?.level == .problem)
        #expect(found.contains { $0.topic == .backups && $0.level == .ok })
        try company.remove("plumbline.yaml")
        await #expect(throws: WorkspaceError.self) { try await examine() }
    }

    @Test func `a workspace without a database is told to pull`() async throws {
        let empty = try Company()
        let found = try await Doctor(
            empty.path, registry: Company.registry, environment: [:], now: company.clock.now()
        ) { _, _ throws(StoreError) in throw .notFound("store") }.examine().diagnoses
        let database = try #require(found.first { $0.topic == .database })
        #expect(database.level == .warning && database.advice?.en == "plumbline pull")
        #expect(found.first { $0.topic == .key }?.level == .ok)
        #expect(!FileManager.default.fileExists(atPath: empty.path + "/secrets"))
    }

    @Test(arguments: [
        (50_000_000_000, 1_000_000, Diagnosis.Level.ok), (900_000_000, 1_000_000, .warning),
        (100_000_000, 1_000_000, .problem), (5_000_000_000, 2_000_000_000, .warning),
        (1_900_000_000, 2_000_000_000, .problem),
    ])
    func `the disk must have room for backups`(free: Int, database: Int, level: Diagnosis.Level) {
        #expect(Doctor.disk(free: free, database: database).level == level)
    }
}

extension TestWorkspace {
    func setMode(_ name: String, _ mode: Int) throws {
        try FileManager.default.setAttributes(
            [.posixPermissions: mode], ofItemAtPath: folder.appending(path: name).path)
    }
}
