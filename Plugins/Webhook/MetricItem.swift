internal import PlumblineKit

/// One metric: of which indicator or record type, whose, when, how much.
///
/// | member | form | |
/// |---|---|---|
/// | `id` | text of 1 to 200 characters | what it is known by: sent again, it takes the place of what was sent before |
/// | `indicator` or `record` | text | the indicator that it counts for, or the record type that it is mapped onto |
/// | `account` | text | the person, as the connection's people are matched; absent for the company's own |
/// | `unit` | text | the unit, in the place of a person |
/// | `time` | RFC 3339 with zone | when it happened |
/// | `value` | number, or a number as text | exactly as written |
/// | `note` | text of at most 1,000 characters | optional |
enum MetricItem {
    static let fields = [
        SourceField("id", "string", LocalizedText(zh: "编号", en: "What it is known by")),
        SourceField("indicator", "string?", LocalizedText(zh: "指标", en: "The indicator that it counts for")),
        SourceField("record", "string?", LocalizedText(zh: "记录类型", en: "The record type that it is mapped onto")),
        SourceField("account", "string?", LocalizedText(zh: "员工账号", en: "The person's account")),
        SourceField("unit", "string?", LocalizedText(zh: "部门", en: "The unit")),
        SourceField("time", "time", LocalizedText(zh: "发生时间", en: "When it happened")),
        SourceField("value", "number", LocalizedText(zh: "数值", en: "How much")),
        SourceField("note", "string?", LocalizedText(zh: "备注", en: "A note")),
    ]

    /// What the record is known by in its stream.
    static func id(of item: JSON) -> String { item["id"]?.string ?? "" }

    /// Every mistake of an item.
    static func mistakes(of item: JSON, number: Int) -> [CallbackComplaint] {
        guard let object = item.object else {
            return [.wrong(number, nil, wanted: .init(zh: "一个对象", en: "an object"), item)]
        }
        return unknownMembers(of: object, number) + mistakes(in: item, number)
    }

    private static func unknownMembers(of object: JSONObject, _ number: Int) -> [CallbackComplaint] {
        let known = fields.map(\.name)
        return object.members.filter { !known.contains($0.key) }.map { member in
            CallbackComplaint(
                item: number, field: member.key,
                reason: LocalizedText(
                    zh: "没有这个字段；可用的有 \(known.joined(separator: "、"))",
                    en: "there is no such field; known: \(known.joined(separator: ", "))"))
        }
    }

    private static func mistakes(in item: JSON, _ number: Int) -> [CallbackComplaint] {
        var mistakes: [CallbackComplaint] = []
        func require(_ field: String, _ wanted: LocalizedText, _ isRight: (JSON) -> Bool) {
            let value = item[field] ?? .null
            if !isRight(value) { mistakes.append(.wrong(number, field, wanted: wanted, value)) }
        }
        require("id", .init(zh: "1 到 200 个字符的文本", en: "a text of 1 to 200 characters")) { isText($0, 1...200) }
        require("time", .init(zh: "带时区的 RFC 3339 时间", en: "a time of RFC 3339 with its zone")) {
            $0.string.flatMap { Instant(rfc3339: $0) } != nil
        }
        require("value", .init(zh: "数字，或写成文本的数字", en: "a number, or a number as text")) { isNumber($0) }
        for name in ["account", "unit"] {
            require(name, .init(zh: "1 到 200 个字符的文本，或不填", en: "a text of 1 to 200 characters, or nothing")) {
                $0.isNull || isText($0, 1...200)
            }
        }
        require("note", .init(zh: "最多 1000 个字符的文本，或不填", en: "a text of at most 1,000 characters, or nothing")) {
            $0.isNull || isText($0, 0...1_000)
        }
        return mistakes + target(of: item, number) + owner(of: item, number)
    }

    /// An item counts for an indicator or is mapped onto a record type: one of the two.
    private static func target(of item: JSON, _ number: Int) -> [CallbackComplaint] {
        let named = ["indicator", "record"].filter { isText(item[$0] ?? .null, 1...200) }
        guard named.count != 1 else { return [] }
        return [
            CallbackComplaint(
                item: number, field: "indicator",
                reason: LocalizedText(
                    zh: "indicator 和 record 要有一个，且只有一个", en: "one of indicator and record is needed, and only one"))
        ]
    }

    private static func owner(of item: JSON, _ number: Int) -> [CallbackComplaint] {
        guard item["account"]?.isNull == false, item["unit"]?.isNull == false else { return [] }
        return [
            CallbackComplaint(
                item: number, field: "unit",
                reason: LocalizedText(zh: "account 和 unit 只能填一个", en: "account and unit exclude each other"))
        ]
    }

    /// What of an item may not be written.
    static func forbidden(
        _ item: JSON, _ number: Int, _ permissions: CallbackPermissions
    ) -> [CallbackComplaint] {
        var complaints: [CallbackComplaint] = []
        if let id = item["indicator"]?.string, !permissions.indicators.contains(id) {
            complaints.append(.forbidden(number, "indicator"))
        }
        if let type = item["record"]?.string, !permissions.recordTypes.contains(type) {
            complaints.append(.forbidden(number, "record"))
        }
        if let accounts = permissions.accounts {
            // Whoever may write some people may write neither units nor the company.
            if let unit = item["unit"], !unit.isNull {
                complaints.append(.forbidden(number, "unit"))
            } else if item["account"]?.string.map(accounts.contains) != true {
                complaints.append(.forbidden(number, "account"))
            }
        }
        return complaints
    }

    private static func isText(_ value: JSON, _ lengths: ClosedRange<Int>) -> Bool {
        value.string.map { lengths.contains($0.count) } ?? false
    }

    /// A number of at most 40 characters in the form of JSON, by itself or as a text.
    private static func isNumber(_ value: JSON) -> Bool {
        guard let text = value.scalarText, (1...40).contains(text.utf8.count) else { return false }
        guard case .number? = try? JSON.parse(Array(text.utf8)) else { return false }
        return !text.utf8.contains { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
    }
}

extension CallbackComplaint {
    fileprivate static func wrong(
        _ item: Int, _ field: String?, wanted: LocalizedText, _ seen: JSON
    ) -> CallbackComplaint {
        let what = seen.isNull ? LocalizedText(zh: "没有", en: "it is absent") : nil
        return CallbackComplaint(
            item: item, field: field,
            reason: LocalizedText(
                zh: "应为\(wanted.zh)，\(what?.zh ?? "而不是这样的值")", en: "must be \(wanted.en); \(what?.en ?? "this is none")"
            ))
    }

    fileprivate static func forbidden(_ item: Int, _ field: String) -> CallbackComplaint {
        CallbackComplaint(
            item: item, field: field,
            reason: LocalizedText(
                zh: "这个连接不得写入它：在连接文件的 callback 下列出才可以，指标还要有定义",
                en: "this connection may not write it: list it under 'callback' in the connection's file; an indicator "
                    + "must be defined as well"),
            isForbidden: true)
    }

    static func twin(item: Int, of other: Int) -> CallbackComplaint {
        CallbackComplaint(
            item: item, field: "id",
            reason: LocalizedText(zh: "与第 \(other) 项编号相同", en: "item \(other) has the same id"))
    }

    /// The complaint as one line, with its field.
    var text: LocalizedText {
        guard let field else { return reason }
        return LocalizedText(zh: "\(field)：\(reason.zh)", en: "\(field): \(reason.en)")
    }
}
