/// A place in a stream. The host stores its text and never looks inside.
public struct Cursor: Sendable, Hashable {
    /// What the host stores.
    public let text: String

    /// A cursor as the host stored it.
    public init(text: String) {
        self.text = text
    }

    /// A cursor that holds `state`, which `state()` gives back.
    public init(_ state: JSON) {
        text = state.text
    }

    /// The state that the connector put in.
    ///
    /// - Throws: `ConnectorError.unexpected` when the text is not one that `init(_ state:)` made.
    public func state() throws(ConnectorError) -> JSON {
        do {
            return try JSON.parse(Array(text.utf8))
        } catch {
            throw .unexpected(reason: "the stored cursor is not readable (\(error)); reset the stream to read it anew")
        }
    }
}
