import PlumblineKit

// Why rows are rejected, and where reading goes on.
extension CSVParser {
    /// What is wrong with a row that was found whole.
    @inline(__always)
    func rowFault(_ base: UnsafePointer<UInt8>, _ next: Int) -> FileFault? {
        if let found = window.firstFault(before: next) {
            return FileFault(at: place(base, found.index), window.reason(found.fault))
        }
        let expected = header?.names.count ?? 0
        return scanner.count == expected ? nil : raggedFault(expected)
    }

    private func raggedFault(_ expected: Int) -> FileFault? {
        if scanner.count > expected, scanner.count <= limits.columns,
            (expected..<scanner.count).allSatisfy({ scanner[$0].count == 0 })
        {
            return nil
        }
        return FileFault(
            at: .init(line: window.line), zh: "应与表头一样有 \(expected) 个单元格，实际有 \(scanner.count) 个",
            en: "expected \(expected) cells as in the header, got \(scanner.count)")
    }

    mutating func reject(
        _ fault: CSVScanner.Fault, _ base: UnsafePointer<UInt8>, _ budget: inout BatchBudget,
        _ batch: inout SourceBatch
    ) -> Bool {
        let told = self.fault(fault, base)
        switch fault {
        case .longCell: rejectStart(told, base, &budget, &batch)
        case .stray(_, let opened), .unclosed(let opened):
            let next = behindLine(base, opened)
            let isCut = next == window.end && base[next - 1] != .lineFeed
            if isCut, !window.isClosed { return wait(base, &budget, &batch) }
            let line = place(base, opened).line
            let raw = bytes(base, window.start, next)
            budget.reject(told, line: line, raw: raw, in: &batch)
            window.advance(to: next, lines: line - window.line + 1)
            wanted = 0
        }
        return true
    }

    func fault(_ fault: CSVScanner.Fault, _ base: UnsafePointer<UInt8>) -> FileFault {
        switch fault {
        case .stray(let index, _):
            FileFault(at: place(base, index), zh: "右引号之后应为分隔符", en: "expected the delimiter after the closing quote")
        case .unclosed(let opened):
            FileFault(at: .init(line: place(base, opened).line), zh: "引号没有闭合", en: "a quote is not closed")
        case .longCell(let index):
            FileFault(
                at: place(base, index), zh: "单元格超过 \(limits.cellBytes) 字节",
                en: "the cell is longer than \(limits.cellBytes) bytes")
        }
    }

    /// Rejects a row that is not held to its end, and skips it.
    mutating func rejectStart(
        _ fault: FileFault, _ base: UnsafePointer<UInt8>, _ budget: inout BatchBudget, _ batch: inout SourceBatch
    ) {
        let shown = min(window.end, window.start + TextWindow.shownOfLongRecords)
        budget.reject(fault, line: window.line, raw: bytes(base, window.start, shown), in: &batch)
        skipper = CSVSkipper(delimiter: scanner.delimiter)
        wanted = 0
    }

    /// Goes to the end of a row that is skipped; false when it has not come yet.
    @inline(__always)
    mutating func skip(_ base: UnsafePointer<UInt8>) -> Bool {
        guard var running = skipper else { return true }
        let next = running.skip(base, from: window.start, to: window.end)
        window.advance(to: next ?? window.end, lines: running.lines)
        skipper = next == nil ? running : nil
        return next != nil
    }

    func behindLine(_ base: UnsafePointer<UInt8>, _ start: Int) -> Int {
        var place = start
        while place < window.end, base[place] != .lineFeed, base[place] != .carriageReturn { place += 1 }
        guard place < window.end else { return place }
        let isPair = base[place] == .carriageReturn && place + 1 < window.end && base[place + 1] == .lineFeed
        return place + (isPair ? 2 : 1)
    }

    /// Line and column of an index in the row.
    func place(_ base: UnsafePointer<UInt8>, _ index: Int) -> FileFault.Place {
        var (line, begin) = (window.line, window.start)
        for place in window.start..<index {
            let isReturn = base[place] == .carriageReturn && base[place + 1] != .lineFeed
            if base[place] == .lineFeed || isReturn { (line, begin) = (line + 1, place + 1) }
        }
        return FileFault.Place(line: line, column: index - begin + 1)
    }

    func bytes(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: base + start, count: end - start)
    }
}
