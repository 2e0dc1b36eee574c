/// A password or token. Whatever prints it prints `<secret>`.
///
/// The host resolves the reference that stands in the connection (`${file:NAME}`, `${env:NAME}`); a connector calls
/// `reveal()` at the place where the source needs the text, and keeps no copy.
public struct Secret: Sendable, Hashable {
    private let text: String

    /// Wraps a text that must not be seen.
    public init(_ text: String) {
        self.text = text
    }

    /// The text itself, for a request's header or body and nothing else.
    public func reveal() -> String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<secret>`.
    public var description: String { "<secret>" }
    /// Always `<secret>`.
    public var debugDescription: String { "<secret>" }
    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
