internal import ArgumentParser
internal import Foundation
internal import Gateway
internal import PlumblineKit
internal import ReviewStore

struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the audit chain, and published values, periods and decisions against it.",
        discussion: """
            With --export-head the signed end of the chain goes to a file, to be kept elsewhere; with --head FILE the chain \
            must still hold it, so that a cut or rewritten chain is found. JSON: {intact, entries, problems: [text]}. Exit \
            code 1 where something is wrong.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Option(name: .long, help: "A head that was exported before.") var head: String?
    @Option(name: .long, help: "Write the present head to this file.") var exportHead: String?

    func run() async throws {
        let host = try await options.host()
        let known = try head.map(Self.readHead)
        let report = try await storing { () throws(StoreError) in
            if let known { return try await host.store.verifyHead(known) }
            return try await host.store.verifyAudit()
        }
        show(report)
        if !report.isIntact { throw ExitCode.failure }
        if let exportHead { try await export(to: exportHead, host) }
    }

    private func show(_ report: AuditReport) {
        let problems = report.problems.map(\.description)
        if options.isJSON {
            return printJSON([
                "intact": .bool(report.isIntact), "entries": .int(report.entries),
                "problems": .array(problems.map(JSON.string)),
            ])
        }
        for problem in problems { StandardOutput.line(problem) }
        StandardOutput.write(
            "\(report.entries) entries, \(problems.isEmpty ? "intact" : "\(problems.count) problems").\n")
    }

    private func export(to path: String, _ host: WorkspaceHost) async throws {
        let head = try await storing { () throws(StoreError) in try await host.store.exportHead() }
        do {
            try Data((head.text + "\n").utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw HostError.invalid("cannot write \(path): \(error.localizedDescription)")
        }
    }

    private static func readHead(_ path: String) throws -> AuditHead {
        guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else {
            throw HostError.invalid("cannot read \(path); 'plumbline verify --export-head FILE' writes such a file")
        }
        guard let head = AuditHead(text: text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw HostError.invalid("\(path) is no exported head; expected one line 'plumbline-audit-head 1 ...'")
        }
        return head
    }
}
