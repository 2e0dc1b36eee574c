import DingTalkServer
import PlumblineKit

/// Reads approval instances as records, under one connection's settings.
struct DingTalkInstanceReader: Sendable {
    private let clock: DingTalkClock
    private let writesUTC: Bool
    private let openStatuses: Set<String>
    private let withdrawnStatuses: Set<String>
    /// In small letters, as steps tell theirs.
    private let waitingStatuses: Set<String>
    private let formFields: Set<String>

    init(settings: Settings, clock: DingTalkClock) {
        self.clock = clock
        writesUTC = settings[DingTalkApprovalSettings.writtenTimes] == "utc"
        openStatuses = Set(settings[DingTalkApprovalSettings.openStatuses])
        withdrawnStatuses = Set(settings[DingTalkApprovalSettings.withdrawnStatuses])
        waitingStatuses = Set(settings[DingTalkApprovalSettings.waitingStatuses].map { $0.lowercased() })
        formFields = Set(settings[DingTalkApprovalSettings.formFields])
    }

    /// What the walk needs to know of an instance beside its record.
    struct Reading {
        let record: SourceRecord
        let isOpen: Bool
        let finished: Instant?
    }

    func read(_ json: JSON, id: String, template: String) throws(JSONShapeError) -> Reading {
        let requester = try json.text(at: "originatorUserId")
        let created = try time("createTime", of: json)
        let outcome = try outcome(of: json)
        let finished = try optionalTime("finishTime", of: json)
        let isDecided = ["approved", "rejected"].contains(outcome)
        let steps = try steps(of: json)
        let waiting = outcome == "pending" ? steps.filter { waitingStatuses.contains($0.status) } : []
        let operations = try operations(of: json)
        let record: JSON = [
            "id": .string(id),
            "template": .string(template),
            "number": .text(json.filledText("businessId")),
            "requester": .string(requester),
            "unit": .text(json.filledText("originatorDeptName")),
            "outcome": .string(outcome),
            "created_at": .time(created),
            "finished_at": .time(finished),
            "decided_at": .time(isDecided ? finished : nil),
            "decided_by": .text(isDecided ? steps.last { $0.decided(outcome) }?.approver : nil),
            "waiting_for": .array(waiting.map { .string($0.approver) }),
            // Whose operation it is where no account stands in it is not known.
            "first_action_at": .time(operations.first { $0.by != nil && $0.by != requester }?.at),
            "steps": .array(steps.map(\.json)),
            "operations": .array(operations.map(\.json)),
            "form": form(of: json),
        ]
        return Reading(
            record: SourceRecord(id: id, version: nil, json: record), isOpen: outcome == "pending", finished: finished)
    }

    /// The members that may be kept of an instance that cannot be read.
    static let kept: Set = ["status", "result", "createTime", "finishTime", "originatorUserId", "businessId"]

    private func outcome(of json: JSON) throws(JSONShapeError) -> String {
        let status = try json.string(at: "status")
        if openStatuses.contains(status) { return "pending" }
        if withdrawnStatuses.contains(status) { return "withdrawn" }
        guard status == "COMPLETED" else {
            throw JSONShapeError(
                reason: "the status '\(status)' is not known; name it under open_statuses or withdrawn_statuses")
        }
        switch json["result"]?.string?.lowercased() {
        case "agree": return "approved"
        case "refuse": return "rejected"
        default: throw JSONShapeError(reason: "a completed instance has a 'result' that is neither agree nor refuse")
        }
    }

    /// The listed fields by name, null where the form has none; of two with one name the first.
    private func form(of json: JSON) -> JSON {
        let fields = json["formComponentValues"]?.array ?? []
        return .object(
            JSONObject(
                formFields.sorted().map { name in
                    let field = fields.first { $0["name"]?.string == name }
                    return (name, .text(field?.filledText("value").flatMap { $0 == "null" ? nil : $0 }))
                }))
    }
}

// MARK: - Steps and operations

extension DingTalkInstanceReader {
    /// What one approver was asked.
    private struct Step {
        let approver: String
        let result: String?
        let status: String
        let from: Instant?
        let to: Instant?

        func decided(_ outcome: String) -> Bool { result == (outcome == "approved" ? "agree" : "refuse") }

        var json: JSON {
            [
                "approver": .string(approver), "result": .text(result), "status": .string(status),
                "started_at": .time(from), "finished_at": .time(to),
            ]
        }
    }

    private struct Operation {
        let by: String?
        let at: Instant
        let type: String
        let result: String?

        var json: JSON {
            ["by": .text(by), "at": .time(at), "type": .string(type), "result": .text(result)]
        }
    }

    /// In the order in which they were decided; those that wait are last.
    private func steps(of json: JSON) throws(JSONShapeError) -> [Step] {
        var steps: [Step] = []
        for task in json["tasks"]?.array ?? [] {
            let result = task.filledText("result")?.lowercased()
            steps.append(
                Step(
                    approver: try task.text(at: "userId"), result: result == "none" ? nil : result,
                    status: (task.filledText("status") ?? "").lowercased(),
                    from: try optionalTime("createTime", of: task), to: try optionalTime("finishTime", of: task)))
        }
        return steps.enumerated().sorted { one, other in
            let (left, right) = (one.element.to?.microseconds ?? .max, other.element.to?.microseconds ?? .max)
            return (left, one.offset) < (right, other.offset)
        }.map(\.element)
    }

    private func operations(of json: JSON) throws(JSONShapeError) -> [Operation] {
        var operations: [Operation] = []
        for entry in json["operationRecords"]?.array ?? [] {
            let result = entry.filledText("result")?.lowercased()
            operations.append(
                Operation(
                    by: entry.filledText("userId"), at: try time("date", of: entry),
                    type: entry.filledText("type") ?? "", result: result == "none" ? nil : result))
        }
        return operations.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }
}

// MARK: - Times

extension DingTalkInstanceReader {
    private func time(_ key: String, of json: JSON) throws(JSONShapeError) -> Instant {
        guard let moment = try optionalTime(key, of: json) else { throw JSONShapeError(reason: "has no '\(key)'") }
        return moment
    }

    private func optionalTime(_ key: String, of json: JSON) throws(JSONShapeError) -> Instant? {
        guard let text = json.filledText(key) else { return nil }
        guard let moment = moment(text) else {
            throw JSONShapeError(reason: "'\(key)' is not a time such as 2026-07-01 09:30:00")
        }
        return moment
    }

    /// `2026-07-01 09:30:00`, `2026-07-01T09:30Z` and the like. A final Z is no offset here: whether it means UTC is not
    /// confirmed, and the setting says it.
    private func moment(_ written: String) -> Instant? {
        var text = written.replacing(" ", with: "T")
        if text.hasSuffix("Z") { text.removeLast() }
        if text.utf8.count == 16 { text += ":00" }
        if let absolute = Instant(rfc3339: text) { return absolute }
        return Instant(rfc3339: text + "Z").map { writesUTC ? $0 : clock.moment(shown: $0) }
    }
}
