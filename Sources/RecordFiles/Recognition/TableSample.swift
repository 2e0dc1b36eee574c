/// The first rows of a table.
struct TableSample {
    /// A row with the line in which it begins.
    struct Row {
        let line: Int
        let cells: [String]

        /// The cells without the empty ones at the end.
        var used: ArraySlice<String> { cells[..<((cells.lastIndex { !$0.isEmpty } ?? -1) + 1)] }
    }

    private(set) var rows: [Row] = []

    /// So many rows tell what a table is.
    static let most = 300

    /// Cuts a text in UTF-8 into rows; the last one is left out where the text is not whole.
    init(_ text: [UInt8], delimiter: UInt8, isWhole: Bool) {
        var scanner = CSVScanner(delimiter: delimiter, limits: FileLimits())
        let end = text.count
        let padded = text + [UInt8](repeating: .lineFeed, count: TextWindow.slack)
        padded.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            var (place, line) = (0, 1)
            while place < end, rows.count < Self.most {
                switch scanner.scan(base, from: place, to: end, isClosed: isWhole) {
                case .row(let next):
                    if !scanner.isEmpty { rows.append(Self.row(scanner, base, line)) }
                    (place, line) = (next, line + scanner.lines)
                case .hungry: return
                case .fault:
                    while place < end, base[place] != .lineFeed { place += 1 }
                    (place, line) = (place + 1, line + 1)
                }
            }
        }
    }

    private static func row(_ scanner: CSVScanner, _ base: UnsafePointer<UInt8>, _ line: Int) -> Row {
        let cells = (0..<min(scanner.count, FileLimits().columns)).map { column in
            var text: [UInt8] = []
            scanner[column].copy(from: base, to: &text)
            return String(decoding: text, as: UTF8.self)
        }
        return Row(line: line, cells: cells)
    }

    /// The width that most rows have, and how many have it.
    var usualWidth: (width: Int, count: Int) {
        var counts: [Int: Int] = [:]
        for row in rows { counts[row.cells.count, default: 0] += 1 }
        let most = counts.max { ($0.value, $0.key) < ($1.value, $1.key) }
        return most.map { ($0.key, $0.value) } ?? (0, 0)
    }

    /// The delimiter with which the most rows have the same width; a comma where nothing cuts the rows.
    static func delimiter(of text: [UInt8], isWhole: Bool) -> UInt8 {
        var best: (delimiter: UInt8, score: Int, width: Int) = (UInt8(ascii: ","), 0, 1)
        for delimiter in [UInt8(ascii: ","), UInt8(ascii: ";"), .tab, UInt8(ascii: "|")] {
            let sample = TableSample(text, delimiter: delimiter, isWhole: isWhole)
            let (width, count) = sample.usualWidth
            guard width > 1 else { continue }
            let score = count * 100 / max(1, sample.rows.count)
            if (score, width) > (best.score, best.width) { best = (delimiter, score, width) }
        }
        return best.delimiter
    }
}
