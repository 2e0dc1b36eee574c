internal import Glibc
internal import PlumblineKit
internal import Synchronization

/// How a program is kept from what is not its own.
enum Confinement: Sendable, Hashable {
    /// In namespaces of its own.
    case isolated
    /// Without namespaces.
    case plain
    /// Not started, for it would see what it must not: why namespaces are not to be had.
    case refused(String)

    /// What is done with a program where `refusal` says why the system gives no namespaces; nil where it gives them.
    ///
    /// Only where the connection says `namespaces: off` may a program have neither a user nor namespaces of its own.
    init(_ wanted: SandboxOptions.Namespaces, isOtherUser: Bool, refusal: String?) {
        switch (wanted, refusal) {
        case (.off, _): self = .plain
        case (_, nil): self = .isolated
        case (.auto, _?) where isOtherUser: self = .plain
        case (_, let refusal?): self = .refused(refusal)
        }
    }

    /// Why a program is not started, with what to do.
    static func error(_ refusal: String, wanted: SandboxOptions.Namespaces) -> ConnectorError {
        let reason = "no namespaces can be had here (\(refusal))"
        guard wanted == .auto else { return .settings(field: "sandbox", reason: reason) }
        return .settings(
            field: "sandbox",
            reason:
                "\(reason), and the program would run as the host's own user: it could read this workspace's secrets. "
                + "Allow namespaces on this machine (the packaged units: RestrictNamespaces=no and SystemCallFilter=@mount in a "
                + "drop-in), run Plumbline as root with a 'user' for the program, or allow it with 'namespaces: off'")
    }

    /// How a program was started, for people.
    func told(hidesAll: Bool, limitsProcesses: Bool) -> [String] {
        let processes = limitsProcesses ? [] : ["its processes are not limited: its user is the host's own"]
        guard self == .isolated else {
            return ["it sees other processes and what its user may read of the workspace's folder"] + processes
        }
        let workspace =
            hidesAll
            ? "and not the workspace"
            : "and of the workspace, in which it lies, neither secrets, data, people nor database"
        return ["it sees no other process, no other program's folder, \(workspace)"] + processes
    }
}

/// Which launchers have programs of which user without namespaces: two of one user could read each other's secrets.
final class PlainUsers: Sendable {
    /// Those of this process.
    static let all = PlainUsers()

    private let holders = Mutex<[uid_t: [ObjectIdentifier]]>([:])

    /// Holds a user for a launcher until the stay is left; nil where another launcher holds it.
    func enter(_ user: uid_t, for launcher: AnyObject) -> Stay? {
        let id = ObjectIdentifier(launcher)
        let isFree = holders.withLock { holders in
            guard holders[user, default: []].allSatisfy({ $0 == id }) else { return false }
            holders[user, default: []].append(id)
            return true
        }
        return isFree ? Stay(users: self, user: user, id: id) : nil
    }

    /// A program's stay with a user, to be left once.
    struct Stay: Sendable {
        fileprivate let users: PlainUsers
        fileprivate let user: uid_t
        fileprivate let id: ObjectIdentifier

        func leave() {
            users.holders.withLock { holders in
                guard let place = holders[user]?.firstIndex(of: id) else { return }
                holders[user]?.remove(at: place)
            }
        }
    }
}
