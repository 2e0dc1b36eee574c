internal import PlumblineKit

// The header.
extension CSVParser {
    /// Reads what stands above the first row; false when it has not come yet.
    mutating func readHeader(_ base: UnsafePointer<UInt8>) throws(FileFault) -> Bool {
        guard readPreface(base), skipTitles(base) else { return false }
        while header == nil {
            guard hasEnough else {
                guard window.isClosed else { return false }
                throw FileFault(
                    headerLine == 1
                        ? LocalizedText(
                            zh: "文件是空的，第一行应为表头", en: "the file is empty; its first line must name the columns")
                        : LocalizedText(
                            zh: "文件不到第 \(headerLine) 行就结束了，该行应为表头",
                            en: "the file ends before line \(headerLine), which must name the columns"))
            }
            switch scanner.scan(base, from: window.start, to: window.end, isClosed: window.isClosed) {
            case .row(let next):
                if !scanner.isEmpty { header = try CSVHeader(try names(base, next), selection, line: window.line) }
                window.advance(to: next, lines: scanner.lines)
            case .hungry:
                guard window.count <= limits.recordBytes else {
                    throw FileFault(
                        at: .init(line: window.line), zh: "表头超过 \(limits.recordBytes) 字节",
                        en: "the header is longer than \(limits.recordBytes) bytes")
                }
                wanted = window.count * 2
            case .fault(let fault):
                let told = self.fault(fault, base)
                throw FileFault(at: told.place, zh: "表头：\(told.texts.zh)", en: "in the header, \(told.reason)")
            }
        }
        wanted = 0
        return true
    }

    private func names(_ base: UnsafePointer<UInt8>, _ next: Int) throws(FileFault) -> [String] {
        if let found = window.firstFault(before: next) {
            let reason = window.reason(found.fault)
            throw FileFault(
                at: place(base, found.index), zh: "表头：\(reason.zh)", en: "in the header, \(reason.en)")
        }
        guard scanner.count <= limits.columns else {
            throw FileFault(
                at: .init(line: window.line), zh: "有 \(scanner.count) 列，最多读取 \(limits.columns) 列",
                en: "\(scanner.count) columns; at most \(limits.columns) are read")
        }
        return (0..<scanner.count).map { column in
            var text: [UInt8] = []
            scanner[column].copy(from: base, to: &text)
            return String(decoding: text, as: UTF8.self)
        }
    }

    /// Takes a first line such as `sep=;` at its word; false when the line has not come yet.
    private mutating func readPreface(_ base: UnsafePointer<UInt8>) -> Bool {
        guard hasPreface else { return true }
        guard window.count >= SeparatorLine.longest || window.isClosed else { return false }
        hasPreface = false
        let start = bytes(base, window.start, min(window.end, window.start + SeparatorLine.longest))
        guard let line = SeparatorLine(start) else { return true }
        scanner = CSVScanner(delimiter: line.delimiter, limits: limits)
        window.advance(to: window.start + line.count, lines: 1)
        return true
    }

    /// Skips the lines above the header; false when they have not come yet.
    private mutating func skipTitles(_ base: UnsafePointer<UInt8>) -> Bool {
        while window.line < headerLine, window.count > 0 {
            let next = behindLine(base, window.start)
            let isCut = next == window.end && base[next - 1] != .lineFeed
            if isCut, !window.isClosed {
                // A carriage return at the end may have its line feed still to come.
                window.advance(to: base[next - 1] == .carriageReturn ? next - 1 : next, lines: 0)
                return false
            }
            window.advance(to: next, lines: 1)
        }
        return window.line >= headerLine || window.isClosed
    }
}
