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
        Call(command: ["imports"]),
    ]

    @Test(arguments: calls) func `every key of the JSON stands in the command's help`(call: Call) async throws {
        let company = try #require(SampleCompany.current)
        let place = call.hasWorkspace ? ["--workspace", company.url.path] : []
        let output = try await run(call.command + call.arguments + ["--format", "json"] + place).json()
        let help = try await run(call.command + ["--help"]).output
        let documented = try #require(help.components(separatedBy: "JSON:").dropFirst().first)
        let words = documented.split { !($0.isLetter && $0.isLowercase) && $0 != "_" }.map(String.init)
        #expect(keys(output, open: call.open).subtracting(words).sorted() == [])
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
