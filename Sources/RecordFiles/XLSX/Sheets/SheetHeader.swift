import PlumblineKit

/// The row of a sheet that names the columns.
///
/// Names are trimmed. A cell that is merged over several columns names the first; the others add their number, as in
/// `Goals (2)`. One that is merged downwards from a row above names its column. A column without a name takes its
/// letters, as in `column C`.
struct SheetHeader {
    /// One name for each column up to the last that has one.
    private(set) var names: [String] = []
    private let place: FileFault.Place

    /// Up to this size a sheet is read once more for its merged cells, which stand at its end; a larger one only where
    /// a name is missing.
    private static let cheapBytes = 1 << 22
    /// How far from the top a header may stand.
    static let lowestLine = 1000

    /// Reads the rows up to the header, and leaves `rows` behind it.
    init(
        line: Int, of sheet: Workbook.Sheet, in workbook: Workbook, from rows: SheetRows
    ) throws(FileFault) {
        place = FileFault.Place(sheet: sheet.name, line: line)
        guard 1...Self.lowestLine ~= line else {
            throw FileFault(
                at: place, zh: "表头应在第 1 到 \(Self.lowestLine) 行之间",
                en: "the header must stand in the rows 1 to \(Self.lowestLine)")
        }
        let above = try Self.texts(to: line, from: rows, workbook.conversion, place)
        guard let own = above[line], let last = own.keys.max() else {
            throw FileFault(at: place, zh: "该行是空的，它应为表头", en: "the row is empty; it must name the columns")
        }
        names = (1...last).map { own[$0] ?? "" }
        let size = try workbook.archive.part(sheet.part).declaredBytes
        if names.contains("") || size <= Self.cheapBytes {
            let once = try SheetRows(sheet, of: workbook)
            try once.skipToEnd()
            spread(once.merged, above)
        }
        for (index, name) in names.enumerated() where name.isEmpty {
            names[index] = "column \(FileFault.Place.letters(index + 1))"
        }
        try requireDistinct()
    }

    /// The texts of the rows 1 to `line`, by row and column.
    private static func texts(
        to line: Int, from rows: SheetRows, _ conversion: CellConversion, _ place: FileFault.Place
    ) throws(FileFault) -> [Int: [Int: String]] {
        var texts: [Int: [Int: String]] = [:]
        while texts[line] == nil, try rows.next() {
            let row = rows.row
            guard row.number <= line else {
                throw FileFault(at: place, zh: "该行是空的，它应为表头", en: "the row is empty; it must name the columns")
            }
            texts[row.number] = try Self.texts(of: row, conversion, isHeader: row.number == line, place)
        }
        return texts
    }

    private static func texts(
        of row: SheetRow, _ conversion: CellConversion, isHeader: Bool, _ place: FileFault.Place
    ) throws(FileFault) -> [Int: String] {
        var texts: [Int: String] = [:]
        for cell in row.cells {
            var bytes: [UInt8] = []
            do throws(CellConversion.Fault) {
                let kind = try conversion.append(cell, of: row, to: &bytes)
                if kind == .yes || kind == .no { bytes = Array((kind == .yes ? "TRUE" : "FALSE").utf8) }
            } catch {
                guard !isHeader else {
                    let place = FileFault.Place(sheet: place.sheet, line: place.line, column: Int(cell.column))
                    throw FileFault(
                        at: place, zh: "列名无法读取：\(error.texts.zh)", en: "a column cannot be named: \(error.texts.en)")
                }
                continue
            }
            let name = trimmed(String(decoding: bytes, as: UTF8.self))
            if !name.isEmpty { texts[Int(cell.column)] = name }
        }
        return texts
    }

    private mutating func spread(_ merged: [CellRange], _ texts: [Int: [Int: String]]) {
        for range in merged where range.rows.contains(place.line) {
            guard let title = texts[range.rows.lowerBound]?[range.columns.lowerBound] else { continue }
            let last = min(range.columns.upperBound, 16_384)
            if last > names.count { names += repeatElement("", count: last - names.count) }
            for column in range.columns.lowerBound...last where names[column - 1].isEmpty {
                let number = column - range.columns.lowerBound + 1
                names[column - 1] = number == 1 ? title : "\(title) (\(number))"
            }
        }
    }

    private func requireDistinct() throws(FileFault) {
        var first: [String: Int] = [:]
        for (index, name) in names.enumerated() {
            if let other = first.updateValue(index + 1, forKey: name) {
                let letters = [other, index + 1].map(FileFault.Place.letters).joined(separator: " and ")
                throw FileFault(
                    at: place, zh: "有两列都叫“\(name)”（\(letters)），请改成不同的列名",
                    en: "the columns \(letters) are both named '\(name)'; give them different names")
            }
        }
    }

    private static func trimmed(_ text: String) -> String {
        let start = text.drop { $0.isWhitespace }
        return String(start.prefix(start.count - start.reversed().prefix { $0.isWhitespace }.count))
    }
}
