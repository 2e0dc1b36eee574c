import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// Mistakes in a connection's file: each says where it stands, what it is and what was expected.
@Suite struct ConnectionProblemTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        let what: String
        let old: String
        let new: String
        let problem: String
        var testDescription: String { what }

        init(_ what: String, _ old: String, _ new: String, _ problem: String) {
            (self.what, self.old, self.new, self.problem) = (what, old, new, problem)
        }
    }

    private static let mistakes = [
        Mistake(
            "broken YAML", "settings:\n", "settings: [\n",
            "connectors/diary.yaml:5:8: this is no YAML: did not find expected ',' or ']'"),
        Mistake(
            "a key given twice", "connector: file.scripted", "connector: file.scripted\nconnection: other",
            "connectors/diary.yaml:1:1: a key is given twice: connection"),
        Mistake(
            "an unknown key", "streams:\n", "shedule: \"* * * * *\"\nstreams:\n",
            "connectors/diary.yaml:5:1: unknown key 'shedule', perhaps 'schedule'; known: connection, connector, "
                + "settings, sandbox, zone, schedule, callback, streams, accounts, directory, gate, tests, ca_file, proxy, "
                + "allowed_hosts, requests_per_second, timeout, max_response_bytes"),
        Mistake(
            "an unknown key of a stream", "deletes: reported", "delete: reported",
            "connectors/diary.yaml:8:5: unknown key 'delete', perhaps 'deletes'; known: from, record, where, deletes, map"
        ),
        Mistake(
            "a list where a map belongs", "settings:\n  script: script.json", "settings: [script.json]",
            "connectors/diary.yaml:3:11: 'settings' must be a map, not a list\n"
                + "connectors/diary.yaml:3:11: setting 'script': is required"),
        Mistake(
            "a missing connector", "connector: file.scripted\n", "",
            "connectors/diary.yaml:1:1: a connection needs 'connector'"),
        Mistake(
            "an unknown connector", "file.scripted", "file.scriptet",
            "connectors/diary.yaml:2:12: unknown connector 'file.scriptet', perhaps 'file.scripted'; known: "
                + TestWorkspace.registry.ids.joined(separator: ", ")),
        Mistake(
            "an unknown zone", "streams:\n", "zone: Asia/Shanghay\nstreams:\n",
            "connectors/diary.yaml:5:7: 'Asia/Shanghay' is no time zone; expected such as Asia/Shanghai"),
        Mistake(
            "an unknown stream", "  deeds:\n    record", "  deads:\n    record",
            "connectors/diary.yaml:6:3: file.scripted has no stream 'deads'; it has: deeds, accounts"),
        Mistake(
            "an unknown record type", "record: deed", "record: deedd",
            "connectors/diary.yaml:7:13: unknown record type 'deedd', perhaps 'deed'"),
        Mistake(
            "an unknown way of deletion", "deletes: reported", "deletes: sometimes",
            "connectors/diary.yaml:8:14: 'deletes' must be one of reported, full_list, never_known, not 'sometimes'"),
        Mistake(
            "an unknown field of the record type", "points: source", "point: source",
            "connectors/diary.yaml:14:7: deed has no field 'point'; unknown key 'point', perhaps 'points'; known: id, "
                + "owner_id, at, begun, points, kind, owner_intervals"),
        Mistake(
            "a field that is never empty and not mapped", "      id: source.id\n", "",
            "connectors/diary.yaml:10:7: the mapping onto deed lacks 'id', which is never empty"),
        Mistake(
            "a function that nobody knows", "account(source.who)", "acount(source.who)",
            "connectors/diary.yaml:11:17: 'owner_id': there is no function 'acount'; did you mean 'account'?"),
        Mistake(
            "an expression without its end", "account(source.who)", "account(source.who",
            "connectors/diary.yaml:11:35: 'owner_id': expected ',', found the end"),
        Mistake(
            "a condition that is none", "    map:\n", "    where: \"'yes'\"\n    map:\n",
            "connectors/diary.yaml:9:13: where: expected bool, found string"),
        Mistake(
            "an unknown setting", "script: script.json", "scrip: script.json",
            "connectors/diary.yaml:4:3: setting 'script': is required\n"
                + "connectors/diary.yaml:4:10: setting 'scrip': unknown setting, did you mean 'script'? known: agents, "
                + "page_size, script, token"),
        Mistake(
            "a number that is none", "script: script.json", "script: script.json\n  page_size: many",
            "connectors/diary.yaml:5:14: setting 'page_size': expected a whole number from 1 to 100, got 'many'"),
        Mistake(
            "a number out of range", "script: script.json", "script: script.json\n  page_size: 101",
            "connectors/diary.yaml:5:14: setting 'page_size': expected a whole number from 1 to 100, got '101'"),
        Mistake(
            "a missing setting", "  script: script.json", "  page_size: 5",
            "connectors/diary.yaml:4:3: setting 'script': is required"),
        Mistake(
            "a secret written in the file", "script: script.json", "script: script.json\n  token: abc-123",
            "connectors/diary.yaml:5:10: 'token' is a secret: write ${file:NAME} for the file secrets/NAME of the "
                + "workspace, or ${env:NAME}"),
        Mistake(
            "a secret outside its folder", "script: script.json", "script: script.json\n  token: ${file:../key}",
            "connectors/diary.yaml:5:10: 'token' is a secret: write ${file:NAME} for the file secrets/NAME of the "
                + "workspace, or ${env:NAME}"),
        Mistake(
            "a proxy without a port", "streams:\n", "proxy: gate\nstreams:\n",
            "connectors/diary.yaml:5:8: 'proxy' must be host:port, not 'gate'"),
        Mistake(
            "a rate that is none", "streams:\n", "requests_per_second: -1\nstreams:\n",
            "connectors/diary.yaml:5:22: 'requests_per_second' must be a number above 0, not '-1'"),
        Mistake(
            "a test of a stream that is not there", "streams:\n",
            "tests: [{stream: dees, record: {id: 1}}]\nstreams:\n",
            "connectors/diary.yaml:5:18: the connection has no stream 'dees'"),
        Mistake(
            "an unknown field of accounts", "streams:\n",
            "accounts: {from: accounts, map: {account: source.id, mail: source.id}}\nstreams:\n",
            "connectors/diary.yaml:5:54: unknown key 'mail', perhaps 'email'; known: account, email, phone, name, staff_number"
        ),
    ]

    @Test(arguments: mistakes)
    func `a mistake is told with its place`(_ mistake: Mistake) throws {
        let workspace = try TestWorkspace()
        try workspace.edit("connectors/diary.yaml", mistake.old, mistake.new)
        let problems = try workspace.problems()
        #expect(problems.joined(separator: "\n") == mistake.problem)
    }

    @Test func `a workspace without mistakes has no problems`() throws {
        #expect(try TestWorkspace().problems() == [])
    }

    @Test func `all mistakes of all files are told at once, by place`() throws {
        let workspace = try TestWorkspace()
        try workspace.edit("connectors/diary.yaml", "record: deed", "record: dead")
        try workspace.edit("indicators/deeds.yaml", "aggregate: mean", "aggregate: meen")
        try workspace.edit("connectors/diary.yaml", "connector: file.scripted", "connector: file.scripted\nzones: x")
        let places = try workspace.problems().map { $0.prefix { $0 != " " } }
        #expect(
            places == ["connectors/diary.yaml:3:1:", "connectors/diary.yaml:8:13:", "indicators/deeds.yaml:24:16:"])
    }

    @Test func `two connections of one name are told`() throws {
        let workspace = try TestWorkspace()
        try workspace.write("connectors/second.yaml", try #require(TestWorkspace.files["connectors/diary.yaml"]))
        #expect(
            try workspace.problems() == ["connectors/second.yaml:1:1: another file has a connection 'diary' too"])
    }

    @Test func `a missing secret stops its connection with the place, and loses nothing`() async throws {
        let workspace = try TestWorkspace()
        try workspace.script([TestWorkspace.page(TestWorkspace.deed("1"))])
        _ = try await workspace.host().pull([])
        let cursor = try await workspace.host().store.cursor(connection: "diary", stream: "deeds")
        try workspace.edit("connectors/diary.yaml", "script: script.json", "script: script.json\n  token: ${file:key}")
        let report = try await workspace.host().pull([])
        #expect(
            report.failures.map(\.message) == [
                "connectors/diary.yaml:5:10: setting 'token': secret 'key': there is no readable file secrets/key in the "
                    + "workspace"
            ])
        #expect(!report.isComplete)
        #expect(try await workspace.host().store.cursor(connection: "diary", stream: "deeds") == cursor)
        #expect(try await workspace.host().evidenceStates() == ["1 live"])
    }

    @Test func `a secret in an unset variable or an empty file is told`() throws {
        let workspace = try TestWorkspace(["secrets/empty": " \n"])
        let secrets = SecretStore(workspace: workspace.path, environment: [:])
        let unset = #expect(throws: WorkspaceError.self) { try secrets.resolve(.environment("TOKEN")) }
        #expect(unset?.description == "secret 'TOKEN': the environment variable TOKEN is not set")
        let empty = #expect(throws: WorkspaceError.self) { try secrets.resolve(.file("empty")) }
        #expect(empty?.description == "secret 'empty': the file secrets/empty is empty")
    }

    @Test(arguments: [
        "${file:../key}", "${file:a/b}", "${file:.hidden}", "${file:}", "${other:key}", "file:key", "$key",
    ])
    func `only a plain name is a reference`(_ text: String) {
        #expect(SecretStore.Reference(text) == nil)
    }

    @Test func `a secret is read without its line break and never shown`() throws {
        let workspace = try TestWorkspace(["secrets/key": "abc-123\n"])
        let secret = try SecretStore(workspace: workspace.path, environment: [:]).resolve(.file("key"))
        #expect(secret.reveal() == "abc-123")
        #expect(!"\(secret)".contains("abc"))
    }

    @Test func `a connection that is not there is named with those that are`() async throws {
        let workspace = try TestWorkspace()
        let host = try await workspace.host()
        let error = await #expect(throws: HostError.self) { try await host.pull(["dairy"]) }
        #expect(error?.description == "there is no connection 'dairy'; the workspace has: diary")
    }

    @Test func `a folder that is no workspace says how to make one`() throws {
        let error = #expect(throws: WorkspaceError.self) {
            try Workspace.read("/nowhere", registry: TestWorkspace.registry)
        }
        #expect(
            error?.description
                == "/nowhere is no workspace: it has no plumbline.yaml; 'plumbline init --workspace /nowhere' makes one"
        )
    }
}
