import Expressions
import Foundation
import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// Live directories: who joins, moves and leaves where they are told of, without anybody's overwriting what HR says.
@Suite struct DirectoryTests {
    typealias Company = TestWorkspace

    private static let directory = """
        directory:
          from: accounts
          map:
            account: source.id
            staff_number: source.number
            name_zh: source.name
            emails: source.email
            unit: source.unit
            manager: source.boss
            joined_on: source.joined
            left_on: source.left
            active: source.active
        streams:

        """

    private static func person(
        _ number: String?, _ unit: String?, email: String? = nil, joined: String? = nil, left: JSON = .null,
        active: JSON = true
    ) -> JSON {
        [
            "id": .string("u-\(number ?? "x")"), "number": .text(number), "name": .null, "email": .text(email),
            "unit": .text(unit), "boss": .null, "joined": .text(joined), "left": left, "active": active,
        ]
    }

    private static func workspace(_ people: JSON...) throws -> Company {
        let workspace = try Company()
        try workspace.edit("connectors/diary.yaml", "streams:\n", directory)
        try tell(workspace, people)
        return workspace
    }

    /// A deed of each of the two, and the directory as it is now. Every pull reads all.
    private static func tell(
        _ workspace: Company, _ people: [JSON], deedsAt moment: String = "2026-10-14T02:00:00Z"
    ) throws {
        let deeds = Company.page(
            Company.deed("1", who: "u-E01", at: moment), Company.deed("2", who: "u-E02", at: moment))
        try workspace.script([deeds], ["accounts": [["records": .array(people)]], "whole": true])
    }

    private func units(_ host: WorkspaceHost) async throws -> [String] {
        try await host.store.people().map { row in
            let days = [row.validFrom, row.validTo].map { $0.map { String($0.description.dropFirst(5)) } ?? "" }
            return "\(row.employee) \(row.unit ?? "-") \(days[0])..\(days[1])"
        }
    }

    @Test func `people of a directory have values without any file`() async throws {
        let workspace = try Self.workspace(
            Self.person("E01", "Plumb/Support", email: "z@x.example"),
            Self.person("E02", "Plumb/Sales", joined: "2026-10-01"))
        let host = try await workspace.host()
        let report = try await host.pull([])
        #expect(report.isComplete && report.directories.map(\.people) == [2])
        #expect(try await units(host) == ["E01 Plumb/Support ..", "E02 Plumb/Sales 10-01.."])
        #expect(try await host.shown("deed_count", "E01", "2026-10") == "1")
        #expect(try await host.shown("deed_count", "Plumb/Sales", "2026-10") == "1")
        #expect(try await host.unmatchedAccounts().isEmpty)
    }

    @Test func `who moves and who leaves flows into the values of their units`() async throws {
        let workspace = try Self.workspace(Self.person("E01", "Plumb/Support"), Self.person("E02", "Plumb/Sales"))
        let host = try await workspace.host()
        _ = try await host.pull([])
        #expect(try await host.shown("deed_count", "Plumb/Support", "2026-10") == "1")
        workspace.clock.set("2026-10-19T02:00:00Z")
        try Self.tell(
            workspace, [Self.person("E01", "Plumb/Sales"), Self.person("E02", nil, left: "2026-10-18", active: false)],
            deedsAt: "2026-10-19T01:00:00Z")
        let report = try await host.pull([])
        #expect(report.directories.map(\.snapshot.news.moved) == [["E01"]])
        #expect(report.directories.map(\.snapshot.news.left) == [["E02"]])
        #expect(
            try await units(host) == [
                "E01 Plumb/Support ..10-19", "E01 Plumb/Sales 10-19..", "E02 Plumb/Sales ..10-18",
            ])
        // The deeds are of the 19th now: E01 is in Sales by then, E02 has left.
        #expect(try await host.shown("deed_count", "Plumb/Support", "2026-10") == "no_data")
        #expect(try await host.shown("deed_count", "Plumb/Sales", "2026-10") == "1")
    }

    @Test func `what HR corrected stays, whatever the directory says, and the difference is told`() async throws {
        let workspace = try Self.workspace(Self.person("E01", "Plumb/Support"), Self.person("E02", "Plumb/Sales"))
        let host = try await workspace.host()
        _ = try await host.pull([])
        _ = try await host.replacePeople([DirectoryEntry(employee: "E01", unit: "Plumb/Lab")])
        workspace.clock.set("2026-10-19T02:00:00Z")
        try Self.tell(workspace, [Self.person("E01", "Plumb/Sales"), Self.person("E02", "Plumb/Sales")])
        _ = try await host.pull([])
        #expect(try await host.shown("deed_count", "Plumb/Lab", "2026-10") == "1")
        let differences = try await host.directoryDifferences()
        #expect(differences.map(\.employee) == ["E01"] && differences.map(\.column) == ["unit"])
        #expect(differences.map(\.file) == ["Plumb/Lab"] && differences.map(\.directory) == ["Plumb/Sales"])
        let rows = try await host.rows(of: "E01")
        #expect(rows.directories.map(\.connection) == ["diary"] && rows.file.map(\.unit) == ["Plumb/Lab"])
        // Once HR takes the correction back, the directory counts as it was on each day.
        _ = try await host.replacePeople([])
        #expect(
            try await units(host) == ["E01 Plumb/Support ..10-19", "E01 Plumb/Sales 10-19..", "E02 Plumb/Sales .."])
    }

    @Test func `a directory is looked at when it is due, and when somebody asks`() async throws {
        let workspace = try Self.workspace(Self.person("E01", "Plumb/Support"))
        let host = try await workspace.host()
        _ = try await host.pull([])
        try Self.tell(workspace, [Self.person("E01", "Plumb/Sales")])
        workspace.clock.set("2026-10-15T05:59:59Z")
        #expect(try await host.pull([]).directories.isEmpty)
        var looking = DirectoryLooking()
        looking.isPreview = true
        let foreseen = try await host.lookAtDirectories(of: ["diary"], looking)
        #expect(foreseen.reports.map(\.snapshot.news.moved) == [["E01"]])
        #expect(try await units(host) == ["E01 Plumb/Support .."])
        let asked = try await host.lookAtDirectories(of: [], DirectoryLooking())
        #expect(asked.reports.map(\.snapshot.news.moved) == [["E01"]])
        #expect(try await units(host) == ["E01 Plumb/Support ..10-15", "E01 Plumb/Sales 10-15.."])
        workspace.clock.set("2026-10-15T11:59:59Z")
        #expect(try await host.pull([]).directories.count == 1)
    }

    @Test func `many who are gone at once are not believed until somebody has looked`() async throws {
        let workspace = try Self.workspace(Self.person("E01", "Plumb/Support"), Self.person("E02", "Plumb/Sales"))
        let host = try await workspace.host()
        _ = try await host.pull([])
        workspace.clock.set("2026-10-19T02:00:00Z")
        try Self.tell(workspace, [])
        let report = try await host.pull([])
        #expect(report.directories.map(\.snapshot.doubt) == [.manyLeft(2, of: 2)])
        #expect(
            report.directories.flatMap(\.warnings).map(\.en) == [
                "diary: 2 of 2 people are gone from the directory at once, which is not believed: see whether the app may "
                    + "still see everybody; if it is so: plumbline people sync diary --accept"
            ])
        #expect(try await host.shown("deed_count", "E01", "2026-10") == "1")
        var looking = DirectoryLooking()
        looking.isAccepted = true
        _ = try await host.lookAtDirectories(of: ["diary"], looking)
        #expect(try await units(host) == ["E01 Plumb/Support ..10-19", "E02 Plumb/Sales ..10-19"])
        #expect(try await host.shown("deed_count", "E01", "2026-10") == "1")
    }

    @Test func `who is there and cannot be read stays, and why is told`() async throws {
        let workspace = try Self.workspace(Self.person("E01", "Plumb/Support"), Self.person("E02", "Plumb/Sales"))
        let host = try await workspace.host()
        _ = try await host.pull([])
        workspace.clock.set("2026-10-19T02:00:00Z")
        try Self.tell(
            workspace,
            [Self.person("E01", "Plumb/Support", left: "soon"), Self.person("E02", "Plumb/Sales", active: "no")])
        let report = try await host.pull([])
        let read = try #require(report.directories.first)
        #expect(read.snapshot.news.isEmpty && report.isComplete)
        #expect(
            read.anomalies == [
                "diary: directory: 'left_on' (connectors/diary.yaml:15:14) could not be read once: u-E01: expected a day such "
                    + "as 2026-07-01, or a time, not string",
                "diary: directory: 'active' (connectors/diary.yaml:16:13) could not be read once: u-E02: expected true or "
                    + "false, not string",
            ])
        #expect(try await units(host) == ["E01 Plumb/Support ..", "E02 Plumb/Sales .."])
    }

    @Test func `a directory that cannot be read keeps no record from being read`() async throws {
        let workspace = try Self.workspace(Self.person("E01", "Plumb/Support"))
        let host = try await workspace.host()
        try workspace.script(
            [Company.page(Company.deed("1", who: "u-E01"))], ["accounts": [["fail": "out of paper"]]])
        let report = try await host.pull([])
        #expect(report.failures.map(\.streams) == [["directory"]] && report.failures.map(\.isTemporary) == [true])
        #expect(report.streams.map(\.run.counters.inserted) == [1] && !report.isComplete)
    }

    @Test func `a preview matches accounts by the directory, and stores nothing`() async throws {
        let workspace = try Self.workspace(Self.person("E01", "Plumb/Support", email: "zhang@example.com"))
        let host = try await workspace.host()
        _ = try await host.replacePeople([DirectoryEntry(employee: "E09", emails: ["zhang@example.com"])])
        _ = try await host.preview("diary")
        #expect(try await host.store.directoryStates().isEmpty)
        #expect(try await host.store.people().map(\.employee) == ["E09"])
    }

    @Test func `a directory that is forgotten takes its people along`() async throws {
        let workspace = try Self.workspace(Self.person("E01", "Plumb/Support"))
        let host = try await workspace.host()
        _ = try await host.pull([])
        let (changes, _) = try await host.forgetDirectory(of: "diary")
        #expect(changes.removed == ["E01"])
        #expect(try await host.shown("deed_count", "E01", "2026-10") == "no_data")
        let error = await #expect(throws: HostError.self) { try await host.forgetDirectory(of: "diary") }
        #expect(error?.description == "no directory of a connection 'diary' was ever followed")
    }

    @Test func `lint says what is wrong with a directory, and where`() throws {
        let workspace = try Company()
        try workspace.edit(
            "connectors/diary.yaml", "streams:\n",
            """
            directory:
              from: people
              every: often
              map: {account: source.id, staff: source.number, unit: source..unit}
            streams:

            """)
        let problems = try workspace.problems()
        #expect(
            problems == [
                "connectors/diary.yaml:6:9: file.scripted has no stream 'people'",
                "connectors/diary.yaml:7:10: 'every' must be a duration such as 1h or 1d, not 'often'",
                "connectors/diary.yaml:8:8: a directory needs 'staff_number' in its 'map'",
                "connectors/diary.yaml:8:29: unknown key 'staff'; known: account, unit, position, manager, emails, phones, "
                    + "active, staff_number, name_zh, name_en, responsible_for, joined_on, left_on",
                "connectors/diary.yaml:8:64: 'unit': expected a field name, found '.'",
            ])
    }

    @Test func `whoever wants a directory where there is none is told`() async throws {
        let workspace = try Company()
        let host = try await workspace.host()
        let none = await #expect(throws: HostError.self) {
            try await host.lookAtDirectories(of: [], DirectoryLooking())
        }
        #expect(
            none?.description == "no connection has a 'directory'; the templates of OA systems show how it is written")
        let nobody = await #expect(throws: HostError.self) { try await host.rows(of: "E77") }
        #expect(nobody?.description == "neither the people file nor a directory has the staff number 'E77'")
    }
}

extension DirectoryTests {
    /// What the shipped template makes of the company's own directory.
    @Test func `headcount and turnover come from the directory; how somebody left is HR's to say`() async throws {
        let workspace = try Company()
        try workspace.edit("plumbline.yaml", "first_period: 2026-07", "first_period: 2026-09")
        try workspace.write("connectors/directory.yaml", try Self.template("oa/directory.yaml"))
        let host = try await workspace.host()
        func people(_ leftAs: String?) -> [DirectoryEntry] {
            let names = (1...10).map { DirectoryEntry(employee: "E\($0)", unit: "Plumb/Lab", position: "工程师") }
            let left = DirectoryEntry(
                employee: "E11", unit: "Plumb/Lab", position: "助理", leftAs: leftAs, validTo: Day(text: "2026-09-16"))
            return names + [left]
        }
        _ = try await host.replacePeople(people(nil))
        let report = try await host.pull(["directory"])
        // One left; 11 were there on 15 days of September and 10 on 15: 100 / 10.5.
        #expect(try await host.shown("hr_turnover_rate", "Plumb/Lab", "2026-09") == "9.5238")
        #expect(try await host.shown("hr_voluntary_turnover_rate", "Plumb/Lab", "2026-09") == "0.0000")
        #expect(
            report.streams.flatMap(\.anomalies) == [
                "E11/2026-09-15: how they left is not known: left_as of people.csv is empty"
            ])
        _ = try await host.replacePeople(people("辞职"))
        _ = try await host.pull(["directory"])
        #expect(try await host.shown("hr_voluntary_turnover_rate", "Plumb/Lab", "2026-09") == "9.5238")
    }

    private static func template(_ name: String) throws -> String {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../connectors/\(name)").standardizedFileURL
        return try String(contentsOf: file, encoding: .utf8)
    }
}
