internal import CSandbox
internal import Glibc
internal import PlumblineKit

/// A program that runs, as the descriptors by which the host holds it.
struct StartedChild: Sendable {
    /// The process that keeps the program; the program is its child.
    let keeper: pid_t
    /// The program's own number where it has no namespaces, else 0.
    let program: pid_t
    let output: Int32
    let errors: Int32
    /// Tells the program's end.
    let report: Int32
    /// Closing it ends everything.
    let lifeline: Int32

    /// Why there is no child.
    enum Failure: Error {
        /// The system gives no namespaces, for this reason.
        case namespaces(String)
        case other(ConnectorError)
    }

    /// What is to be started, and under which limits.
    struct Order {
        let program: String
        let arguments: [String]
        let environment: [String: String]
        let folder: PrivateFolder
        let user: ProgramUser
        var isolates: Bool
        let hidden: [String]
        let options: SandboxOptions
    }

    /// Starts a program; returns once it runs.
    init(_ order: Order) throws(Failure) {
        let pipes = try Pipes()
        keeper = Self.start(order, pipes)
        let error = errno
        pipes.closeChildEnds()
        (output, errors, report, lifeline) = (pipes.output.own, pipes.errors.own, pipes.report.own, pipes.lifeline.own)
        guard keeper > 0 else {
            pipes.closeOwnEnds()
            throw Self.failure("start a process", error, concernsNamespaces: order.isolates)
        }
        let first = Self.nextReport(report)
        program = first?.detail ?? 0
        if first?.kind == Int32(csandbox_ready) { return }
        pipes.closeOwnEnds()
        Self.reap(keeper)
        throw Self.failure(first, order)
    }

    /// Waits until the keeper has gone, so that nothing is left of it. Whether it was ended before it had done its work.
    @discardableResult
    static func reap(_ keeper: pid_t) -> Bool {
        var status: Int32 = 0
        while waitpid(keeper, &status, 0) < 0 && errno == EINTR {}
        return status & 0x7F != 0
    }

    /// Waits until the keeper has gone. Where the program ended it, the program itself and its group are ended here.
    func reap() {
        if Self.reap(keeper), program > 0 { kill(-program, SIGKILL) }
    }

    /// The next thing that the keeper tells; nil where it has gone.
    static func nextReport(_ report: Int32) -> csandbox_report? {
        var message = csandbox_report()
        let size = MemoryLayout<csandbox_report>.size
        var count = 0
        repeat { count = read(report, &message, size) } while count < 0 && errno == EINTR
        return count == size ? message : nil
    }

    private static func failure(_ report: csandbox_report?, _ order: Order) -> Failure {
        guard let report else { return failure("keep a process", 0, concernsNamespaces: false) }
        switch Int(report.detail) {
        case csandbox_user_map, csandbox_mounts:
            return failure("make namespaces", report.error, concernsNamespaces: true)
        case csandbox_hiding: return failure("hide what is not the program's own", report.error)
        case csandbox_folder: return failure("enter the folder \(order.folder.path)", report.error)
        case csandbox_limits: return failure("set the limits of 'sandbox'", report.error)
        case csandbox_user: return failure("become the user '\(order.user.name)'", report.error)
        case csandbox_exec: return .other(startFailure(report.error, order))
        default: return failure("start the program", report.error)
        }
    }

    /// Why the system does not start the program: for now, or because it cannot be.
    private static func startFailure(_ error: Int32, _ order: Order) -> ConnectorError {
        switch error {
        case EAGAIN:
            .unavailable(
                reason: "\(order.program) does not start: user '\(order.user.name)' has more processes than "
                    + "'sandbox: processes' allows, those of other connections among them; another 'user' has its own",
                retryAfter: nil)
        case ENOMEM, ENFILE, EMFILE, ETXTBSY, EIO:
            .unavailable(reason: "\(order.program) does not start now: \(text(error))", retryAfter: nil)
        default:
            .settings(
                field: "command",
                reason:
                    "\(order.program) does not start as user '\(order.user.name)' (\(text(error))): that user must be able "
                    + "to read and run it and its interpreter; 'user' under 'sandbox' names another")
        }
    }

    /// What the system answers where it gives no namespaces; anything else is another trouble and may pass.
    private static let refusals: Set = [EPERM, EACCES, EINVAL, ENOSYS, ENOSPC, EUSERS]

    private static func failure(_ what: String, _ error: Int32, concernsNamespaces: Bool = false) -> Failure {
        concernsNamespaces && refusals.contains(error)
            ? .namespaces(text(error))
            : .other(.unavailable(reason: "cannot \(what): \(text(error))", retryAfter: nil))
    }

    private static func text(_ error: Int32) -> String { String(cString: strerror(error)) }
}

extension StartedChild {
    private static func start(_ order: Order, _ pipes: Pipes) -> pid_t {
        let variables = order.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let folder = order.folder
        let places = [order.program, folder.folders.path, folder.path, folder.name]
        return CStrings.with([order.arguments, variables, order.hidden, places]) { lists in
            CStrings.whole(lists[3], count: places.count) { texts in
                var wanted = csandbox_order(
                    program: texts[0], arguments: lists[0], environment: lists[1], folders: texts[1], folder: texts[2],
                    name: texts[3], folders_descriptor: folder.folders.descriptor, folder_descriptor: folder.descriptor,
                    output: pipes.output.child, errors: pipes.errors.child, lifeline: pipes.lifeline.child,
                    report: pipes.report.child, changes_user: order.user.isOther, user: order.user.number,
                    group: order.user.group, isolates: order.isolates, maps_user: order.isolates && geteuid() != 0,
                    hidden: lists[2], memory: UInt64(order.options.memoryMiB) << 20,
                    processes: UInt64(order.processLimit), file_size: 4 << 30)
                return csandbox_start(&wanted)
            } ?? -1
        }
    }
}

extension StartedChild.Order {
    /// The system counts the processes of a user. Where that is the host's own, and no namespace counts them apart, a limit
    /// would count the host's threads too and is left out.
    var processLimit: Int { user.isOther || isolates && geteuid() != 0 ? options.processes : 0 }
}

/// The two ends of what host and child share.
private struct Pipes {
    struct Pair {
        let own: Int32
        let child: Int32
    }

    let output: Pair
    let errors: Pair
    let report: Pair
    let lifeline: Pair

    init() throws(StartedChild.Failure) {
        var pairs: [Pair] = []
        for _ in 0..<3 {
            var ends: [Int32] = [-1, -1]
            guard csandbox_pipe(&ends) == 0 else { throw Self.failure(closing: pairs) }
            pairs.append(Pair(own: ends[0], child: ends[1]))
        }
        var ends: [Int32] = [-1, -1]
        // A socket, for it can be written to without a signal when the other end has gone.
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Self.failure(closing: pairs) }
        (output, errors, report) = (pairs[0], pairs[1], pairs[2])
        lifeline = Pair(own: ends[0], child: ends[1])
    }

    private static func failure(closing pairs: [Pair]) -> StartedChild.Failure {
        let reason = String(cString: strerror(errno))
        for pair in pairs {
            close(pair.own)
            close(pair.child)
        }
        return .other(.unavailable(reason: "cannot start a program: \(reason)", retryAfter: nil))
    }

    private var all: [Pair] { [output, errors, report, lifeline] }

    func closeChildEnds() { for pair in all { close(pair.child) } }

    func closeOwnEnds() { for pair in all { close(pair.own) } }
}

/// Lists of texts as C wants them, as long as a call lasts.
private enum CStrings {
    typealias List = UnsafePointer<UnsafePointer<CChar>?>

    /// The texts of a list; nil where one could not be had.
    static func whole<Result>(
        _ list: List, count: Int, _ body: ([UnsafePointer<CChar>]) -> Result
    ) -> Result? {
        let texts = (0..<count).compactMap { list[$0] }
        return texts.count == count ? body(texts) : nil
    }

    static func with<Result>(_ lists: [[String]], _ body: ([List]) -> Result) -> Result {
        let texts = lists.map { $0.map { strdup($0) } }
        defer { for text in texts.joined() { free(text) } }
        let arrays = texts.map { texts in
            let array = UnsafeMutablePointer<UnsafePointer<CChar>?>.allocate(capacity: texts.count + 1)
            for (place, text) in texts.enumerated() { (array + place).initialize(to: text.map { UnsafePointer($0) }) }
            (array + texts.count).initialize(to: nil)
            return array
        }
        defer { for array in arrays { array.deallocate() } }
        return body(arrays.map { UnsafePointer($0) })
    }
}
