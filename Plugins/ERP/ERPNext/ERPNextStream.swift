import PlumblineKit

/// A stream: the documents it is made of, and how they become records.
struct ERPNextStream: Sendable {
    /// What is added to records when their documents and links are read.
    enum Completion: Sendable {
        case none
        /// The paths of departments.
        case units
        /// What was posted.
        case postings
    }

    let description: StreamDescription
    let forms: [ERPNextFormSettings]
    var completion = Completion.none

    var name: String { description.name }

    /// Whether each row is a record; else a document is one, with its rows folded in.
    var isOfRows: Bool { forms.contains(where: \.isOfRows) }

    /// The streams, in the order of the description.
    static let all = [
        employees, budgetLines, purchases, timesheetEntries, approvals, leads, partners, activities, requisitions,
        hires,
        trainings, separations,
    ]

    /// Names of fields that all records have.
    static let id = SourceField("id", "string", LocalizedText(zh: "单据名称", en: "Name of the document"))
    static let rowID = SourceField("id", "string", LocalizedText(zh: "单据名称/明细名称", en: "Names of document and row"))
    static let document = SourceField("document", "string", LocalizedText(zh: "单据名称", en: "Name of the document"))
    static let doctype = SourceField("doctype", "string", LocalizedText(zh: "DocType 名称", en: "Type of the document"))
    static let docstatus = SourceField(
        "docstatus", "int", LocalizedText(zh: "0 草稿，1 已提交，2 已取消", en: "0 draft, 1 submitted, 2 cancelled"))
    static let owner = SourceField(
        "owner", "string?", LocalizedText(zh: "创建人，系统用户", en: "The user who made it"))
    static let created = SourceField(
        "created", "time?", LocalizedText(zh: "创建时间，站点当地时间", en: "When it was made, in the site's local time"))
    static let head = [id, doctype, docstatus]
    static let rowHead = [rowID, doctype, docstatus, document]

    static func text(_ name: String, _ zh: String, _ en: String) -> SourceField {
        SourceField(name, "string?", LocalizedText(zh: zh, en: en))
    }
    static func date(_ name: String, _ zh: String, _ en: String) -> SourceField {
        SourceField(name, "date?", LocalizedText(zh: zh, en: en))
    }
    static func time(_ name: String, _ zh: String, _ en: String) -> SourceField {
        SourceField(name, "time?", LocalizedText(zh: zh, en: en))
    }
    static func number(_ name: String, _ zh: String, _ en: String) -> SourceField {
        SourceField(name, "number?", LocalizedText(zh: zh, en: en))
    }
    static func field(_ name: String, _ type: String, _ zh: String, _ en: String) -> SourceField {
        SourceField(name, type, LocalizedText(zh: zh, en: en))
    }
}
