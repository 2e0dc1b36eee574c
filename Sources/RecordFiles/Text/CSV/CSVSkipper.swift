/// Finds the end of a row that is too long to be held.
struct CSVSkipper {
    private enum State {
        case start
        case plain
        case quoted
        /// Behind a quote in a quoted cell: its end, or the first of two.
        case quote
    }

    private let delimiter: UInt8
    private var state: State
    private var quotedLines = 0
    /// The byte before was a carriage return that ended the row.
    private var isReturned = false
    /// How many lines were left behind since this was last asked.
    private(set) var lines = 0

    /// Begins in front of a row's cell.
    init(delimiter: UInt8) {
        self.delimiter = delimiter
        state = .start
    }

    /// Where the next row begins; nil when it does not begin before `end`.
    mutating func skip(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int? {
        lines = 0
        var search = Search(delimiter: delimiter)
        var place = start
        while place < end {
            if isReturned { return base[place] == .lineFeed ? place + 1 : place }
            place = search.next(state, base, from: place, to: end)
            guard place < end else { return nil }
            let byte = base[place]
            place += 1
            guard ends(byte) else { continue }
            lines += 1
            if byte == .lineFeed { return place }
            isReturned = true
        }
        return nil
    }

    /// Leaps over bytes that mean nothing.
    private struct Search {
        var quotes = ByteFinder(.quote)
        var lineFeeds = ByteFinder(.lineFeed)
        var returns = ByteFinder(.carriageReturn)
        var delimiters: ByteFinder

        init(delimiter: UInt8) {
            delimiters = ByteFinder(delimiter)
        }

        mutating func next(_ state: State, _ base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
            switch state {
            case .start, .quote: return start
            case .quoted:
                return min(quotes.next(base, from: start, to: end), lineFeeds.next(base, from: start, to: end))
            case .plain:
                let lineEnd = min(
                    lineFeeds.next(base, from: start, to: end), returns.next(base, from: start, to: end))
                return min(lineEnd, delimiters.next(base, from: start, to: end))
            }
        }
    }

    /// Whether the row ends with this byte.
    private mutating func ends(_ byte: UInt8) -> Bool {
        let isLineEnd = byte == .lineFeed || byte == .carriageReturn
        switch state {
        case .quoted where byte == .quote: state = .quote
        case .quoted:
            guard byte == .lineFeed else { return false }
            quotedLines += 1
            // A quote open for so many lines was never meant to be closed.
            if quotedLines > CSVScanner.mostLines { return true }
            lines += 1
        case .quote where byte == .quote: state = .quoted
        case _ where isLineEnd: return true
        case _ where byte == delimiter: state = .start
        case .start where byte == .quote: state = .quoted
        default: state = .plain
        }
        return false
    }
}
