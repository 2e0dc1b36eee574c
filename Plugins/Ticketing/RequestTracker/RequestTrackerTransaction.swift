import PlumblineKit

/// One entry of a ticket's history.
struct RequestTrackerTransaction {
    let id: Int
    /// The ticket it stands at; after a merge still the old one.
    let ticket: Int
    /// `Create`, `Correspond`, `Status`, `Set`, `CustomField`, `AddLink` and others.
    let type: String
    /// For `Set` a column, for `CustomField` the field's number, for `AddLink` the kind of link.
    let field: String
    let old: String
    let new: String
    let at: Instant
    /// The login of who did it.
    let creator: String

    /// The types that a fold reads: who may see the ticket may see these. Those behind `Set` are changes of owner.
    static let types = ["Create", "Correspond", "Status", "AddLink", "Set", "Force", "Give", "Steal", "Take", "Untake"]

    init(_ json: JSON) throws(ConnectorError) {
        do throws(JSONShapeError) {
            guard let id = Int(try json.text(at: "id")), let ticket = Int(try json.text(at: "ObjectId")),
                let at = Instant(rfc3339: try json.string(at: "Created"))
            else { throw JSONShapeError(reason: "id, ObjectId or Created is not of the documented form") }
            self.id = id
            self.ticket = ticket
            self.at = at
            type = try json.string(at: "Type")
            field = json["Field"]?.scalarText ?? ""
            old = json["OldValue"]?.scalarText ?? ""
            new = json["NewValue"]?.scalarText ?? ""
            creator = try json.object(at: "Creator").text(at: "id")
        } catch {
            throw .unexpected(reason: "a transaction is not in the documented form: \(error.reason)")
        }
    }

    /// A change of owner. The query leaves out watchers, so each change shows once.
    var isOwnerChange: Bool { field == "Owner" }

    var isStatusChange: Bool { type == "Status" }

    /// Whether another ticket was merged into this one, or this one into another.
    var isMerge: Bool { type == "AddLink" && field == "MergedInto" }
}
