import PlumblineKit
import RecordFiles

/// How a log is written: what the settings say, and what its beginning tells where they say nothing.
struct PunchLogForm: Sendable, Hashable {
    let form: FileForm
    /// The names of the columns; 1, 2, 3 where the file has no header.
    let columns: [String]
    let hasHeader: Bool

    /// What a person wants to know of it.
    var remarks: [String] {
        var delimiter = ""
        if case .table(let byte) = form.format {
            delimiter = PunchLogSettings.delimiters.first { $0.value == byte }?.key ?? "code \(byte)"
        }
        return [
            "encoding \(form.encoding.rawValue), delimiter \(delimiter), "
                + (hasHeader ? "header in line \(form.headerLine)" : "no header"),
            "columns: \(columns.joined(separator: ", "))",
        ]
    }

    /// A parser behind the header, which is put in front where the file has none.
    func parser(_ fields: [String]) throws(FileFault) -> CSVParser {
        var parser = try CSVParser(form, .fields(fields), limits: FileLimits())
        guard !hasHeader, case .table(let delimiter) = form.format else { return parser }
        // A parser looks at nine bytes before it believes that there is no line such as sep=;
        let header = columns.joined(separator: String(decoding: [delimiter], as: UTF8.self)) + "\n" + "         \n"
        form.encoding.bytes(header).withUnsafeBytes { parser.feed($0) }
        var nothing = SourceBatch(fields: fields)
        _ = try parser.parse(0, into: &nothing)
        parser.resume(at: TextPosition(offset: 0, line: 1))
        return parser
    }
}

extension FileForm.TextEncoding {
    /// ASCII in this encoding.
    fileprivate func bytes(_ text: String) -> [UInt8] {
        switch self {
        case .utf8, .gb18030: Array(text.utf8)
        case .utf16LittleEndian: text.utf8.flatMap { [$0, 0] }
        case .utf16BigEndian: text.utf8.flatMap { [0, $0] }
        }
    }
}

/// What the settings say of how a log is written.
struct PunchLogWriting: Sendable {
    private let encoding: FileForm.TextEncoding?
    private let delimiter: UInt8?
    private let header: Header

    private enum Header: Sendable, Hashable {
        case automatic, none
        case line(Int)
    }

    init(_ settings: Settings) throws(ConnectorError) {
        encoding = FileForm.TextEncoding(rawValue: settings[PunchLogSettings.encoding])
        delimiter = PunchLogSettings.delimiters[settings[PunchLogSettings.delimiter]]
        let text = settings[PunchLogSettings.headerLine]
        switch (text, Int(text)) {
        case ("auto", _): header = .automatic
        case ("none", _): header = .none
        case (_, .some(1...1000)): header = .line(Int(text) ?? 1)
        default:
            throw .settings(
                field: PunchLogSettings.headerLine.field.key,
                reason: "expected auto, none or a line from 1 to 1000, got '\(text)'")
        }
    }

    /// The form of a file that begins so.
    func form(_ head: [UInt8], isWhole: Bool) throws(FileFault) -> PunchLogForm {
        var form = FileForm(format: .table(delimiter: delimiter ?? 0), encoding: encoding ?? .utf8)
        if encoding == nil || delimiter == nil || header == .automatic {
            form = try FileRecognition.recognise(head, isWhole: isWhole).form
            guard case .table = form.format else {
                throw FileFault(zh: "文件不是表格", en: "the file is no table; export the log as CSV or text")
            }
        }
        if let encoding { form.encoding = encoding }
        if let delimiter { form.format = .table(delimiter: delimiter) }
        if case .line(let line) = header { form.headerLine = line }
        if header == .none { form.headerLine = 1 }
        let first = try Self.cells(form, head, isWhole: isWhole)
        let columns = header == .none ? first.indices.map { String($0 + 1) } : first
        return PunchLogForm(form: form, columns: columns, hasHeader: header != .none)
    }

    /// The cells of the header line.
    private static func cells(_ form: FileForm, _ head: [UInt8], isWhole: Bool) throws(FileFault) -> [String] {
        var parser = try CSVParser(form, .fields([]), limits: FileLimits())
        head.withUnsafeBytes { parser.feed($0) }
        if isWhole { parser.close() }
        var nothing = SourceBatch(fields: [])
        _ = try parser.parse(0, into: &nothing)
        return parser.columns
    }
}
