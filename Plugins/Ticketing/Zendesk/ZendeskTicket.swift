import PlumblineKit

/// A ticket as the export shows it.
struct ZendeskTicket {
    let id: Int
    let status: String
    let created: Instant
    let updated: Instant
    /// Whole seconds since 1970: when the system last counted a change.
    let generated: Int
    let tags: [String]
    let json: JSON

    init(_ json: JSON) throws(JSONShapeError) {
        id = try json.int(at: "id")
        status = try json.string(at: "status")
        created = try json.moment(at: "created_at")
        updated = try json.moment(at: "updated_at")
        generated = try json.int(at: "generated_timestamp")
        tags = (json["tags"]?.array ?? []).compactMap(\.string)
        self.json = json
    }

    var requester: String? { json["requester_id"]?.scalarText }
    var assignee: String? { json["assignee_id"]?.scalarText }

    /// The state that the row shows: what happened later comes with a later row.
    var moment: Instant { max(updated, Instant(seconds: Int64(generated)) ?? updated) }

    /// Values by the number of the field.
    var customFields: JSONObject {
        JSONObject(
            (json["custom_fields"]?.array ?? []).compactMap { field in
                guard let id = field["id"]?.scalarText, let value = field["value"] else { return nil }
                return (id, value)
            })
    }
}

/// One update of a ticket: what it set or changed, and what was said.
struct ZendeskAudit {
    let id: Int
    let at: Instant
    private let author: String?
    private let events: [JSON]

    init(_ json: JSON) throws(JSONShapeError) {
        id = try json.int(at: "id")
        at = try json.moment(at: "created_at")
        author = json["author_id"]?.scalarText
        events = try json.array(at: "events")
    }

    /// A field that was set when the ticket was made, or changed since. `old` counts for changes only.
    struct Change {
        let isCreation: Bool
        let old: String?
        let new: String?
    }

    func change(of field: String) -> Change? {
        let event = events.last {
            $0["field_name"]?.string == field && ["Create", "Change"].contains($0["type"]?.string)
        }
        return event.map { event in
            Change(
                isCreation: event["type"]?.string == "Create", old: event["previous_value"]?.scalarText,
                new: event["value"]?.scalarText)
        }
    }

    /// Public comments: the event's number and who wrote it.
    var publicComments: [(id: String?, author: String)] {
        events.compactMap { event in
            guard event["type"]?.string == "Comment", event["public"]?.bool == true,
                let author = event["author_id"]?.scalarText ?? author
            else { return nil }
            return (event["id"]?.scalarText, author)
        }
    }

    /// Comments that were made private by this update.
    var hiddenComments: [String] {
        events.filter { $0["type"]?.string == "CommentPrivacyChange" && $0["public"]?.bool == false }
            .compactMap { $0["comment_id"]?.scalarText }
    }
}
