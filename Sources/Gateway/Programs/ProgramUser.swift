internal import Glibc
internal import PlumblineKit

/// Whom a program runs as.
struct ProgramUser: Sendable, Hashable {
    let name: String
    let number: uid_t
    let group: gid_t
    /// Whether that is another user than the host's own.
    let isOther: Bool

    /// The user of that name; without one `nobody` where the host is root, and else the host's own.
    init(_ named: String?) throws(ConnectorError) {
        let own = geteuid()
        guard let named = named ?? (own == 0 ? "nobody" : nil) else {
            (name, number, group, isOther) = ("\(own)", own, getegid(), false)
            return
        }
        guard let entry = Self.entry(named) else {
            throw .settings(field: "sandbox", reason: "there is no user '\(named)' on this machine")
        }
        guard own == 0 || entry.number == own else {
            throw .settings(
                field: "sandbox", reason: "only root can run a program as '\(named)'; leave 'user' out")
        }
        (name, number, group, isOther) = (named, entry.number, entry.group, entry.number != own)
    }

    private static func entry(_ name: String) -> (number: uid_t, group: gid_t)? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var texts = [CChar](repeating: 0, count: 16_384)
        guard getpwnam_r(name, &entry, &texts, texts.count, &found) == 0, found != nil else { return nil }
        return (entry.pw_uid, entry.pw_gid)
    }
}
