internal import PlumblineKit

/// The columns of a table, and which of them are wanted.
struct CSVHeader {
    /// The names in the file's order, without the spaces around them; empty for a column without a name.
    let names: [String]
    /// For each wanted field its column; -1 where the file has none.
    let wanted: [Int]
    /// For a record as a whole: the columns with a name, and each one's name in JSON with the colon behind it.
    let members: [(column: Int, key: [UInt8])]

    /// - Throws: `FileFault` where a wanted name stands over two columns.
    init(_ cells: [String], _ selection: FieldSelection, line: Int) throws(FileFault) {
        names = Self.names(cells)
        wanted = selection.names.map { [names] name in names.firstIndex(of: name) ?? -1 }
        members = selection == .whole ? Self.members(names) : []
        let needed = selection == .whole ? nil : Set(selection.names)
        var seen: Set<String> = []
        for name in names where !name.isEmpty && needed?.contains(name) != false && !seen.insert(name).inserted {
            throw FileFault(at: .init(line: line), zh: "表头中“\(name)”出现了两次", en: "the header names '\(name)' twice")
        }
    }

    /// The names without the empty ones at the end, which a spreadsheet leaves behind.
    private static func names(_ cells: [String]) -> [String] {
        var names = cells.map(ColumnName.trimmed)
        while names.count > 1, names.last?.isEmpty == true { names.removeLast() }
        return names
    }

    private static func members(_ names: [String]) -> [(column: Int, key: [UInt8])] {
        names.enumerated().filter { !$0.element.isEmpty }.map { column, name in
            var key: [UInt8] = []
            JSONText.append(quoted: Array(name.utf8), to: &key)
            return (column, key + [UInt8(ascii: ":")])
        }
    }
}

/// Names of columns as people write them.
enum ColumnName {
    /// The name without white space of any kind around it.
    static func trimmed(_ name: String) -> String {
        var rest = Substring(name)
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
