/// A JSON value that is not of the documented shape.
public struct JSONShapeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was expected where, and what stood there.
    public let reason: String

    /// An error with this reason.
    public init(reason: String) {
        self.reason = reason
    }

    /// As `reason`.
    public var description: String { reason }
}

/// Reading members that must be there. Connectors turn the error into a rejected record, or into
/// `ConnectorError.unexpected` where a whole answer is meant.
extension JSON {
    /// The text of a string or number under `key`.
    public func text(at key: String) throws(JSONShapeError) -> String {
        try required(key, "text or a number") { $0.scalarText }
    }

    /// The text under `key`; a number is none.
    public func string(at key: String) throws(JSONShapeError) -> String {
        try required(key, "text") { $0.string }
    }

    /// The whole number under `key`.
    public func int(at key: String) throws(JSONShapeError) -> Int {
        try required(key, "a whole number") { $0.int }
    }

    /// The elements of the list under `key`.
    public func array(at key: String) throws(JSONShapeError) -> [JSON] {
        try required(key, "a list") { $0.array }
    }

    /// The object under `key`, as a value to read on from.
    public func object(at key: String) throws(JSONShapeError) -> JSON {
        try required(key, "an object") { $0.object == nil ? nil : $0 }
    }

    private func required<Value>(
        _ key: String, _ wanted: String, _ read: (JSON) -> Value?
    ) throws(JSONShapeError) -> Value {
        guard let member = self[key] else {
            throw JSONShapeError(reason: "expected \(wanted) at '\(key)', there is no such member")
        }
        guard let value = read(member) else {
            throw JSONShapeError(reason: "expected \(wanted) at '\(key)', got \(member.kind)")
        }
        return value
    }
}
