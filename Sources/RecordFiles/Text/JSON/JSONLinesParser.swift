import Glibc
public import PlumblineKit

/// Parses files with a JSON object in each line (RFC 8259).
///
/// - Shape: a record for each line that is not empty; a wanted member that an object lacks is `missing`. Numbers keep
///   their text, texts lose their escapes, lists and objects stay JSON. Members that nobody wants are only checked.
/// - Rejects: a line that is no JSON object, one with a wanted key twice or broken text, and one over a limit.
public struct JSONLinesParser: TextParser {
    private let limits: FileLimits
    private var window: TextWindow
    private var record: JSONRecord
    /// How many bytes from the window's start on have no line end.
    private var searched = 0
    /// Whether the line at the window's start is only left behind.
    private var isSkipping = false

    /// A parser for JSON Lines.
    ///
    /// - Throws: `FileFault` where the form is another, or the encoding cannot be read.
    public init(_ form: FileForm, _ selection: FieldSelection, limits: FileLimits) throws(FileFault) {
        guard form.format == .jsonLines else {
            throw FileFault(zh: "这种文件形式不是 JSON Lines", en: "the form is not one of JSON Lines")
        }
        self.limits = limits
        window = try TextWindow(form.encoding)
        record = JSONRecord(selection)
    }

    /// None: each record has its own members.
    public var columns: [String] { [] }

    /// Always.
    public var isReady: Bool { true }

    /// Where the next line begins.
    public var position: TextPosition { window.position }

    /// Whether the last line had no end.
    public private(set) var isLastRecordOpen = false

    /// Takes in the next bytes of the file.
    public mutating func feed(_ chunk: UnsafeRawBufferPointer) { window.feed(chunk) }

    /// Says that the file ends here.
    public mutating func close() { window.close() }

    /// Goes on at a line.
    public mutating func resume(at position: TextPosition) {
        window.restart(at: position)
        (searched, isSkipping) = (0, false)
    }

    /// Adds the records of lines to `batch`. Throws nothing.
    public mutating func parse(_ count: Int, into batch: inout SourceBatch) throws(FileFault) -> ParsingProgress {
        let storage = window.storage
        var budget = BatchBudget(count, batch)
        return storage.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return .ended }
            while !budget.isSpent(batch) {
                guard window.count > 0 else { return window.isClosed ? .ended : .hungry }
                guard let end = lineEnd(base) else {
                    leaveLongLine(base, &budget, &batch)
                    return .hungry
                }
                if !isSkipping { read(base, to: end, &budget, &batch) }
                isLastRecordOpen = end == window.end
                window.advance(to: min(end + 1, window.end), lines: 1)
                (searched, isSkipping) = (0, false)
            }
            return .full
        }
    }

    /// The line feed that ends the first line, or the end of the file; nil when neither has come yet.
    @inline(__always)
    private mutating func lineEnd(_ base: UnsafePointer<UInt8>) -> Int? {
        let from = window.start + searched
        if let found = memchr(base + from, Int32(UInt8.lineFeed), window.end - from) {
            return UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
        searched = window.count
        return window.isClosed ? window.end : nil
    }

    @inline(__always)
    private mutating func read(
        _ base: UnsafePointer<UInt8>, to end: Int, _ budget: inout BatchBudget, _ batch: inout SourceBatch
    ) {
        var scanner = JSONScanner(base, from: window.start, to: end, limits: limits)
        scanner.skipSpace()
        guard scanner.place < end else { return }
        if let fault = fault(&scanner, base, to: end) {
            let next = min(end + 1, window.end)
            let raw = UnsafeBufferPointer(start: base + window.start, count: next - window.start)
            budget.reject(fault, line: window.line, raw: raw, in: &batch)
        } else {
            record.append(from: base, to: &batch)
            let behind = window.fileOffset(min(end + 1, window.end))
            batch.rows.append(SourceBatch.Place(line: window.line, end: behind))
            budget.count()
        }
    }

    /// Reads the line's object; what is wrong with it, if anything is.
    @inline(__always)
    private mutating func fault(
        _ scanner: inout JSONScanner, _ base: UnsafePointer<UInt8>, to end: Int
    ) -> FileFault? {
        do throws(JSONFault) {
            if base[scanner.place] != UInt8(ascii: "{") { return try otherValue(&scanner) }
            try record.read(&scanner)
            try scanner.finish()
        } catch {
            return window.firstFault(before: error.place).map { textFault($0) } ?? told(error, base, to: end)
        }
        return window.firstFault(before: end).map { textFault($0) }
    }

    private func otherValue(_ scanner: inout JSONScanner) throws(JSONFault) -> FileFault {
        let value = try scanner.value()
        let isList = scanner.base[value.start] == UInt8(ascii: "[")
        try scanner.finish()
        let kind = JSONRecord.kind(value.kind, isList: isList)
        return FileFault(
            at: .init(line: window.line), zh: "应为一个对象，实际为\(kind.zh)", en: "expected an object, got \(kind.en)")
    }

    private func textFault(_ found: (index: Int, fault: UTF8Check.Fault)) -> FileFault {
        let place = FileFault.Place(line: window.line, column: found.index - window.start + 1)
        return FileFault(at: place, window.reason(found.fault))
    }

    private func told(_ fault: JSONFault, _ base: UnsafePointer<UInt8>, to end: Int) -> FileFault {
        let place = FileFault.Place(line: window.line, column: fault.place - window.start + 1)
        return FileFault(at: place, fault.reason(base, end: end, limits: limits))
    }

    /// Lets go of a line whose end has not come, once it is too long.
    private mutating func leaveLongLine(
        _ base: UnsafePointer<UInt8>, _ budget: inout BatchBudget, _ batch: inout SourceBatch
    ) {
        guard isSkipping || window.count > limits.recordBytes else { return }
        if !isSkipping {
            var scanner = JSONScanner(base, from: window.start, to: window.end, limits: limits)
            scanner.skipSpace()
            let shown = min(window.count, TextWindow.shownOfLongRecords)
            let raw = UnsafeBufferPointer(start: base + window.start, count: shown)
            budget.reject(longLineFault(&scanner, base), line: window.line, raw: raw, in: &batch)
        }
        isSkipping = true
        window.advance(to: window.end, lines: 0)
        searched = 0
    }

    private mutating func longLineFault(_ scanner: inout JSONScanner, _ base: UnsafePointer<UInt8>) -> FileFault {
        do throws(JSONFault) { try record.read(&scanner) } catch {
            if error.problem == .tooLong { return told(error, base, to: window.end) }
        }
        return FileFault(
            at: .init(line: window.line), zh: "记录超过 \(limits.recordBytes) 字节",
            en: "the record is longer than \(limits.recordBytes) bytes")
    }
}

extension JSONRecord {
    /// A kind of value in words.
    static func kind(_ kind: SourceBatch.Kind, isList: Bool) -> LocalizedText {
        switch kind {
        case .missing, .null: LocalizedText(zh: "空值", en: "null")
        case .no, .yes: LocalizedText(zh: "真假值", en: "a boolean")
        case .number: LocalizedText(zh: "数字", en: "a number")
        case .text: LocalizedText(zh: "文本", en: "text")
        case .json: isList ? LocalizedText(zh: "列表", en: "a list") : LocalizedText(zh: "对象", en: "an object")
        }
    }
}
