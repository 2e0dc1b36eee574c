/// Finds the cells of one row.
///
/// Lives on the sentinel of ``TextWindow``: a line feed behind the last byte stops every search.
struct CSVScanner {
    /// A cell's bytes, without the quotes around them.
    struct Span {
        var start: UInt32 = 0
        var count: UInt32 = 0
        /// Whether two quotes in it stand for one.
        var isEscaped = false
    }

    /// What became of a row.
    enum Outcome {
        /// It is whole; the next one begins there.
        case row(next: Int)
        /// Its end is not in the window.
        case hungry
        case fault(Fault)
    }

    /// Why a row cannot be read; places are indices in the window.
    enum Fault {
        /// Something stands behind a closing quote.
        case stray(at: Int, opened: Int)
        case unclosed(opened: Int)
        case longCell(at: Int)
    }

    /// A quoted cell over more lines than this has a quote that is never closed.
    static let mostLines = 1000

    let delimiter: UInt8
    private let longestCell: Int
    private let delimiters: UInt64
    private let spans: SpanTable

    /// How many cells the row has.
    private(set) var count = 0
    /// How many lines the row takes.
    private(set) var lines = 0
    /// Whether all cells are empty.
    private(set) var isEmpty = true
    /// Whether the row ends with the file and not with a line end.
    private(set) var isOpen = false

    init(delimiter: UInt8, limits: FileLimits) {
        self.delimiter = delimiter
        longestCell = limits.cellBytes
        delimiters = ByteScan.spread(delimiter)
        spans = SpanTable(limits.columns)
    }

    /// A cell of the row just read; cells beyond the most columns are counted and not kept.
    @inline(__always)
    subscript(column: Int) -> Span { spans.first[column] }

    /// Reads the row that begins at `start`.
    mutating func scan(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int, isClosed: Bool) -> Outcome {
        (count, lines, isEmpty, isOpen) = (0, 1, true, false)
        var place = start
        while true {
            var stop: Int
            if base[place] == .quote {
                switch quoted(base, from: place, to: end, isClosed: isClosed) {
                case .closed(let behind): stop = behind
                case .hungry: return .hungry
                case .fault(let fault): return .fault(fault)
                }
            } else {
                stop = plainEnd(base, from: place)
                if stop - place > longestCell { return .fault(.longCell(at: place)) }
                keep(Span(start: UInt32(truncatingIfNeeded: place), count: UInt32(truncatingIfNeeded: stop - place)))
            }
            guard stop < end else {
                isOpen = true
                return isClosed ? .row(next: end) : .hungry
            }
            let byte = base[stop]
            place = stop + 1
            if byte == delimiter { continue }
            guard byte == .carriageReturn else { return .row(next: place) }
            guard place < end || isClosed else { return .hungry }
            return .row(next: place < end && base[place] == .lineFeed ? place + 1 : place)
        }
    }

    /// The delimiter or line end behind a cell without quotes.
    @inline(__always)
    private func plainEnd(_ base: UnsafePointer<UInt8>, from start: Int) -> Int {
        var place = start
        while true {
            let word = ByteScan.word(base, place)
            let found =
                ByteScan.zeros(word ^ delimiters) | ByteScan.zeros(word ^ ByteScan.spread(.lineFeed))
                | ByteScan.zeros(word ^ ByteScan.spread(.carriageReturn))
            if found != 0 { return place + ByteScan.lowest(found) }
            place += 8
        }
    }

    @inline(__always)
    private mutating func keep(_ span: Span) {
        if count < spans.count { spans.first[count] = span }
        count += 1
        if span.count > 0 { isEmpty = false }
    }
}

extension CSVScanner {
    /// What became of a cell in quotes.
    private enum Quoted {
        /// The delimiter, line end or end of the file behind it.
        case closed(behind: Int)
        case hungry
        case fault(Fault)
    }

    /// A cell in quotes. A single quote within is text where nothing else can be meant: the cell is closed later in the
    /// same line, and no delimiter stands between.
    private mutating func quoted(
        _ base: UnsafePointer<UInt8>, from open: Int, to end: Int, isClosed: Bool
    ) -> Quoted {
        var place = open + 1
        var isEscaped = false
        var stray: Int?
        var inner = 0
        while true {
            let stop = quotedStop(base, from: place, orDelimiter: stray != nil)
            if min(stop, end) - open > longestCell { return .fault(.longCell(at: open)) }
            guard stop < end else { return atEnd(stray, open, isClosed) }
            if base[stop] != .quote {
                if let stray { return .fault(.stray(at: stray, opened: open)) }
                guard stop + 1 < end || isClosed else { return .hungry }
                let isPair = base[stop] == .carriageReturn && stop + 1 < end && base[stop + 1] == .lineFeed
                inner += 1
                if inner > Self.mostLines { return .fault(.unclosed(opened: open)) }
                place = stop + (isPair ? 2 : 1)
            } else if stop + 1 < end, base[stop + 1] == .quote {
                isEscaped = true
                place = stop + 2
            } else {
                let behind = behindSpaces(base, from: stop + 1, to: end)
                guard behind < end || isClosed else { return .hungry }
                if behind == end || isEnd(base[behind]) {
                    let start = UInt32(truncatingIfNeeded: open + 1)
                    keep(Span(start: start, count: UInt32(truncatingIfNeeded: stop) - start, isEscaped: isEscaped))
                    lines += inner
                    return .closed(behind: behind)
                }
                stray = stray ?? stop + 1
                place = stop + 1
            }
        }
    }

    private func atEnd(_ stray: Int?, _ open: Int, _ isClosed: Bool) -> Quoted {
        guard isClosed else { return .hungry }
        return .fault(stray.map { .stray(at: $0, opened: open) } ?? .unclosed(opened: open))
    }

    /// The next quote or line end.
    private func quotedStop(_ base: UnsafePointer<UInt8>, from start: Int, orDelimiter: Bool) -> Int {
        let also = orDelimiter ? delimiters : ByteScan.spread(.quote)
        var place = start
        while true {
            let word = ByteScan.word(base, place)
            let found =
                ByteScan.zeros(word ^ ByteScan.spread(.quote)) | ByteScan.zeros(word ^ ByteScan.spread(.lineFeed))
                | ByteScan.zeros(word ^ ByteScan.spread(.carriageReturn)) | ByteScan.zeros(word ^ also)
            if found != 0 { return place + ByteScan.lowest(found) }
            place += 8
        }
    }

    private func behindSpaces(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        var place = start
        while place < end, base[place] == .space || base[place] == .tab, base[place] != delimiter { place += 1 }
        return place
    }

    private func isEnd(_ byte: UInt8) -> Bool { byte == delimiter || byte == .lineFeed || byte == .carriageReturn }
}

/// Room for the cells of a row, used again for every row.
final class SpanTable {
    let first: UnsafeMutablePointer<CSVScanner.Span>
    let count: Int

    init(_ count: Int) {
        self.count = max(1, count)
        first = .allocate(capacity: self.count)
        first.initialize(repeating: CSVScanner.Span(), count: self.count)
    }

    deinit { first.deallocate() }
}
