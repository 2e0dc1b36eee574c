/// What a stream's position is worth: it counts only for the mapping it was reached with.
struct StreamPosition {
    let mapping: String
    let cursor: String

    init(mapping: String, cursor: String) {
        self.mapping = mapping
        self.cursor = cursor
    }

    /// Reads a position as the store keeps it; nil where there is none.
    init?(_ text: String?) {
        guard let text, let end = text.firstIndex(of: "\n") else { return nil }
        mapping = String(text[..<end])
        cursor = String(text[text.index(after: end)...])
    }

    var text: String { "\(mapping)\n\(cursor)" }
}
