import PlumblineKit

/// An issue with its journals, as the server shows one.
struct RedmineIssue {
    let id: Int
    let created: Instant
    let updated: Instant
    let status: String
    let author: String?
    /// In the order of their numbers, which is that of time; our user may have set the page to show the newest first.
    let journals: [RedmineJournal]
    let json: JSON

    init(_ json: JSON) throws(JSONShapeError) {
        id = try json.int(at: "id")
        created = try json.moment(at: "created_on")
        updated = try json.moment(at: "updated_on")
        status = try json.object(at: "status").string(at: "name")
        author = json["author"]?["id"]?.scalarText
        var journals: [RedmineJournal] = []
        for journal in try json.array(at: "journals") { journals.append(try RedmineJournal(journal)) }
        self.journals = journals.sorted { $0.id < $1.id }
        self.json = json
    }

    var assignee: String? { json["assigned_to"]?["id"]?.scalarText }

    /// Hours with a point, such as `1.25`, as seconds.
    func secondsSpent() throws(JSONShapeError) -> Int? {
        guard let text = json["spent_hours"]?.scalarText else { return nil }
        guard let seconds = RedmineHours.seconds(text) else {
            throw JSONShapeError(reason: "'spent_hours' is not a number of hours such as 1.25")
        }
        return seconds
    }

    /// The custom field called `name`: its number, which journals use, and its present value.
    func customField(_ name: String) -> (number: String, value: String?)? {
        let field = json["custom_fields"]?.array?.first { $0["name"]?.string == name }
        guard let field, let number = field["id"]?.scalarText else { return nil }
        let value = field["value"]?.array?.first?.scalarText ?? field["value"]?.scalarText
        return (number, value.flatMap { $0.isEmpty ? nil : $0 })
    }

    /// Values by name; a list where the field takes several.
    var customFields: JSONObject {
        JSONObject(
            (json["custom_fields"]?.array ?? []).compactMap { field in
                guard let name = field["name"]?.string, let value = field["value"] else { return nil }
                return (name, value)
            })
    }
}

/// One entry of an issue's history: a note, changes, or both.
struct RedmineJournal {
    struct Change {
        /// `attr` or `cf`.
        let property: String
        /// An attribute such as `status_id`, or the number of a custom field.
        let name: String
        let old: String?
        let new: String?
    }

    let id: Int
    let user: String?
    let at: Instant
    let isPublicNote: Bool
    let changes: [Change]

    init(_ json: JSON) throws(JSONShapeError) {
        id = try json.int(at: "id")
        at = try json.moment(at: "created_on")
        user = json["user"]?["id"]?.scalarText
        isPublicNote = json["notes"]?.string?.isEmpty == false && json["private_notes"]?.bool != true
        changes = (json["details"]?.array ?? []).map { detail in
            Change(
                property: detail["property"]?.string ?? "", name: detail["name"]?.scalarText ?? "",
                old: detail["old_value"]?.scalarText, new: detail["new_value"]?.scalarText)
        }
    }

    /// What became of the attribute `name`; nil where the entry does not tell.
    func change(of name: String, in property: String = "attr") -> Change? {
        changes.last { $0.property == property && $0.name == name }
    }
}

/// Hours as the server writes them.
enum RedmineHours {
    /// `1.25` is 4500; nil for what is no plain number that is not negative. Rounded half up to a whole second.
    static func seconds(_ text: String) -> Int? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let digits = parts.count == 2 ? String(parts[1].prefix(9)) : ""
        guard parts.count <= 2, isNumber(text.filter { $0 != "." }), let hours = Int(parts[0]),
            let part = Int(digits + String(repeating: "0", count: 9 - digits.count)),
            case (let whole, false) = hours.multipliedReportingOverflow(by: 3600)
        else { return nil }
        return whole + (part * 3600 + 500_000_000) / 1_000_000_000
    }

    private static func isNumber(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
