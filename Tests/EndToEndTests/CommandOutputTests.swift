import Foundation
import PlumblineKit
import Testing

/// What the commands print: the JSON that their help describes, and text that no source can use to steer a terminal.
@Suite(.serialized, .timeLimit(.minutes(5)), .sampleCompany)
struct CommandOutputTests {
    /// A command, with what it is called with and the members whose own keys depend on the data.
    struct Call: CustomTestStringConvertible {
        let command: [String]
        var arguments: [String] = []
        var open: Set<String> = []
        var hasWorkspace = true

        var testDescription: String { (command + arguments).joined(separator: " ") }
    }

    static let calls = [
        Call(command: ["connectors", "list"], hasWorkspace: false),
        Call(
            command: ["connectors", "describe"], arguments: ["ticketing.request-tracker"], open: ["default"],
            hasWorkspace: false),
        Call(command: ["eval"], arguments: ["1 + 2"], hasWorkspace: false),
        Call(command: ["test"]), Call(command: ["check"]),
        Call(command: ["preview"], arguments: ["zendesk-tickets"], open: ["samples"]),
        Call(
            command: ["preview"],
            arguments: ["--against", "live", "--indicator", "ts_csat", "--indicator", "hr_culture_identification"]),
        Call(command: ["people", "import"]), Call(command: ["people", "unmatched"]), Call(command: ["pull"]),
        Call(command: ["rejects", "list"]), Call(command: ["rejects", "replay"]),
        Call(command: ["values"], arguments: ["--all"]),
        Call(command: ["explain"], arguments: ["--all", "--period", "2026-09"], open: ["cel", "flags"]),
        Call(command: ["verify"]), Call(command: ["period", "lock"], arguments: ["2026-01"]),
        Call(command: ["period", "list"]), Call(command: ["gate", "list"], arguments: ["--all"]),
        Call(command: ["template"]), Call(command: ["doctor"]),
        Call(command: ["inbox", "list"]), Call(command: ["inbox", "use"]), Call(command: ["inbox", "addresses"]),
        Call(command: ["inbox", "replay"], arguments: ["--all"]), Call(command: ["inbox", "alarms"]),
        Call(command: ["inbox", "alarms"], arguments: ["--clear"]),
        Call(command: ["inbox", "discard"], arguments: ["--all", "--reason", "a test"]),
        Call(command: ["streams", "list"]), Call(command: ["rebuild"]), Call(command: ["retention"]),
        Call(command: ["retention"], arguments: ["--apply"]),
    ]

    /// In a company whose workspace has ``byHand``, in this order; FOLDER stands for the workspace.
    static let handCalls = [
        Call(command: ["template"], arguments: ["approval", "--output", "FOLDER/approval.csv"]),
        Call(command: ["import"], arguments: ["FOLDER/values.csv"]),
        Call(command: ["import"], arguments: ["FOLDER/values.csv", "--preview"]),
        Call(command: ["record"], arguments: ["visits", "P003", "2026-09", "12", "--reason", "visit log"]),
        Call(
            command: ["record"], arguments: ["visits", "P003", "2026-09", "13", "--reason", "recount", "--preview"]),
        Call(command: ["explain"], arguments: ["visits", "P003", "2026-09"], open: ["cel", "flags"]),
        Call(command: ["imports"]), Call(command: ["undo"], arguments: ["1"]),
        Call(
            command: ["import"],
            arguments: ["FOLDER/export.csv", "--propose", "--record", "improvement", "--map", "effective=true"]),
        Call(
            command: ["import"],
            arguments: [
                "FOLDER/export.csv", "--propose", "--record", "improvement", "--map", "effective=true", "--map",
                "owner_id=跟进人", "--save", "ideas",
            ]),
        Call(command: ["lint"]), Call(command: ["schedule"]),
        Call(command: ["outbox", "list"], arguments: ["--all"]),
        Call(command: ["outbox", "show"], arguments: ["1"], open: ["data"]),
        Call(command: ["outbox", "drop"], arguments: ["--sink", "nobody", "--reason", "a test"]),
        Call(command: ["outbox", "deliver"]), Call(command: ["outbox", "redeliver"], arguments: ["1"]),
        Call(command: ["sinks", "list"]), Call(command: ["sinks", "test"], arguments: ["journal"]),
        Call(command: ["sinks", "enable"], arguments: ["journal"]),
        Call(command: ["people", "sync"], arguments: ["--dry-run"]),
        Call(command: ["people", "sync"], arguments: ["folk"]),
        Call(command: ["people", "show"], arguments: ["P003"]), Call(command: ["people", "differences"]),
        Call(command: ["people", "forget"], arguments: ["folk"]),
        Call(command: ["backup"], arguments: ["FOLDER/company.backup", "--keep", "3"]), Call(command: ["backups"]),
        Call(command: ["restore"], arguments: ["FOLDER/company.backup", "--to", "FOLDER/restored"]),
    ]

    private static let byHand = [
        "indicators/hand.yaml": """
        indicators: [{id: visits, name: 拜访数, record: reported_value, unit: visits, aggregate: sum}]
        """,
        "sinks/journal.yaml": "{sink: journal, kind: file, events: [values.published], people: ids}",
        "values.csv": "指标,员工,期间,值,填报人\nvisits,P004,2026-09,5,hr\n",
        "connectors/timed.yaml": """
        connection: timed
        connector: file.csv
        settings: {path: timed.csv, id_field: id}
        schedule: {cron: "0 3 * * *", jitter: 5m, days: working}
        streams:
          records:
            record: kb_article
            map:
              id: source.id
              author_id: account(source.author)
              status: "'draft'"
              linked_ticket_count: "0"
              helpful_votes: "0"
              unhelpful_votes: "0"
        """,
        "connectors/folk.yaml": """
        connection: folk
        connector: file.jsonl
        settings: {path: folk.jsonl, id_field: id}
        directory: {from: records, map: {account: source.id, staff_number: source.number, unit: source.unit}}
        """,
        "data/folk.jsonl": #"{"id": "u3", "number": "P003", "unit": "公司/远方"}"# + "\n",
        "export.csv": "编号,责任人,跟进人,标题\n1,P003,P004,a\n",
    ]

    @Test(arguments: calls) func `every key of the JSON stands in the command's help`(call: Call) async throws {
        let company = try #require(SampleCompany.current)
        try await check(call, in: company)
    }

    @Test func `every key of what is brought by hand stands in the command's help too`() async throws {
        let company = try SampleCompany(copying: #require(SampleCompany.current))
        for (name, text) in Self.byHand {
            let file = company.url.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        for call in Self.handCalls {
            #expect(try await check(call, in: company).status == 0, "\(call.testDescription)")
        }
    }

    @Test func `every key of a retired stream stands in the command's help, and its records count no longer`()
        async throws
    {
        let company = try SampleCompany(copying: #require(SampleCompany.current))
        try FileManager.default.removeItem(at: company.url.appending(path: "connectors/odoo-leads.yaml"))
        let listed = try await company.program.run("streams")
        #expect(listed.output.contains("'plumbline streams retire odoo-leads/records'"))
        let call = Call(command: ["streams", "retire"], arguments: ["odoo-leads/records", "--reason", "not needed"])
        #expect(try await check(call, in: company).status == 0)
        let left = try await company.program.json("streams").array ?? []
        #expect(!left.isEmpty && !left.contains { $0["connection"] == "odoo-leads" })
        #expect(try await company.program.json("rebuild")["changed"] == 0)
    }

    @discardableResult
    private func check(_ call: Call, in company: SampleCompany) async throws -> Plumbline.Finished {
        let place = call.hasWorkspace ? ["--workspace", company.url.path] : []
        let arguments = call.arguments.map { $0.replacing("FOLDER", with: company.url.path) }
        let finished = try await run(call.command + arguments + ["--format", "json"] + place)
        let output = try finished.json()
        let help = try await run(call.command + ["--help"]).output
        let documented = try #require(help.components(separatedBy: "JSON:").dropFirst().first)
        let words = documented.split { !($0.isLetter && $0.isLowercase) && $0 != "_" }.map(String.init)
        #expect(keys(output, open: call.open).subtracting(words).sorted() == [], "\(call.testDescription)")
        return finished
    }

    @Test func `without a sink, the outbox says how to come by one`() async throws {
        let program = try #require(SampleCompany.current).program
        let empty = try await program.run("outbox")
        #expect(empty.status == 0 && empty.output.contains("'plumbline init --sink http'"))
        #expect(try await program.run("sinks").output.contains("dingtalk, feishu, file, http, wecom"))
        let unknown = try await program.run("sinks", "test", "nobody")
        #expect(unknown.status == 2 && unknown.errors.contains("there is no sink 'nobody'"))
    }

    @Test func `a subject that nobody knows is a mistake, one without values is not`() async throws {
        let program = try #require(SampleCompany.current).program
        let typo = try await program.run("values", "--subject", "P999")
        #expect(typo.status == 2 && typo.errors.contains("'P999' is neither a staff number nor a unit"))
        let empty = try await program.run("values", "--subject", "P003", "--period", "2020-01")
        #expect(empty.status == 0 && empty.output == "No value fits.\n")
    }

    @Test func `what a source writes cannot steer the terminal`() async throws {
        let hostile = try Self.articles([("1", "zhang\u{1B}[2Jwei\u{9B}31m")])
        _ = try await hostile.program.json("pull")
        let shown = try await hostile.program.run("people", "unmatched").output
        #expect(shown.contains(#"zhang\u001b[2Jwei\u009b31m"#) && !shown.contains("\u{1B}"))
        let accounts = try await hostile.program.json("people", "unmatched").array
        #expect(accounts?.first?["account"] == "zhang\u{1B}[2Jwei\u{9B}31m", "JSON says what there is")
    }

    @Test func `what a file writes into its header cannot steer the terminal`() async throws {
        let company = try Self.articles([("1", "a")])
        try company.folder.write("编号,负责人,标\u{1B}[2J题\n1,E01,x\n", to: "hostile.csv")
        let file = company.folder.url.path + "/hostile.csv"
        let proposed = try await company.program.run("import", file, "--propose", "--record", "improvement")
        #expect(proposed.status == 0 && proposed.output.contains(#"标\u001b[2J题"#))
        #expect(!proposed.output.contains("\u{1B}"))
        let refused = try await company.program.run("import", file)
        #expect(refused.status == 2 && !refused.errors.contains("\u{1B}") && refused.errors.contains("--propose"))
    }

    @Test func `all rejects are listed, however many`() async throws {
        let broken = try Self.articles((1...10_050).map { ("\($0)", "") })
        _ = try await broken.program.json("pull")
        let rejects = try await broken.program.json("rejects", "list").array ?? []
        #expect(rejects.count == 10_050 && Set(rejects.compactMap { $0["external_id"]?.string }).count == 10_050)
    }
}

extension CommandOutputTests {
    private func run(_ arguments: [String]) async throws -> Plumbline.Finished {
        try await RunningProcess(Plumbline.program, arguments).finish(timeout: .seconds(120))
    }

    /// The keys of all objects in `json`, without those below the members named in `open`.
    private func keys(_ json: JSON, open: Set<String>) -> Set<String> {
        switch json {
        case .array(let elements): return elements.reduce(into: []) { $0.formUnion(keys($1, open: open)) }
        case .object(let object):
            return object.members.reduce(into: []) { keys, member in
                keys.insert(member.key)
                if !open.contains(member.key) { keys.formUnion(self.keys(member.value, open: open)) }
            }
        default: return []
        }
    }

    /// A company that reads one file of articles.
    private static func articles(
        _ articles: [(id: String, author: String)]
    ) throws -> (program: Plumbline, folder: TemporaryFolder) {
        let folder = try TemporaryFolder()
        try folder.fill(from: Checkout.workspaces.appending(path: "roundup"))
        for name in ["connectors", "indicators"] {
            try FileManager.default.removeItem(at: folder.url.appending(path: name))
        }
        try folder.write(
            """
            connection: articles
            connector: file.csv
            settings: {path: articles.csv, id_field: id, complete: true}
            streams:
              records:
                record: kb_article
                map:
                  id: source.id
                  author_id: account(source.author)
                  status: "'draft'"
                  linked_ticket_count: "0"
                  helpful_votes: "0"
                  unhelpful_votes: "0"
            """, to: "connectors/articles.yaml")
        try folder.write(
            "id,author\n" + articles.map { "\($0.id),\($0.author)\n" }.joined(), to: "data/articles.csv")
        return (Plumbline(workspace: folder.url), folder)
    }
}
