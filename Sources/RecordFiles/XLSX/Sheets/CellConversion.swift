import PlumblineKit

/// Makes the values of cells: what their types, styles and the shared strings say.
struct CellConversion {
    let shared: SharedStrings
    /// The meaning of numbers under each style.
    let formats: [NumberFormat]
    let usesEpoch1904: Bool
    let limits: FileLimits

    /// Why a cell cannot be read.
    struct Fault: Error {
        let texts: LocalizedText

        init(zh: String, en: String) { texts = LocalizedText(zh: zh, en: en) }

        init(_ texts: LocalizedText) { self.texts = texts }
    }

    /// What numbers mean in this cell.
    func format(of cell: SheetRow.Cell) -> NumberFormat {
        formats.indices.contains(Int(cell.style)) ? formats[Int(cell.style)] : .number
    }

    /// Appends the value of a cell; what was appended before a fault is to be dropped.
    func append(
        _ cell: SheetRow.Cell, of row: SheetRow, to bytes: inout [UInt8]
    ) throws(Fault) -> SourceBatch.Kind {
        switch cell.kind {
        case .shared: return try appendShared(row.withText(cell) { Self.index($0) }, to: &bytes)
        case .number: return try appendNumber(cell, of: row, to: &bytes)
        case .text, .date:
            row.withText(cell) { bytes.append(contentsOf: $0) }
            return cell.count == 0 ? .null : .text
        case .boolean: return try Self.boolean(row.text(of: cell))
        case .error:
            throw Fault(
                zh: "单元格显示 \(Self.shown(row.text(of: cell)))，请改正公式",
                en: "the cell shows \(Self.shown(row.text(of: cell))); correct its formula")
        case .uncached:
            throw Fault(
                zh: "文件里没有公式的值，请用 Excel 或 WPS 打开并保存",
                en: "the file does not hold the value of the formula; open it in Excel or WPS and save it")
        case .tooLong:
            throw Fault(zh: "文本超过 \(limits.cellBytes) 字节", en: "the text is longer than \(limits.cellBytes) bytes")
        }
    }

    private func appendShared(_ index: Int?, to bytes: inout [UInt8]) throws(Fault) -> SourceBatch.Kind {
        guard let index, index < shared.count else {
            let number = index.map { "\($0)" } ?? ""
            throw Fault(
                zh: "工作簿已损坏：没有单元格所用的第 \(number) 号文本",
                en: "the workbook is damaged: it has no text number \(number) for the cell")
        }
        let count = shared.withText(index) { text -> Int? in
            guard let text else { return nil }
            bytes.append(contentsOf: text)
            return text.count
        }
        guard let count else {
            throw Fault(zh: "文本超过 \(limits.cellBytes) 字节", en: "the text is longer than \(limits.cellBytes) bytes")
        }
        return count == 0 ? .null : .text
    }

    private func appendNumber(
        _ cell: SheetRow.Cell, of row: SheetRow, to bytes: inout [UInt8]
    ) throws(Fault) -> SourceBatch.Kind {
        let format = format(of: cell)
        if format == .number || format == .percent {
            guard row.withText(cell, { DecimalText.append($0, to: &bytes) }) else { throw notNumber(cell, of: row) }
            return .number
        }
        guard let number = row.withText(cell, { DecimalText($0) }) else { throw notNumber(cell, of: row) }
        do throws(SerialTime.Fault) {
            try SerialTime(number).write(format, since1904: usesEpoch1904, to: &bytes)
        } catch { throw Fault(error.texts) }
        return .text
    }

    private func notNumber(_ cell: SheetRow.Cell, of row: SheetRow) -> Fault {
        Fault(zh: "“\(Self.shown(row.text(of: cell)))”不是数字", en: "'\(Self.shown(row.text(of: cell)))' is no number")
    }

    private static func shown(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix(40), as: UTF8.self)
    }

    private static func boolean(_ text: ArraySlice<UInt8>) throws(Fault) -> SourceBatch.Kind {
        if text.elementsEqual("1".utf8) || text.elementsEqual("true".utf8) { return .yes }
        if text.elementsEqual("0".utf8) || text.elementsEqual("false".utf8) { return .no }
        throw Fault(zh: "“\(shown(text))”既不是真也不是假", en: "'\(shown(text))' is neither true nor false")
    }

    private static func index(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
        guard 1...9 ~= text.count else { return nil }
        var index = 0
        for byte in text {
            guard byte &- 48 < 10 else { return nil }
            index = index * 10 + Int(byte &- 48)
        }
        return index
    }
}
