import FeishuServer
import PlumblineKit

/// One approval, folded from its instance and tasks.
struct FeishuApproval {
    let id: String
    let started: Instant
    let finished: Instant?
    let status: String
    /// Nil for a status that is not documented.
    let outcome: Outcome?
    private let instance: JSON
    private let idType: String

    enum Outcome: String {
        case pending, approved, rejected, withdrawn
    }

    /// What is kept of an instance.
    static let mask: JSON = [
        "approval_code": true, "approval_name": true, "instance_code": true, "serial_number": true, "status": true,
        "start_time": true, "end_time": true, "user_id": true, "open_id": true, "form": true, "reverted": true,
        "task_list": [
            [
                "id": true, "user_id": true, "open_id": true, "status": true, "node_name": true, "type": true,
                "start_time": true, "end_time": true,
            ]
        ],
    ]

    static let fields = [
        SourceField("id", "string", LocalizedText(zh: "审批实例编号", en: "The instance's code")),
        SourceField("template", "string", LocalizedText(zh: "审批定义编号", en: "The approval_code of the definition")),
        SourceField("kind", "string?", LocalizedText(zh: "审批名称", en: "Name of the approval")),
        SourceField("number", "string?", LocalizedText(zh: "审批单号", en: "Serial number")),
        SourceField("requester", "string", LocalizedText(zh: "发起人账号", en: "Account of who asked")),
        SourceField("requested_at", "time", LocalizedText(zh: "发起时间", en: "When it was asked")),
        SourceField(
            "outcome", "string?",
            LocalizedText(
                zh: "pending、approved、rejected、withdrawn；状态未知时为空",
                en: "pending, approved, rejected or withdrawn; null for an unknown status")),
        SourceField("status", "string", LocalizedText(zh: "系统中的状态", en: "The system's own status")),
        SourceField(
            "decided_by", "string?",
            LocalizedText(zh: "作出最后决定的审批人", en: "Who took the decision that ended it; null where nobody did")),
        SourceField(
            "decided_at", "time?",
            LocalizedText(zh: "决定时间；撤回的为空", en: "When it was decided; null where it was withdrawn")),
        SourceField("finished_at", "time?", LocalizedText(zh: "结束时间", en: "When it ended")),
        SourceField("waiting_for", "list<string>", LocalizedText(zh: "尚待其审批的账号", en: "Who has still to decide")),
        SourceField(
            "steps", "list<map>",
            LocalizedText(
                zh: "每一步：approver、name、status、type、started_at、ended_at",
                en: "Each step: approver, name, status, type, started_at, ended_at")),
        SourceField("form", "map", LocalizedText(zh: "form_fields 所列控件的值", en: "Values of the fields in form_fields")),
    ]

    /// Reads an instance; `timedOut` is what OVERTIME_CLOSE counts as.
    init(_ instance: JSON, idType: String, timedOut: Outcome) throws(JSONShapeError) {
        id = try instance.text(at: "instance_code")
        status = try instance.string(at: "status")
        guard let started = instance["start_time"]?.feishuMilliseconds else {
            throw JSONShapeError(reason: "'start_time' is no time in milliseconds")
        }
        guard instance.filled(idType) != nil else {
            throw JSONShapeError(reason: "the instance names nobody by \(idType) who asked")
        }
        self.started = started
        finished = instance["end_time"]?.feishuMilliseconds
        outcome = Self.outcome(of: status, isReverted: instance["reverted"] == true, timedOut: timedOut)
        self.instance = instance
        self.idType = idType
    }

    private static func outcome(of status: String, isReverted: Bool, timedOut: Outcome) -> Outcome? {
        switch status {
        case "APPROVED": isReverted ? .withdrawn : .approved
        case "REJECTED": .rejected
        case "CANCELED", "REVERTED": .withdrawn
        case "OVERTIME_CLOSE": timedOut
        case "PENDING", "OVERTIME_RECOVER": .pending
        default: nil
        }
    }

    /// Whether it is gone for those who use it.
    var isDeleted: Bool { status == "DELETED" }

    /// Whether somebody decided; what was withdrawn has an end alone.
    private var isDecided: Bool { outcome == .approved || outcome == .rejected }

    /// Whether nothing ends it yet; an unknown status may change into a known one.
    var isOpen: Bool { outcome == .pending || (outcome == nil && !isDeleted) }

    func record(form: JSON) throws(JSONShapeError) -> JSON {
        let tasks = instance["task_list"]?.array ?? []
        let decision = decision(among: tasks)
        return [
            "id": .string(id), "template": .string(try instance.text(at: "approval_code")),
            "kind": .text(instance.filled("approval_name")), "number": .text(instance.filled("serial_number")),
            "requester": .text(instance.filled(idType)), "requested_at": .time(started),
            "outcome": .text(outcome?.rawValue), "status": .string(status),
            "decided_by": .text(decision?.filled(idType)),
            "decided_at": .time(isDecided ? decision?["end_time"]?.feishuMilliseconds ?? finished : nil),
            "finished_at": .time(finished),
            "waiting_for": .array(
                tasks.filter { $0["status"] == "PENDING" }.compactMap { $0.filled(idType) }.map(JSON.string)),
            "steps": .array(tasks.map(step)), "form": form,
        ]
    }

    /// The last task that ended as the whole did.
    private func decision(among tasks: [JSON]) -> JSON? {
        guard isDecided else { return nil }
        let wanted = outcome == .rejected ? "REJECTED" : "APPROVED"
        let decided = tasks.enumerated().filter { $0.element["status"]?.string == wanted }
        return decided.max { one, other in
            let moment = { (task: JSON) in task["end_time"]?.feishuMilliseconds?.microseconds ?? .min }
            return (moment(one.element), one.offset) < (moment(other.element), other.offset)
        }?.element
    }

    private func step(_ task: JSON) -> JSON {
        [
            "approver": .text(task.filled(idType)), "name": .text(task.filled("node_name")),
            "status": .text(task.filled("status")), "type": .text(task.filled("type")),
            "started_at": .time(task["start_time"]?.feishuMilliseconds),
            "ended_at": .time(task["end_time"]?.feishuMilliseconds),
        ]
    }
}

/// The chosen fields of an approval's form.
struct FeishuForm {
    /// Name or id -> value.
    let values: JSON
    /// Fields of the same name as one before them, which counts.
    let repeated: [String]

    /// Attachments, images and places are dropped even where they are named.
    private static let dropped: Set = ["attachment", "attachmentV2", "image", "imageV2", "address", "location"]

    /// Reads the text of a form, a list of `{id, name, type, value}`; only what `names` names is kept.
    init(_ text: String?, keeping names: Set<String>) throws(JSONShapeError) {
        guard let text, !text.isEmpty else {
            (values, repeated) = ([:], [])
            return
        }
        guard let widgets = (try? JSON.parse(Array(text.utf8)))?.array else {
            throw JSONShapeError(reason: "'form' is no JSON list of fields")
        }
        (values, repeated) = Self.values(of: widgets, keeping: names)
    }

    private static func values(of widgets: [JSON], keeping names: Set<String>) -> (JSON, [String]) {
        var (values, repeated) = (JSONObject(), [String]())
        for widget in widgets where !dropped.contains(widget.filled("type") ?? "") {
            guard
                let key = [widget.filled("name"), widget.filled("id")].compactMap(\.self).first(where: names.contains)
            else { continue }
            if values[key] == nil {
                values[key] = value(widget["value"] ?? .null, keeping: names)
            } else {
                repeated.append(key)
            }
        }
        return (.object(values), repeated)
    }

    /// A value as it is, but for the rows of a table, whose cells are chosen as other fields are.
    private static func value(_ value: JSON, keeping names: Set<String>) -> JSON {
        switch value {
        case .array(let elements) where elements.contains { $0.array != nil }:
            .array(elements.map { values(of: $0.array ?? [], keeping: names).0 })
        case .array: value.kept(true)
        case .object(let object):
            .object(JSONObject(object.members.map { ($0.key, $0.value.kept(true)) }))
        default: value
        }
    }
}
