import PlumblineKit
import WeComServer

/// The form of an approval as a map from the titles of its controls to values.
///
/// - Not confirmed: the shapes of values beyond those that the page of getapprovaldetail (path/91983) names.
struct WeComForm {
    /// By title.
    private(set) var values = JSONObject()
    /// The kinds of controls that are not known, whose values are null.
    private(set) var unknown: Set<String> = []

    private let wanted: Set<String>
    private let dayOf: (Instant) -> String
    /// Whether free text is null even where it is wanted: the form is a leave, and may tell of somebody's health.
    private let hidesText: Bool

    /// The kinds of controls into which people write what they like. They are left out unless they are named: a company's
    /// own form of a sick leave looks like any other.
    private static let texts: Set = ["Text", "Textarea"]

    /// Files and places, and what only decorates, are nothing that an indicator could count.
    private static let leftOut: Set = ["File", "Location", "Tips", "BankAccount", "PhoneNumber", "RelatedApproval"]

    /// The form of a detail: the controls whose titles or ids are `wanted`; where none are, all but free text.
    init(_ info: JSON, wanted: Set<String>, dayOf: @escaping (Instant) -> String) {
        self.wanted = wanted
        self.dayOf = dayOf
        let controls = info["apply_data"]?["contents"]?.array ?? []
        hidesText = controls.contains { $0["control"]?.string == "Vacation" }
        values = map(controls)
    }

    private mutating func map(_ controls: [JSON]) -> JSONObject {
        var values = JSONObject()
        for control in controls {
            guard let kind = control["control"]?.string, !Self.leftOut.contains(kind) else { continue }
            let id = control.filled("id") ?? ""
            let title = control["title"].flatMap(Self.text) ?? id
            guard wanted.isEmpty ? !Self.texts.contains(kind) : wanted.contains(title) || wanted.contains(id) else {
                continue
            }
            let key = values[title] == nil ? title : "\(title) (\(id))"
            values[key] = value(of: control["value"] ?? .null, kind: kind)
        }
        return values
    }

    private mutating func value(of value: JSON, kind: String) -> JSON {
        switch kind {
        case "Text", "Textarea": return hidesText ? .null : .text(value.filled("text"))
        case "Number": return Self.number(value.filled("new_number"))
        case "Money": return Self.number(value.filled("new_money"))
        case "Formula": return Self.number(value["formula"]?.filled("value"))
        case "Date": return moment(value["date"], "s_timestamp")
        case "DateRange": return range(value["date_range"])
        case "Attendance": return range(value["attendance"]?["date_range"])
        case "Vacation": return vacation(value["vacation"])
        case "Selector": return Self.choice(value["selector"])
        case "Contact": return Self.contacts(value)
        case "Table": return .array((value["children"]?.array ?? []).map { .object(map($0["list"]?.array ?? [])) })
        default:
            unknown.insert(kind)
            return .null
        }
    }
}

// MARK: - Values

extension WeComForm {
    /// A day where the control shows days, else a time; null where nothing was entered.
    private func moment(_ value: JSON?, _ key: String) -> JSON {
        guard let value, let moment = value.weComTime(key) else { return .null }
        return value["type"]?.string == "day" ? .string(dayOf(moment)) : .time(moment)
    }

    private func range(_ value: JSON?) -> JSON {
        guard let value else { return .null }
        return [
            "from": moment(value, "new_begin"), "to": moment(value, "new_end"),
            "seconds": Self.number(value.filled("new_duration")),
        ]
    }

    /// The kind of leave and its span.
    private func vacation(_ value: JSON?) -> JSON {
        guard let value, case .object(var span) = range(value["attendance"]?["date_range"]) else { return .null }
        span["kind"] = Self.choice(value["selector"])
        return .object(span)
    }

    /// A number as it stands; null where there is none.
    private static func number(_ text: String?) -> JSON {
        guard let text, let value = try? JSON.parse(Array(text.utf8)), case .number = value else { return .null }
        return value
    }

    /// What was chosen: one text, or a list where several may be.
    private static func choice(_ selector: JSON?) -> JSON {
        let chosen = (selector?["options"]?.array ?? []).map { option -> JSON in
            .text(option["value"].flatMap(text) ?? option.filled("key"))
        }
        return selector?["type"]?.string == "multi" ? .array(chosen) : chosen.first ?? .null
    }

    /// Accounts of people, else names of departments.
    private static func contacts(_ value: JSON) -> JSON {
        let members = (value["members"]?.array ?? []).compactMap { $0.weComAccount("userid").map(JSON.string) }
        guard members.isEmpty else { return .array(members) }
        return .array((value["departments"]?.array ?? []).compactMap { $0.filled("name").map(JSON.string) })
    }

    /// Of a text in several languages the Chinese one, else the first.
    private static func text(_ texts: JSON) -> String? {
        let all = texts.array ?? []
        return (all.first { $0["lang"]?.string == "zh_CN" } ?? all.first)?.filled("text")
    }
}
