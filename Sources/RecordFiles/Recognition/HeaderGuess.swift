/// The row that names the columns of a table.
public struct HeaderGuess {
    /// Where the header stands in the rows given.
    public let index: Int
    /// Whether the row looks like one.
    public let isSure: Bool

    /// How far down a header is looked for.
    private static let deepest = 30

    /// Looks for the first row whose cells are all there, differ, and are words, and below which rows have its width.
    public init(_ rows: [[String]]) {
        let used = rows.prefix(Self.deepest + 1).map(Self.used)
        let width = Self.usualWidth(rows.map { Self.used($0).count })
        let found = used.indices.prefix(Self.deepest).first { index in
            Self.isHeader(used[index]) && (used[index].count >= width || rows.count == 1)
                && (index + 1 >= used.count || used[index + 1].count <= used[index].count)
        }
        index = found ?? used.firstIndex { $0.count >= width } ?? 0
        isSure = found != nil
    }

    private static func used(_ row: [String]) -> ArraySlice<String> {
        row[..<((row.lastIndex { !$0.isEmpty } ?? -1) + 1)]
    }

    /// The width that half of the rows reach.
    private static func usualWidth(_ widths: [Int]) -> Int { widths.sorted().dropFirst(widths.count / 2).first ?? 0 }

    private static func isHeader(_ cells: ArraySlice<String>) -> Bool {
        let names = cells.map(ColumnName.trimmed)
        return !names.isEmpty && Set(names).count == names.count && names.allSatisfy(isName)
    }

    /// Whether a cell names something rather than being a value.
    static func isName(_ cell: String) -> Bool {
        !cell.isEmpty && cell.count <= 200 && (try? WrittenNumber(cell)) == nil && (try? WrittenDate(cell)) == nil
            && !["true", "false"].contains(cell.lowercased())
    }
}
