/// The address of a connection, `/hooks/<connection>`, and the query behind it.
struct HookPath: Hashable {
    /// What stands for the connection. It may be no connection's name.
    let connection: String
    /// What stands behind the `?`, still encoded.
    let query: String

    private static let prefix = "/hooks/"

    /// Takes an address apart; nil where it is none of a connection.
    init?(_ target: String) {
        guard target.hasPrefix(Self.prefix) else { return nil }
        let rest = target.utf8.dropFirst(Self.prefix.utf8.count)
        let end = rest.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
        connection = String(Substring(rest[..<end]))
        query = end < rest.endIndex ? String(Substring(rest[end...].dropFirst())) : ""
    }
}
