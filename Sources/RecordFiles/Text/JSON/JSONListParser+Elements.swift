import PlumblineKit

// The elements of the list.
extension JSONListParser {
    /// Faults so near to the window's end may come from a value that is cut: the longest escape, and a word.
    private static let uncertain = 16

    /// Reads an element, or rejects it; false when its end has not come yet.
    @inline(__always)
    mutating func element(
        _ base: UnsafePointer<UInt8>, _ budget: inout BatchBudget, _ batch: inout SourceBatch
    ) throws(FileFault) -> Bool {
        guard window.isClosed || window.count >= wanted else { return false }
        var scanner = JSONScanner(base, from: window.start, to: window.end, limits: limits)
        do throws(JSONFault) {
            if base[window.start] == UInt8(ascii: "{") {
                try record.read(&scanner)
                finish(base, at: scanner.place, &budget, &batch)
                return true
            }
            let value = try scanner.value()
            if scanner.place >= window.end, !window.isClosed { return try wait() }
            let kind = JSONRecord.kind(value.kind, isList: base[value.start] == UInt8(ascii: "["))
            let fault = FileFault(
                at: place(window.start), zh: "应为一个对象，实际为\(kind.zh)", en: "expected an object, got \(kind.en)")
            reject(fault, base, to: scanner.place, &budget, &batch)
            return true
        } catch {
            return try leave(error, base, &budget, &batch)
        }
    }

    @inline(__always)
    private mutating func finish(
        _ base: UnsafePointer<UInt8>, at end: Int, _ budget: inout BatchBudget, _ batch: inout SourceBatch
    ) {
        if let found = window.firstFault(before: end) {
            let fault = FileFault(at: place(base, found.index), window.reason(found.fault))
            return reject(fault, base, to: end, &budget, &batch)
        }
        record.append(from: base, to: &batch)
        batch.rows.append(SourceBatch.Place(line: window.line, end: window.fileOffset(end)))
        budget.count()
        pass(base, to: end)
    }

    private mutating func reject(
        _ fault: FileFault, _ base: UnsafePointer<UInt8>, to end: Int, _ budget: inout BatchBudget,
        _ batch: inout SourceBatch
    ) {
        let raw = UnsafeBufferPointer(start: base + window.start, count: end - window.start)
        budget.reject(fault, line: window.line, raw: raw, in: &batch)
        pass(base, to: end)
    }

    private mutating func pass(_ base: UnsafePointer<UInt8>, to end: Int) {
        advance(base, to: end)
        state = .behindElement
        wanted = 0
    }

    /// Waits for as many bytes again.
    private mutating func wait() throws(JSONFault) -> Bool {
        wanted = window.count * 2
        return false
    }

    /// Decides about an element that cannot be read.
    private mutating func leave(
        _ fault: JSONFault, _ base: UnsafePointer<UInt8>, _ budget: inout BatchBudget, _ batch: inout SourceBatch
    ) throws(FileFault) -> Bool {
        let isCut = !window.isClosed && fault.problem != .tooLong && fault.reached + Self.uncertain >= window.end
        let isTooLong = isCut && window.count > limits.recordBytes
        if isCut, !isTooLong {
            wanted = window.count * 2
            return false
        }
        if let found = window.firstFault(before: fault.place), !fault.isOfContent, !isTooLong {
            throw FileFault(at: place(base, found.index), window.reason(found.fault))
        }
        let told =
            isTooLong
            ? FileFault(
                at: place(window.start), zh: "记录超过 \(limits.recordBytes) 字节",
                en: "the record is longer than \(limits.recordBytes) bytes")
            : FileFault(at: place(base, fault.place), fault.reason(base, end: window.end, limits: limits))
        guard fault.isOfContent || isTooLong else { throw told }
        skip(told, base, &budget, &batch)
        return true
    }

    /// Rejects an element that cannot be walked, and goes to its end by brackets and quotes.
    private mutating func skip(
        _ fault: FileFault, _ base: UnsafePointer<UInt8>, _ budget: inout BatchBudget, _ batch: inout SourceBatch
    ) {
        var running = JSONSkipper()
        if let end = running.skip(base, from: window.start, to: window.end) {
            return reject(fault, base, to: end, &budget, &batch)
        }
        let shown = min(window.count, TextWindow.shownOfLongRecords)
        let raw = UnsafeBufferPointer(start: base + window.start, count: shown)
        budget.reject(fault, line: window.line, raw: raw, in: &batch)
        pass(base, to: window.end)
        skipper = running
    }
}
