internal import ArgumentParser
internal import Console
internal import Expressions
internal import Foundation
internal import Gateway
internal import Logging
internal import PlumblineKit
internal import WebhookConnectors

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Receive what systems send to /hooks/CONNECTION, until a signal ends it.",
        discussion: """
            Speaks HTTP on this machine alone; a reverse proxy brings TLS and the world (a sample for nginx lies in \
            /usr/share/doc/plumbline/examples). /healthz tells that the process lives, /readyz that it works, /metrics how \
            it is, for Prometheus: from elsewhere only with the token in secrets/metrics-token. Files that change are read \
            anew by themselves, or at once with SIGHUP; where they have mistakes, what was served goes on. SIGTERM, or \
            Ctrl-C, lets end what has begun, for 40 seconds at most; a second one ends the process at once, and nothing \
            that was acknowledged is lost. One process serves a workspace. Standard output tells one \
            line once requests are taken, standard error is the log. JSON of that line: {address, workspace, \
            connections}. Exit code 2 where it cannot listen, or the workspace is served already.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Option(name: .long, help: "The port to listen at; 0 chooses a free one.") var port = 8086
    @Option(name: .long, help: "The address of this machine to listen at.") var host = "127.0.0.1"

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be from 0 to 65535") }
    }

    func run() async throws {
        guard WorkspaceMaker(folder: options.workspace).exists else {
            throw WorkspaceError.notAWorkspace(path: options.workspace)
        }
        let logger = Self.logger()
        let signals = EndSignals(logger)
        let asked = signals.asked
        let claim = try ServingClaim(folder: options.workspace)
        defer { withExtendedLifetime((claim, signals)) {} }
        let server = try await server(logger, hooks: HookTally())
        async let _ = EndSignals.stop(server, when: asked)
        try await server.run { show($0, server.workspace) }
        logger.info("has ended")
    }

    private func server(_ logger: Logger, hooks: HookTally) async throws -> GatewayServer {
        var host = try await options.host()
        host.log = { logger.info("\($0)") }
        let inbox = InboxReception(host.store, tally: hooks)
        let served = try await ServedGateway(host, read: try options.reader()) { host in
            let receiver = CallbackReceiver(host, inbox: inbox)
            for fault in receiver.faults { logger.error("a connection takes no requests: \(fault)") }
            return receiver
        }
        return GatewayServer(
            served, inbox: inbox, at: GatewayServer.Address(host: self.host, port: port), board: WorkerBoard(),
            hooks: hooks,
            schemas: ["metric.json": MetricSchema.text, "metric-answer.json": MetricSchema.answer],
            version: Plumbline.configuration.version, logger: logger)
    }

    private func show(_ address: GatewayServer.Address, _ workspace: Workspace) {
        let names = workspace.connections.map(\.name)
        if options.isJSON {
            return printJSON([
                "address": .string("http://\(address)"), "workspace": .string(options.workspace),
                "connections": .array(names.map(JSON.string)),
            ])
        }
        let none = "no connections yet; 'plumbline init --from CONNECTOR' adds one"
        let connections = names.isEmpty ? none : "connections: \(names.joined(separator: ", "))"
        StandardOutput.line("Plumbline serves http://\(address), workspace \(options.workspace), \(connections)")
    }

    private static func logger() -> Logger {
        Logger(label: "plumbline") { _ in
            LineLogHandler(now: { WorkspaceOptions.now().rfc3339 }) { StandardError.write($0) }
        }
    }
}

extension ServingError: CommandFailure {
    var message: String { description }
    var exitCode: ExitCode {
        switch self {
        case .cannotListen: .mistakes
        case .ended: .failure
        }
    }
}
