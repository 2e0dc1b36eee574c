internal import Indicators
internal import RecordFiles

/// What a template tells who fills it, in Chinese and English.
struct TemplateNotes {
    let type: RecordType
    let labels: RecordLabels
    let example: TemplateExample

    static let columns = [
        WorkbookColumn("列 Column", type: .text, width: 34), WorkbookColumn("字段 Field", type: .text, width: 28),
        WorkbookColumn("内容 Content", type: .text, width: 60), WorkbookColumn("必填 Required", type: .text, width: 14),
        WorkbookColumn("可填 Allowed", type: .text, width: 90), WorkbookColumn("示例 Example", type: .text, width: 76),
    ]

    /// A field in one row of ``columns``.
    func row(_ field: RecordField) -> [String] {
        let isRequired = !field.isOptional && !field.isList
        return [
            labels.label(ofField: field.name, in: type.name).heading(.both), field.name, content(field),
            isRequired ? "是 yes" : "", allowed(field), example.text(field),
        ]
    }

    /// What the heading of a column says when a pointer rests on it.
    func short(_ field: RecordField) -> String {
        let isRequired = !field.isOptional && !field.isList
        return (isRequired ? "必填 required\n" : "选填 optional\n") + content(field)
    }

    private func content(_ field: RecordField) -> String {
        let one = Self.content(field.kind)
        guard field.isList else { return one }
        let none = field.isOptional ? "没有则只写 ;，不知道则留空 a ; alone for none, empty for not known  " : ""
        return "列表，以 ; 分隔：list, separated by ;  \(none)\(one)"
    }

    private static func content(_ kind: FieldKind) -> String {
        switch kind {
        case .string: "文本 text"
        case .int: "整数 whole number"
        case .decimal: "数 number"
        case .money: "金额 amount of money"
        case .bool: "是或否 yes or no"
        case .date: "日期 date"
        case .datetime: "日期和时间 date and time"
        case .employeeRef: "工号、邮箱或账号 staff number, e-mail or account"
        case .orgUnitRef: "部门路径 path of a unit"
        case .enumeration: "选项 one of a list"
        case .interval: "时段：起 ~ 止 span: from ~ to"
        case .ownerInterval: "负责人 | 起 ~ 止 owner | from ~ to"
        }
    }

    private func allowed(_ field: RecordField) -> String {
        guard case .enumeration(let names) = field.kind else {
            return field.kind == .bool ? "是/否, yes/no, true/false, 1/0" : ""
        }
        return names.map { code in
            let label = labels.label(ofValue: code, in: type.name).heading(.both)
            return label == code ? code : "\(label) (\(code))"
        }.joined(separator: ", ")
    }

    /// What holds of the whole template.
    var paragraphs: [String] {
        let about = [
            "\(type.title.zh) \(type.title.en) (\(type.name))", type.note.zh, type.note.en,
        ].filter { !$0.isEmpty }
        return about + Self.rules + (type.name == ReportedValues.recordType ? Self.rulesOfValues : [])
    }

    private static let rules = [
        "以 \(TemplateExample.marker) 开头的行是示例，导入时略过；可以删除。",
        "A row that begins with \(TemplateExample.marker) is an example, which an import leaves out; it may be deleted.",
        "列的顺序可以改变，不用的选填列可以删除；请勿改动列名。人员请写工号、邮箱或来源账号，不要写姓名。",
        "Columns may stand in any order, and optional ones may be deleted; do not rename them. Name people by staff "
            + "number, e-mail or account, never by name.",
        "没有时区的时间按公司（或连接）的时区。时段没有结束时写“起 ~”；时段没有负责人时写“| 起 ~ 止”。",
        "A time without a zone is one of the company's zone, or the connection's. A span that still lasts is written "
            + "'from ~', and one that nobody owned '| from ~ to'.",
        "填好后：plumbline import 文件；先看影响：plumbline import 文件 --preview。",
        "When it is filled: plumbline import FILE. To see first what it would change: plumbline import FILE --preview.",
    ]

    private static let rulesOfValues = [
        "没有数值的行会略过。百分比类指标写 85 或 85%，不要使用单元格的百分比格式。“姓名”列只供参考，不会读取。",
        "A row without a value is left out. Of an indicator in percent write 85 or 85%, and do not format the cell as a "
            + "percentage. The column 'Name' is for orientation and is not read.",
    ]
}
