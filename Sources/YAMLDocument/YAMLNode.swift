/// A node of a YAML document that knows where it stands.
public struct YAMLNode: Sendable, Hashable {
    /// Where the node begins.
    public let place: SourcePlace
    /// What the node holds.
    public let content: Content

    /// What a node holds.
    public enum Content: Sendable, Hashable {
        case scalar(Scalar)
        case list([YAMLNode])
        case map([Entry])
    }

    /// A text with the way it was written, which decides whether `true` or `12` is more than text.
    public struct Scalar: Sendable, Hashable {
        /// The text, without quotes and with escapes resolved.
        public let text: String
        /// How the text was written.
        public let style: Style

        /// A text that was written in `style`.
        public init(text: String, style: Style) {
            self.text = text
            self.style = style
        }
    }

    /// How a text was written: without quotes, in single or double quotes, or as a block after `|` or `>`.
    public enum Style: Sendable, Hashable { case plain, quoted, block }

    /// A key of a map with its value.
    public struct Entry: Sendable, Hashable {
        /// The key's text. A map never has two entries with the same key.
        public let key: String
        /// Where the key stands.
        public let place: SourcePlace
        /// What stands at the key; a plain `null` where nothing does.
        public let value: YAMLNode

        /// An entry whose key stands at `place`.
        public init(key: String, place: SourcePlace, value: YAMLNode) {
            self.key = key
            self.place = place
            self.value = value
        }
    }

    /// A node that begins at `place`.
    public init(place: SourcePlace, content: Content) {
        self.place = place
        self.content = content
    }
}

extension YAMLNode {
    /// The scalar's text; nil for lists, maps and a plain `null` in any of YAML's spellings.
    public var text: String? {
        guard case .scalar(let scalar) = content, !isNull else { return nil }
        return scalar.text
    }

    /// Whether the node is an empty or `null` plain scalar.
    public var isNull: Bool {
        guard case .scalar(let scalar) = content, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.text)
    }

    /// The entries of a map; nil for anything else.
    public var entries: [Entry]? {
        guard case .map(let entries) = content else { return nil }
        return entries
    }

    /// The elements of a list; nil for anything else.
    public var elements: [YAMLNode]? {
        guard case .list(let elements) = content else { return nil }
        return elements
    }

    /// The value at `key` of a map; nil where there is none.
    public subscript(key: String) -> YAMLNode? {
        entries?.first { $0.key == key }?.value
    }

    /// A word for the kind of node, for messages.
    public var kindName: String {
        switch content {
        case .scalar: isNull ? "nothing" : "a text"
        case .list: "a list"
        case .map: "a map"
        }
    }

    /// The place of a character inside this scalar's text, such as an expression's.
    ///
    /// Exact for scalars of one line without escapes; a block scalar gives the line and the column inside the text.
    public func place(line: Int, column: Int) -> SourcePlace {
        guard case .scalar(let scalar) = content else { return place }
        switch scalar.style {
        case .plain where line == 1:
            return SourcePlace(file: place.file, line: place.line, column: place.column + column - 1)
        case .quoted where line == 1:
            return SourcePlace(file: place.file, line: place.line, column: place.column + column)
        case .block:
            return SourcePlace(file: place.file, line: place.line + line, column: column)
        default:
            return place
        }
    }
}
