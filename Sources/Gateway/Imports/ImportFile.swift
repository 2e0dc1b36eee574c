internal import Expressions
internal import PlumblineKit
internal import RecordFiles

/// A file that a person brings, recognised, before it is clear what its columns mean.
struct ImportFile {
    var request: ImportRequest
    let recognised: RecognisedFile
    let workbook: Workbook?

    /// Recognises a file. What a person said goes before what was recognised.
    ///
    /// - Throws: Where it is nothing that is read.
    init(_ request: ImportRequest) throws(FileFault) {
        let isWorkbook = try FileKind(FileRecognition.head(of: request.path)) == .workbook
        let workbook = isWorkbook ? try Workbook(path: request.path) : nil
        let file =
            if let workbook { try WorkbookRecognition.recognise(workbook, sheet: request.sheet) } else {
                try FileRecognition.recognise(path: request.path)
            }
        try self.init(request, file, workbook)
    }

    private init(_ request: ImportRequest, _ file: RecognisedFile, _ workbook: Workbook?) throws(FileFault) {
        var file = file
        file.form.encoding = request.encoding ?? file.form.encoding
        file.form.headerLine = request.headerLine ?? file.form.headerLine
        if case .table = file.form.format, let delimiter = request.delimiter {
            file.form.format = .table(delimiter: delimiter)
        }
        (self.request, self.workbook) = (request, workbook)
        let isTold = request.encoding != nil || request.headerLine != nil || request.delimiter != nil
        recognised = isTold ? try Self.renamed(file, request.path, workbook) : file
    }

    /// The columns as they are named where a person has said how the file is written.
    private static func renamed(
        _ file: RecognisedFile, _ path: String, _ workbook: Workbook?
    ) throws(FileFault) -> RecognisedFile {
        var file = file
        let names = try Self.reader(path, workbook, file.form, .fields([])).columns
        if names.isEmpty { return file }
        file.columns = names.map { name in
            file.columns.first { $0.name == name } ?? RecognisedColumn(named: name)
        }
        return file
    }

    /// The same workbook with each of its other visible sheets; nothing where a person chose one.
    func otherSheets() throws(FileFault) -> [ImportFile] {
        guard let workbook, request.sheet == nil, case .workbook(let chosen) = recognised.form.format else { return [] }
        let others = workbook.sheets.filter { $0.state == .visible && $0.name != chosen }
        if others.isEmpty { return [] }
        let summary = try WorkbookRecognition.summary(of: workbook)
        var files: [ImportFile] = []
        for sheet in others {
            var request = request
            request.sheet = sheet.name
            // A sheet without a header, such as one of notes, is none that is meant.
            guard let file = try? WorkbookRecognition.recognise(workbook, sheet: sheet.name, by: summary) else {
                continue
            }
            files.append(try ImportFile(request, file, workbook))
        }
        return files
    }

    /// Says that this sheet is the one that is meant.
    mutating func chooseSheet() {
        if case .workbook(let sheet) = recognised.form.format { request.sheet = sheet }
    }

    /// Opens the file to read these fields of its records.
    func reader(_ selection: FieldSelection) throws(FileFault) -> any RecordReader {
        try Self.reader(request.path, workbook, recognised.form, selection)
    }

    private static func reader(
        _ path: String, _ workbook: Workbook?, _ form: FileForm, _ selection: FieldSelection
    ) throws(FileFault) -> any RecordReader {
        if let workbook { return try WorkbookReader(workbook, form: form, selection: selection) }
        return switch form.format {
        case .table, .workbook: try CSVReader(path: path, form: form, selection: selection)
        case .jsonLines: try JSONLinesReader(path: path, form: form, selection: selection)
        case .json: try JSONReader(path: path, form: form, selection: selection)
        }
    }

    /// - Throws: Where only a person can say how the file is to be read: every open question with the option that
    ///   answers it.
    func refuseOpenQuestions() throws(FileFault) { try refuse(openQuestions { _ in true }) }

    /// - Throws: Where a person must answer before even the columns are known.
    func refuseOpenForm() throws(FileFault) {
        try refuse(
            openQuestions { question in
                switch question {
                case .dateOrder, .decimalMark: false
                case .encoding, .header, .secondHeader, .sheet: true
                }
            })
    }

    private func refuse(_ open: [Reason]) throws(FileFault) {
        if open.isEmpty { return }
        throw FileFault(
            zh: "请说明如何读取：" + open.map { "\n  \($0.zh)" }.joined(),
            en: "a person must say how to read it:" + open.map { "\n  \($0.en)" }.joined())
    }
}

extension ImportFile {
    /// The questions of some kinds that nobody has answered, each with the option that does.
    func openQuestions(_ isMeant: (FileQuestion) -> Bool) -> [Reason] {
        recognised.questions.filter(isMeant).compactMap { request.answer(to: $0) }
    }

    /// The names of the columns, without the two that come back with bad rows: their number and the reason.
    var columnNames: [String] {
        let names = recognised.columns.map(\.name)
        let isReturned = RejectedRowsFile.added.contains { names.suffix(2) == [$0.row, $0.reason] }
        return isReturned ? names.dropLast(2) : names
    }

    /// Recognises files of the same columns.
    var fingerprint: String {
        var file = recognised
        let names = columnNames
        file.columns = Array(file.columns.prefix(names.count))
        return file.fingerprint
    }
}

extension ImportRequest {
    /// A question that is still open, with the option that answers it; nil where it was answered.
    fileprivate func answer(to question: FileQuestion) -> Reason? {
        let (isGiven, option): (Bool, Reason) =
            switch question {
            case .encoding(let encoding):
                (
                    self.encoding != nil,
                    Reason(zh: "是则加 --encoding \(encoding.rawValue)", en: "--encoding \(encoding.rawValue) says yes")
                )
            case .dateOrder:
                (
                    dateOrder != nil,
                    Reason(
                        zh: "加 --date-order dmy 或 --date-order mdy", en: "--date-order dmy or --date-order mdy")
                )
            case .decimalMark:
                (
                    decimalMark != nil,
                    Reason(
                        zh: "加 --decimal-mark comma 或 --decimal-mark point",
                        en: "--decimal-mark comma or --decimal-mark point")
                )
            case .sheet: (sheet != nil, Reason(zh: "加 --sheet 名称", en: "--sheet NAME"))
            case .header, .secondHeader:
                (
                    headerLine != nil,
                    Reason(
                        zh: "加 --header-line N，即表头的最后一行", en: "--header-line N, the last line of the header")
                )
            }
        if isGiven { return nil }
        return Reason(
            zh: "\(question.text(in: "zh")) \(option.zh)", en: "\(question.text(in: "en")) \(option.en)")
    }
}
