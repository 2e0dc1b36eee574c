internal import Dispatch
internal import Foundation
internal import Glibc
internal import PlumblineKit
internal import Synchronization

/// Starts the programs of one connection and ends them with it.
final class SandboxedPrograms: ProgramLauncher {
    private let options: SandboxOptions
    private let workspace: String
    private let log: @Sendable (String) -> Void
    private let state = Mutex(State())

    private struct State {
        var running: [SandboxedProgram] = []
        var isClosed = false
        /// Why the system gives no namespaces; nil where it gives them, or was not asked yet.
        var refusal: String?
        /// How the last program was started, in lines for people.
        var last: [String] = []
    }

    /// A launcher whose programs do not see the workspace in the folder `workspace`, where that can be.
    init(options: SandboxOptions, workspace: String, log: @escaping @Sendable (String) -> Void) {
        self.options = options
        self.workspace = URL(filePath: workspace).resolvingSymlinksInPath().path
        self.log = log
    }

    func start(_ order: ProgramOrder) async throws(ConnectorError) -> any RunningProgram {
        if Task.isCancelled || state.withLock(\.isClosed) { throw .cancelled }
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<SandboxedProgram, ConnectorError>, Never>) in
            DispatchQueue.global().async { continuation.resume(returning: self.started(order)) }
        }
        let program = try result.get()
        let isClosed = state.withLock { state in
            state.running.append(program)
            return state.isClosed
        }
        if isClosed {
            await program.stop()
            throw .cancelled
        }
        return program
    }

    /// Ends all that run; none is started any more.
    func close() async {
        let running = state.withLock { state in
            state.isClosed = true
            defer { state.running = [] }
            return state.running
        }
        for program in running { await program.stop() }
    }

    func isolation() async -> [String] {
        var lines: [String] = []
        if let user = try? ProgramUser(options.user) {
            lines.append(
                user.isOther
                    ? "runs as user \(user.name)"
                    : "runs as the host's own user, whose files it can read: start the host as root and name a 'user'")
        }
        let (refusal, last) = state.withLock { ($0.refusal, $0.last) }
        let namespaces =
            options.namespaces == .off || refusal != nil
            ? "has no namespaces of its own (\(refusal ?? "off"))" : "has its own namespaces"
        lines.append(last.isEmpty ? "was not started, so that nobody knows how it is kept apart" : namespaces)
        lines += last
        lines.append(
            "may take \(options.timeOut.components.seconds) s, be silent for \(options.silence.components.seconds) s, "
                + "and use \(options.memoryMiB) MiB of private memory in each process; neither its network, the sum of its "
                + "processes, nor what it writes to disks is limited")
        return lines
    }
}

extension SandboxedPrograms {
    private func started(_ order: ProgramOrder) -> Result<SandboxedProgram, ConnectorError> {
        do throws(ConnectorError) {
            return .success(try start(order))
        } catch {
            return .failure(error)
        }
    }

    private func start(_ order: ProgramOrder) throws(ConnectorError) -> SandboxedProgram {
        let program = try path(of: order.command.first ?? "")
        let user = try ProgramUser(options.user)
        let folder = try PrivateFolder(files: order.files, for: user)
        do throws(ConnectorError) {
            let started = try start(
                StartedChild.Order(
                    program: program, arguments: [program] + order.command.dropFirst(),
                    environment: Self.environment(in: folder).merging(order.environment) { $1 }, folder: folder,
                    user: user, isolates: false, hidden: hidden(from: program), options: options))
            let tail = DiagnosticTail(redaction: order.redaction, log: log)
            return SandboxedProgram(
                ProgramWatch(started.child, folder: folder, options: options, stay: started.stay, tail: tail))
        } catch {
            folder.remove()
            throw error
        }
    }

    /// Starts with namespaces where they are to be had, else without where that is enough.
    private func start(
        _ order: StartedChild.Order
    ) throws(ConnectorError) -> (child: StartedChild, stay: PlainUsers.Stay?) {
        var order = order
        let refusal = state.withLock(\.refusal)
        let confinement = Confinement(options.namespaces, isOtherUser: order.user.isOther, refusal: refusal)
        if case .refused(let reason) = confinement { throw Confinement.error(reason, wanted: options.namespaces) }
        order.isolates = confinement == .isolated
        let stay = refusal == nil ? nil : try stay(as: order.user)
        do throws(StartedChild.Failure) {
            let child = try StartedChild(order)
            let lines = confinement.told(
                hidesAll: order.hidden == [workspace], limitsProcesses: order.processLimit > 0)
            state.withLock { $0.last = lines }
            return (child, stay)
        } catch {
            stay?.leave()
            switch error {
            case .other(let error): throw error
            case .namespaces(let reason):
                state.withLock { $0.refusal = reason }
                if options.namespaces == .auto, order.user.isOther {
                    log("no namespaces can be had here (\(reason)): the program sees other processes and the workspace")
                }
                return try start(order)
            }
        }
    }

    /// A stay with a user whose programs see each other.
    private func stay(as user: ProgramUser) throws(ConnectorError) -> PlainUsers.Stay {
        if let stay = PlainUsers.all.enter(user.number, for: self) { return stay }
        throw .unavailable(
            reason:
                "another connection's program runs as '\(user.name)' just now, and without namespaces the two could read "
                + "each other's secrets: name a user of its own under 'sandbox'",
            retryAfter: nil)
    }

    private static func environment(in folder: PrivateFolder) -> [String: String] {
        ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder.path, "TMPDIR": folder.path]
    }

    /// The whole workspace, unless the program lies in it: then what nobody else must read of it.
    private func hidden(from program: String) -> [String] {
        let real = URL(filePath: program).resolvingSymlinksInPath().path
        let lies = [program, real].contains { $0.hasPrefix(workspace + "/") }
        let names = [
            "secrets", "data", "backups", "people.csv", "plumbline.sqlite", "plumbline.sqlite-wal",
            "plumbline.sqlite-shm",
        ]
        return lies ? names.map { "\(workspace)/\($0)" } : [workspace]
    }

    private func path(of command: String) throws(ConnectorError) -> String {
        let candidates =
            command.hasPrefix("/")
            ? [command]
            : command.contains("/")
                ? ["\(workspace)/\(command)"] : ["/usr/local/bin", "/usr/bin", "/bin"].map { "\($0)/\(command)" }
        if !command.isEmpty, let found = candidates.first(where: { access($0, F_OK) == 0 }) { return found }
        throw .settings(field: "command", reason: "there is no program '\(command)'")
    }
}
