extension WorkbookRecognition {
    /// Finds out how a workbook is read.
    ///
    /// - Parameters:
    ///   - workbook: The workbook; all its sheets are read once.
    ///   - name: The sheet that a person chose; nil leaves the only visible sheet with rows.
    /// - Returns: A question where several sheets might be meant, or no row looks like a header.
    /// - Throws: Where there is no such sheet, or its header cannot be read.
    public static func recognise(_ workbook: Workbook, sheet name: String?) throws(FileFault) -> RecognisedFile {
        try recognise(workbook, sheet: name, by: summary(of: workbook))
    }

    /// As ``recognise(_:sheet:)``, of a workbook whose sheets were read before.
    public static func recognise(
        _ workbook: Workbook, sheet name: String?, by summary: WorkbookSummary
    ) throws(FileFault) -> RecognisedFile {
        let chosen = try workbook.sheet(named: name ?? "").name
        let candidates = summary.sheets.filter { $0.state == .visible && $0.rows > 0 }
        let wanted = name == nil ? candidates.first?.name ?? chosen : chosen
        guard let sheet = summary.sheets.first(where: { $0.name == wanted }) else {
            throw FileFault(zh: "工作簿没有工作表“\(wanted)”", en: "the workbook has no sheet '\(wanted)'")
        }
        if let problem = sheet.problem { throw FileFault(problem) }
        var questions: [FileQuestion] = []
        if name == nil, candidates.count > 1 { questions.append(.sheet(candidates.map(\.name))) }
        if !sheet.isHeaderSure, sheet.headerRow != nil { questions.append(.header) }
        return RecognisedFile(
            form: FileForm(format: .workbook(sheet: sheet.name), headerLine: sheet.headerRow ?? 1),
            columns: sheet.columns.map(RecognisedColumn.init), remarks: summary.remarks + sheet.remarks,
            questions: questions)
    }
}

extension RecognisedColumn {
    fileprivate init(_ column: SheetColumn) {
        self.init(name: column.name, type: ValueType(column.type), samples: column.samples)
    }
}

extension RecognisedColumn.ValueType {
    /// A workbook says itself what its dates and numbers mean, so that only their kind is left to tell.
    fileprivate init(_ type: SheetColumn.ValueType) {
        self =
            switch type {
            case .text, .time: .text
            case .integer: .integer
            case .decimal, .percent: .decimal
            case .boolean: .boolean
            case .date: .date
            case .dateTime: .dateTime
            }
    }
}
