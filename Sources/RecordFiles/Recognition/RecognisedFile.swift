public import PlumblineKit

/// What was found out about a file from its beginning. A proposal: a person confirms it.
public struct RecognisedFile: Sendable, Hashable {
    /// How the file is written.
    public var form: FileForm
    /// The columns of a table, or the members of the JSON objects seen, in the file's order.
    public var columns: [RecognisedColumn]
    /// What is odd and does not hinder.
    public var remarks: [LocalizedText]
    /// What has more than one answer; a person must give it before the file is read.
    public var questions: [FileQuestion]

    /// A hash of the columns' names that depends neither on their order nor on case, width and spaces around them.
    public var fingerprint: String { HeaderFingerprint.text(of: columns.map(\.name)) }
}

/// A column as its first rows show it.
public struct RecognisedColumn: Sendable, Hashable {
    /// What all cells seen are.
    public enum ValueType: String, Sendable, Hashable {
        case text
        case integer
        case decimal
        case boolean
        case date
        case dateTime = "date-time"
        /// A JSON list or object.
        case nested
    }

    /// The name in the header, without the spaces around it.
    public var name: String
    /// What all cells seen are; `text` where there were none.
    public var type = ValueType.text
    /// The order of a date's parts; nil for other types, and where several orders fit.
    public var dateOrder: DateOrder?
    /// The decimal mark of a number; nil for other types, and where it makes no difference or both fit.
    public var decimalMark: WrittenNumber.DecimalMark?
    /// Up to three different values, long ones cut.
    public var samples: [String] = []
}

extension RecognisedColumn {
    /// A column of which no more than its name is known.
    public init(named name: String) { self.init(name: name) }
}

/// A question about a file that only a person can answer.
public enum FileQuestion: Sendable, Hashable, CustomStringConvertible {
    /// Whether this is the file's encoding; others would decode as well.
    case encoding(FileForm.TextEncoding)
    /// In which order a column writes its dates.
    case dateOrder(column: String, sample: String)
    /// Whether a comma is the column's decimal mark.
    case decimalMark(column: String, sample: String)
    /// Which line names the columns.
    case header
    /// Which of several sheets with rows is meant.
    case sheet([String])
    /// Whether the line below the header is a second one.
    case secondHeader(line: Int)

    /// The question in words of a language, `zh` or `en`.
    public func text(in language: String) -> String { language == "zh" ? chinese : description }

    private var chinese: String {
        switch self {
        case .encoding(let encoding): "文件像是 \(encoding.rawValue) 编码：文字显示正确吗？"
        case .dateOrder(let column, let sample): "“\(column)”列的“\(sample)”先写日还是先写月？"
        case .decimalMark(let column, let sample): "“\(column)”列的“\(sample)”中，逗号是小数点还是千位分隔符？"
        case .header: "哪一行是表头？"
        case .sheet(let names): "要用哪个工作表：\(names.map { "“\($0)”" }.joined(separator: "、"))？"
        case .secondHeader(let line): "第 \(line) 行是第二行表头吗？"
        }
    }

    /// The question in English.
    public var description: String {
        switch self {
        case .encoding(let encoding): "the file seems to be in \(encoding.rawValue): are its texts right?"
        case .dateOrder(let column, let sample):
            "does '\(sample)' in column '\(column)' name the day or the month first?"
        case .decimalMark(let column, let sample):
            "is the comma of '\(sample)' in column '\(column)' a decimal mark, or does it group thousands?"
        case .header: "which line names the columns?"
        case .sheet(let names): "which sheet is meant: \(names.map { "'\($0)'" }.joined(separator: ", "))?"
        case .secondHeader(let line): "does line \(line) name the columns a second time?"
        }
    }
}
