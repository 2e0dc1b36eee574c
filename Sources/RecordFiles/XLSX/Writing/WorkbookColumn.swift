/// A column of a sheet that is written.
public struct WorkbookColumn: Sendable, Hashable {
    /// What is typed into its cells.
    public enum ValueType: Sendable, Hashable {
        case general
        /// Kept as typed: zeros in front of a number stay.
        case text
        case date
        case dateTime
    }

    /// What the header says.
    public var title: String
    /// How its cells are shown.
    public var type: ValueType
    /// In characters.
    public var width: Double
    /// Shown when the pointer rests on the header.
    public var note: String?
    /// What may be chosen; empty for free input.
    public var choices: [String]

    /// A column.
    public init(
        _ title: String, type: ValueType = .general, width: Double = 16, note: String? = nil, choices: [String] = []
    ) {
        self.title = title
        self.type = type
        self.width = width
        self.note = note
        self.choices = choices
    }
}
