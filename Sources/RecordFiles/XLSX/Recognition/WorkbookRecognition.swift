import PlumblineKit

/// Finds out what a workbook holds: its sheets, where their headers are, and what their columns hold.
public enum WorkbookRecognition {
    /// Reads all sheets once.
    ///
    /// - Throws: Where the workbook is damaged or over a limit.
    public static func summary(of workbook: Workbook) throws(FileFault) -> WorkbookSummary {
        var summary = WorkbookSummary()
        for sheet in workbook.sheets {
            if sheet.state != .visible {
                summary.remarks.append(
                    LocalizedText(zh: "工作表“\(sheet.name)”是隐藏的", en: "the sheet '\(sheet.name)' is hidden"))
            }
            var survey = SheetSurvey(workbook.conversion)
            try survey.read(sheet, of: workbook)
            summary.sheets.append(survey.summary(of: sheet, in: workbook))
        }
        if workbook.usesEpoch1904 {
            summary.remarks.append(
                LocalizedText(zh: "工作簿的日期从 1904 年算起", en: "the workbook counts its days from 1904"))
        }
        return summary
    }
}

/// One reading of a sheet.
private struct SheetSurvey {
    /// How many rows with values are looked at closely.
    private static let sampleRows = 200
    private static let sampleBytes = 120

    private let conversion: CellConversion
    private var samples: [SheetSample] = []
    /// The numbers of the rows with values, as far as they are not in `samples`.
    private var furtherRows = 0
    private var hiddenRows = 0
    private var uncached = 0
    private var errors = 0
    private var merged: [CellRange] = []
    private var hiddenColumns: [ClosedRange<Int>] = []

    init(_ conversion: CellConversion) {
        self.conversion = conversion
    }

    mutating func read(_ sheet: Workbook.Sheet, of workbook: Workbook) throws(FileFault) {
        let rows = try SheetRows(sheet, of: workbook)
        while try rows.next() {
            let row = rows.row
            guard !row.cells.isEmpty else { continue }
            if row.isHidden { hiddenRows += 1 }
            for cell in row.cells {
                if cell.kind == .uncached { uncached += 1 }
                if cell.kind == .error { errors += 1 }
            }
            if samples.count < Self.sampleRows { samples.append(sample(row)) } else { furtherRows += 1 }
        }
        merged = rows.merged
        hiddenColumns = rows.hiddenColumns
    }

    private func sample(_ row: SheetRow) -> SheetSample {
        var sample = SheetSample(row: row.number)
        var bytes: [UInt8] = []
        for cell in row.cells {
            bytes.removeAll(keepingCapacity: true)
            guard let kind = try? conversion.append(cell, of: row, to: &bytes), kind != .null else { continue }
            let isPercent = conversion.format(of: cell) == .percent
            let type = SheetSample.type(kind, bytes, isNumber: cell.kind == .number, isPercent: isPercent)
            let isCut = bytes.count > Self.sampleBytes
            var text = String(decoding: bytes.prefix(Self.sampleBytes), as: UTF8.self) + (isCut ? "…" : "")
            if kind == .yes || kind == .no { text = kind == .yes ? "true" : "false" }
            sample.cells[Int(cell.column)] = SheetSample.Cell(type: type, text: text)
        }
        return sample
    }

    func summary(of sheet: Workbook.Sheet, in workbook: Workbook) -> SheetSummary {
        var summary = SheetSummary(sheet)
        summary.remarks = remarks()
        guard let guess = SheetSample.header(in: samples, merged) else { return summary }
        summary.headerRow = guess.row
        summary.isHeaderSure = guess.isSure
        let below = samples.filter { $0.row > guess.row }
        summary.rows = below.count + furtherRows
        do throws(FileFault) {
            let form = FileForm(format: .workbook(sheet: sheet.name), headerLine: guess.row)
            let names = try WorkbookReader(workbook, form: form, selection: .fields([])).columns
            summary.columns = names.enumerated().map { SheetSample.column($0 + 1, named: $1, in: below) }
            summary.remarks += stray(behind: names.count, in: below)
        } catch {
            summary.problem = error.placedTexts
        }
        return summary
    }

    private func remarks() -> [LocalizedText] {
        var remarks: [LocalizedText] = []
        if hiddenRows > 0 {
            remarks.append(
                LocalizedText(
                    zh: "隐藏的行：\(hiddenRows)，照常读取", en: "hidden rows: \(hiddenRows); they are read like the others"))
        }
        if !hiddenColumns.isEmpty {
            let letters = hiddenColumns.prefix(10).map {
                let ends = [$0.lowerBound, $0.upperBound].map(FileFault.Place.letters)
                return ends[0] == ends[1] ? ends[0] : ends.joined(separator: "-")
            }
            let listed = letters.joined(separator: ", ")
            remarks.append(
                LocalizedText(zh: "隐藏的列：\(listed)，照常读取", en: "hidden columns: \(listed); they are read like the others")
            )
        }
        if !merged.isEmpty {
            remarks.append(
                LocalizedText(
                    zh: "合并的区域：\(merged.count)；表头以外，每个区域只有第一个单元格有值",
                    en: "merged areas: \(merged.count); outside the header only the first cell of each holds a value"))
        }
        if uncached > 0 {
            remarks.append(
                LocalizedText(
                    zh: "没有结果的公式：\(uncached)；请用 Excel 或 WPS 打开并保存一次",
                    en: "formulas without a value: \(uncached); open the file in Excel or WPS and save it"))
        }
        if errors > 0 {
            remarks.append(
                LocalizedText(
                    zh: "显示错误（如 #DIV/0!）的单元格：\(errors)", en: "cells that show an error such as #DIV/0!: \(errors)"))
        }
        return remarks
    }

    private func stray(behind last: Int, in below: [SheetSample]) -> [LocalizedText] {
        let columns = Set(below.flatMap { $0.cells.keys }).filter { $0 > last }.sorted()
        guard !columns.isEmpty else { return [] }
        let letters = columns.prefix(10).map(FileFault.Place.letters).joined(separator: ", ")
        return [
            LocalizedText(
                zh: "有值而没有列名的列，不会读取：\(letters)",
                en: "columns with values but no name, which are not read: \(letters)")
        ]
    }
}
