public import PlumblineKit

/// What the first rows of a table tell, be they of a text or of a sheet.
public struct TableRecognition {
    /// Where the header stands in the rows.
    public let header: Int
    /// The columns that the header names.
    public private(set) var columns: [RecognisedColumn] = []
    var remarks: [LocalizedText] = []
    private var asked: [FileQuestion] = []
    private let isSure: Bool
    private var hasSecondHeader = false

    /// Looks at the first rows of a table.
    public init(_ rows: [[String]]) {
        let guess = HeaderGuess(rows)
        (header, isSure) = (guess.index, guess.isSure)
        guard header < rows.count else { return }
        var names = rows[header].map(ColumnName.trimmed)
        while names.count > 1, names.last?.isEmpty == true { names.removeLast() }
        let data = rows.dropFirst(header + 1)
        for (place, name) in names.enumerated() { add(name, place, data) }
        tell(names)
        hasSecondHeader = isSecondHeader(data)
    }

    /// The remarks, with the lines of the rows.
    public func remarks(_ lines: [Int]) -> [LocalizedText] {
        guard header > 0, header < lines.count else { return remarks }
        let line = lines[header]
        let above = LocalizedText(
            zh: "列名在第 \(line) 行，其上的内容不读取", en: "the columns are named in line \(line); what stands above is not read")
        return [above] + remarks
    }

    /// The questions, with the lines of the rows.
    public func questions(_ lines: [Int]) -> [FileQuestion] {
        var questions: [FileQuestion] = isSure ? [] : [.header]
        if hasSecondHeader, header + 1 < lines.count { questions.append(.secondHeader(line: lines[header + 1])) }
        return questions + asked
    }

    private mutating func add(_ name: String, _ place: Int, _ data: ArraySlice<[String]>) {
        let values = data.compactMap { place < $0.count && !$0[place].isEmpty ? $0[place] : nil }
        var (column, question) = ValueGuess(values).column(name)
        if column.type == .text, values.count > 2, HeaderGuess.isName(values[0]) {
            // A second header would make every column text.
            let below = ValueGuess(Array(values.dropFirst())).column(name)
            if below.column.type != .text { (column, question) = below }
        }
        columns.append(column)
        if let question { asked.append(question) }
    }

    private mutating func tell(_ names: [String]) {
        var seen: Set<String> = []
        for (place, name) in names.enumerated() {
            if name.isEmpty {
                remarks.append(
                    LocalizedText(zh: "表头中第 \(place + 1) 列没有名称", en: "column \(place + 1) has no name in the header"))
            } else if !seen.insert(name).inserted {
                remarks.append(LocalizedText(zh: "表头中“\(name)”出现了两次", en: "the header names '\(name)' twice"))
            }
        }
    }

    /// Whether the first row holds names where the others hold values.
    private func isSecondHeader(_ data: ArraySlice<[String]>) -> Bool {
        guard let first = data.first, data.count > 2 else { return false }
        let cells = first.filter { !$0.isEmpty }
        guard cells.allSatisfy(HeaderGuess.isName), Set(cells).count == cells.count else { return false }
        return zip(columns, first).contains { column, cell in
            column.type != .text && column.type != .boolean && !cell.isEmpty
        }
    }
}
