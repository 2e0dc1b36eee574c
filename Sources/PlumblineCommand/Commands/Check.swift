internal import ArgumentParser
internal import Gateway
internal import PlumblineKit

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask each source whether it is there and lets us in.",
        discussion: "JSON: {connections: [{connection, ok, source, remarks: [text], error}]}.")

    @OptionGroup var options: WorkspaceOptions
    @Argument(help: "Connections; all where none is named.") var connections: [String] = []

    func run() async throws {
        let host = try await options.host()
        let wanted =
            connections.isEmpty
            ? host.workspace.connections : try connections.map { try host.workspace.connection($0) }
        var checks: [ConnectionCheck] = []
        for connection in wanted { checks.append(await host.check(connection)) }
        if options.isJSON {
            printJSON(["connections": .array(checks.map(\.json))])
        } else {
            StandardOutput.write(table(checks))
        }
        if checks.contains(where: { $0.failure != nil }) { throw ExitCode.failure }
    }

    private func table(_ checks: [ConnectionCheck]) -> String {
        var table = Table("CONNECTION", "", "SOURCE")
        for check in checks {
            let said = [check.source].compactMap { $0 } + (check.isLong ? [] : check.remarks)
            table.add(
                check.connection, check.failure == nil ? "ok" : "FAILED",
                check.failure?.message ?? said.joined(separator: "; "))
        }
        let none = "The workspace has no connections; 'plumbline init --from CONNECTOR' adds one."
        let remarks = checks.filter(\.isLong).flatMap { check in
            check.remarks.map { "  \(check.connection): \($0.onOneLine)\n" }
        }
        return table.text(empty: none) + remarks.joined()
    }
}

extension ConnectionCheck {
    /// Whether there is more to tell than fits beside the name.
    fileprivate var isLong: Bool { remarks.count > 2 }

    fileprivate var json: JSON {
        [
            "connection": .string(connection), "ok": .bool(failure == nil), "source": .text(source),
            "remarks": .array(remarks.map(JSON.string)), "error": .text(failure?.message),
        ]
    }
}
