import PlumblineKit

/// An issue as the list shows it, and its place in the walk.
struct RoundupIssue {
    let id: Int
    let created: Instant
    let updated: Instant
    let status: String
    let messages: [Int]
    let json: JSON

    static let properties = [
        "title", "status", "priority", "assignedto", "creator", "creation", "activity", "messages", "superseder",
    ]

    init(_ json: JSON) throws(JSONShapeError) {
        (id, updated) = try Self.place(of: json)
        guard let created = RoundupDate.read(json["creation"]) else {
            throw JSONShapeError(reason: "'creation' is not a date such as 2026-07-01.02:54:31")
        }
        self.created = created
        self.json = json
        status = try json.object(at: "status").string(at: "name")
        messages = (json["messages"]?.array ?? []).compactMap { $0["id"]?.scalarText.flatMap { Int($0) } }
    }

    /// Number and time of the last change, which is all that the listing of a walk gives.
    static func place(of json: JSON) throws(JSONShapeError) -> (id: Int, updated: Instant) {
        guard let id = Int(try json.text(at: "id")) else { throw JSONShapeError(reason: "'id' is not a number") }
        guard let updated = RoundupDate.read(json["activity"]) else {
            throw JSONShapeError(reason: "'activity' is not a date such as 2026-07-01.02:54:31")
        }
        return (id, updated)
    }

    var requester: String? { json["creator"]?["username"]?.string }
    var owner: String? { json["assignedto"]?["username"]?.string }
}

/// Who wrote a message, and when.
struct RoundupMessage {
    let author: String
    let at: Instant

    /// Nil where our user may not see author or date.
    init?(_ json: JSON) {
        guard let author = json["author"]?["username"]?.string, let at = RoundupDate.read(json["date"])
        else { return nil }
        self.author = author
        self.at = at
    }
}
