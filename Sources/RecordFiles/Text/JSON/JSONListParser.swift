public import PlumblineKit

/// Parses files that are one JSON list of objects, at the top or under a key of the top object (RFC 8259).
///
/// - Shape: a record for each object of the list; its place is the line in which it begins. Members as in
///   ``JSONLinesParser``. What stands beside the list in the top object is skipped by its brackets and quotes.
/// - Rejects: an element that is no object, one with a wanted key twice or broken text, and one over a limit.
/// - Throws: where the syntax breaks, since nothing tells where the next record begins.
public struct JSONListParser: TextParser {
    /// Where in the file the parser stands.
    enum State {
        /// In front of everything.
        case start
        /// Behind the `{` of the top object, where it may close.
        case firstKey
        /// In front of a key of the top object.
        case key
        /// Behind a member of the top object.
        case behindMember
        /// Behind the `[` of the list, where it may close.
        case firstElement
        /// In front of an element.
        case element
        /// Behind an element.
        case behindElement
        /// Behind everything.
        case behind
    }

    let key: String?
    let limits: FileLimits
    var window: TextWindow
    var record: JSONRecord
    var state = State.start
    /// Runs over an element that is left behind, or over a member of the top object.
    var skipper: JSONSkipper?
    /// How many bytes must be held before it is worth trying again.
    var wanted = 0
    /// Where the line begins, counted from the start of the text; nil after going on in the middle of a file.
    var lineStart: Int? = 0
    var hasList = false
    private var failure: FileFault?

    /// A parser for a JSON list.
    ///
    /// - Throws: `FileFault` where the form is another, or the encoding cannot be read.
    public init(_ form: FileForm, _ selection: FieldSelection, limits: FileLimits) throws(FileFault) {
        guard case .json(let key) = form.format else {
            throw FileFault(zh: "这种文件形式不是 JSON 列表", en: "the form is not one of a JSON list")
        }
        self.key = key
        self.limits = limits
        window = try TextWindow(form.encoding)
        record = JSONRecord(selection)
    }

    /// None: each record has its own members.
    public var columns: [String] { [] }

    /// Always.
    public var isReady: Bool { true }

    /// Where the bytes behind the last record begin.
    public var position: TextPosition { window.position }

    /// Never: an object tells its own end.
    public var isLastRecordOpen: Bool { false }

    /// Takes in the next bytes of the file.
    public mutating func feed(_ chunk: UnsafeRawBufferPointer) { window.feed(chunk) }

    /// Says that the file ends here.
    public mutating func close() { window.close() }

    /// Goes on behind a record.
    public mutating func resume(at position: TextPosition) {
        window.restart(at: position)
        (state, skipper, wanted, lineStart, hasList) = (.behindElement, nil, 0, nil, true)
        if position.offset == 0 { (state, lineStart, hasList) = (.start, 0, false) }
    }

    /// Adds elements of the list to `batch`.
    ///
    /// - Throws: `FileFault` where the syntax breaks, and again whenever it is asked for more.
    public mutating func parse(_ count: Int, into batch: inout SourceBatch) throws(FileFault) -> ParsingProgress {
        if let failure { throw failure }
        let storage = window.storage
        var budget = BatchBudget(count, batch)
        do throws(FileFault) {
            return try storage.withUnsafeBufferPointer { bytes throws(FileFault) in
                guard let base = bytes.baseAddress else { return .ended }
                while !budget.isSpent(batch) {
                    guard skip(base), let byte = token(base) else { return try atEnd() }
                    if try !step(base, byte, &budget, &batch) { return try atEnd() }
                }
                return .full
            }
        } catch {
            failure = error
            throw error
        }
    }

    /// The next byte that is no white space; nil when it has not come.
    @inline(__always)
    private mutating func token(_ base: UnsafePointer<UInt8>) -> UInt8? {
        var place = window.start
        while place < window.end, JSONScanner.isSpace(base[place]) { place += 1 }
        if place > window.start { advance(base, to: place) }
        return place < window.end ? base[place] : nil
    }

    /// Goes on behind bytes, and counts their lines.
    mutating func advance(_ base: UnsafePointer<UInt8>, to index: Int) {
        let lines = ByteScan.lineFeeds(base, from: window.start, to: index)
        if lines > 0 {
            var last = index - 1
            while base[last] != .lineFeed { last -= 1 }
            lineStart = window.textOffset + last - window.start + 1
        }
        window.advance(to: index, lines: lines)
    }

    private mutating func skip(_ base: UnsafePointer<UInt8>) -> Bool {
        guard var running = skipper else { return true }
        let next = running.skip(base, from: window.start, to: window.end)
        advance(base, to: next ?? window.end)
        skipper = next == nil ? running : nil
        return next != nil
    }

    /// Takes one step at a byte; false when more bytes are needed.
    @inline(__always)
    private mutating func step(
        _ base: UnsafePointer<UInt8>, _ byte: UInt8, _ budget: inout BatchBudget, _ batch: inout SourceBatch
    ) throws(FileFault) -> Bool {
        switch state {
        case .element: return try element(base, &budget, &batch)
        case .firstElement where byte != UInt8(ascii: "]"):
            state = .element
            return true
        case .behindElement where byte == UInt8(ascii: ","): state = .element
        case .firstElement where byte == UInt8(ascii: "]"),
            .behindElement where byte == UInt8(ascii: "]"):
            state = key == nil ? .behind : .behindMember
        default: return try frameStep(base, byte)
        }
        advance(base, to: window.start + 1)
        return true
    }
}
