import PlumblineKit

/// A row of the ticket list, before its history is folded in.
struct RequestTrackerTicket {
    let id: Int
    let effectiveID: Int
    let status: String
    let created: Instant
    let updated: Instant
    let queue: String?
    let owner: String?
    let requesters: [String]
    let secondsWorked: Int?
    let json: JSON

    static let columns = [
        "Subject", "Status", "Queue", "Priority", "Created", "LastUpdated", "Due", "Owner", "Requestor", "Creator",
        "TimeWorked", "EffectiveId", "CustomFields",
    ]

    init(_ json: JSON) throws(JSONShapeError) {
        guard let id = Int(try json.text(at: "id")) else { throw JSONShapeError(reason: "'id' is not a number") }
        guard let created = RequestTrackerClient.date(json["Created"]) else {
            throw JSONShapeError(reason: "'Created' is not a date")
        }
        guard let updated = RequestTrackerClient.date(json["LastUpdated"]) else {
            throw JSONShapeError(reason: "'LastUpdated' is not a date")
        }
        self.id = id
        self.created = created
        self.updated = updated
        self.json = json
        status = try json.string(at: "Status")
        secondsWorked = try Self.secondsWorked(json["TimeWorked"])
        effectiveID = json["EffectiveId"]?.scalarText.flatMap { Int($0) } ?? id
        queue = json["Queue"]?["Name"]?.string ?? json["Queue"]?["id"]?.scalarText
        let owner = json["Owner"]?["id"]?.scalarText
        self.owner = owner == RequestTrackerUsers.nobody ? nil : owner
        let requesters = (json["Requestor"]?.array ?? []).compactMap { $0["id"]?.scalarText }
        let creator = json["Creator"]?["id"]?.scalarText
        self.requesters = requesters.isEmpty ? [creator].compactMap(\.self) : requesters
    }

    /// The server counts minutes.
    private static func secondsWorked(_ json: JSON?) throws(JSONShapeError) -> Int? {
        guard let text = json?.scalarText, !text.isEmpty else { return nil }
        guard let minutes = Int(text), case (let seconds, false) = minutes.multipliedReportingOverflow(by: 60) else {
            throw JSONShapeError(reason: "'TimeWorked' is not a number of minutes")
        }
        return seconds
    }

    var isMerged: Bool { effectiveID != id }

    /// The number of the custom field called `name`, which transactions use, and its present value.
    func customField(_ name: String) -> (number: String, value: String?)? {
        let field = json["CustomFields"]?.array?.first { $0["name"]?.string == name }
        guard let field, let number = field["id"]?.scalarText else { return nil }
        return (number, field["values"]?.array?.first?.scalarText)
    }

    var customFields: JSONObject {
        let fields = json["CustomFields"]?.array ?? []
        return JSONObject(
            fields.compactMap { field in
                guard let name = field["name"]?.string, let values = field["values"] else { return nil }
                return (name, values)
            })
    }
}
