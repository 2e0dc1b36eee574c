import PlumblineKit

/// An issue as a search shows it, which may be older than what its history shows.
struct JiraIssue {
    let id: String
    let key: String
    let created: Instant
    let updated: Instant
    let status: JiraStatus
    let fields: JSON

    init(_ json: JSON) throws(JSONShapeError) {
        id = try json.text(at: "id")
        key = try json.string(at: "key")
        fields = try json.object(at: "fields")
        created = try fields.jiraMoment(at: "created")
        updated = try fields.jiraMoment(at: "updated")
        status = try JiraStatus(try fields.object(at: "status"))
    }

    /// What is asked for; without a list only the id comes.
    static let asked = [
        "summary", "status", "assignee", "reporter", "created", "updated", "resolutiondate", "resolution", "priority",
        "issuetype", "project", "labels", "duedate",
    ]

    /// What happened up to here belongs to the state shown: the moments of a change and of the issue are not taken at
    /// once.
    var horizon: Instant { updated.advanced(bySeconds: 1) }

    var reporter: String? { account("reporter") }
    var assignee: String? { account("assignee") }
    var resolved: Instant? { moment("resolutiondate") }

    /// Nil where the field is empty, or no time.
    func moment(_ field: String) -> Instant? { fields[field]?.string.flatMap(JiraTime.moment) }

    func name(_ field: String) -> String? { fields[field]?["name"]?.string }

    private func account(_ field: String) -> String? { fields[field]?["accountId"]?.string }
}

struct JiraStatus {
    /// Nil where the server shows none.
    let id: String?
    let name: String
    /// `new`, `indeterminate` or `done`.
    let category: String?

    init(_ json: JSON) throws(JSONShapeError) {
        id = json["id"]?.scalarText
        name = try json.string(at: "name")
        category = json["statusCategory"]?["key"]?.string
    }
}

/// One entry of an issue's history: what somebody changed at once.
struct JiraHistory {
    struct Change {
        /// The field's id, or its name where no id is told.
        let field: String
        let from: String?
        let fromName: String?
        let to: String?
        let toName: String?
    }

    let id: String
    let at: Instant
    private let changes: [Change]

    init(_ json: JSON) throws(JSONShapeError) {
        id = try json.text(at: "id")
        at = try json.jiraMoment(at: "created")
        changes = try json.array(at: "items").map { item in
            Change(
                field: item["fieldId"]?.string ?? item["field"]?.string ?? "", from: item["from"]?.scalarText,
                fromName: item["fromString"]?.string, to: item["to"]?.scalarText, toName: item["toString"]?.string)
        }
    }

    /// What became of `field`; nil where the entry does not tell.
    func change(of field: String) -> Change? { changes.last { $0.field == field } }

    /// The entries up to `horizon` in the order of time.
    static func list(_ items: [JSON], until horizon: Instant) throws(JSONShapeError) -> [JiraHistory] {
        var histories: [JiraHistory] = []
        for item in items { histories.append(try JiraHistory(item)) }
        return histories.filter { $0.at <= horizon }.sorted {
            ($0.at, SourceVersion($0.id)) < ($1.at, SourceVersion($1.id))
        }
    }
}

/// What somebody said.
struct JiraComment {
    let at: Instant
    let author: String?
    let isPublic: Bool
    let isByApp: Bool

    /// Everybody who sees the issue sees a comment, unless it is internal to the service desk or to some role or group.
    init(_ json: JSON) throws(JSONShapeError) {
        at = try json.jiraMoment(at: "created")
        author = json["author"]?["accountId"]?.string
        isByApp = json["author"]?["accountType"]?.string == "app"
        isPublic = json["jsdPublic"]?.bool != false && (json["visibility"] ?? .null).isNull
    }
}
