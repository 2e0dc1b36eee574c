internal import PlumblineKit

/// What a device asks for: the root that is known to be devices', what stands behind it, and the query.
public struct DeviceAddress: Sendable, Hashable {
    /// Such as `/iclock/`.
    public let root: String
    /// Such as `cdata`.
    public let path: String
    /// What stands behind the `?`, still encoded.
    public let query: String

    /// Takes an address apart; nil where it begins with none of `roots`.
    init?(_ target: String, roots: Set<String>) {
        guard let root = roots.first(where: target.hasPrefix) else { return nil }
        let rest = target.utf8.dropFirst(root.utf8.count)
        let end = rest.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
        self.root = root
        path = String(Substring(rest[..<end]))
        query = end < rest.endIndex ? String(Substring(rest[end...].dropFirst())) : ""
    }
}

/// A device that is listed, with its request's header, whose body may come.
public struct DeviceCaller: Sendable {
    /// The connection that lists it.
    public let connection: String
    /// How long the body may be.
    public let bodyBytes: Int
    let serial: String
    let address: DeviceAddress
    let parameters: DeviceParameters
    let method: HTTPMethod
    let connector: any DeviceAnswering
}

/// What the header of a device's request leads to.
public enum DeviceAdmission: Sendable {
    /// Its body is read.
    case admitted(DeviceCaller)
    /// It is answered before its body has come.
    case refused(DeviceRefusal)
}

/// Why a device's request is not looked at.
public struct DeviceRefusal: Sendable {
    /// What it hears.
    public let reply: CallbackReply
    /// The connection that lists the device; empty where none does.
    public let connection: String
    /// One of a few fixed words.
    public let reason: String
}
