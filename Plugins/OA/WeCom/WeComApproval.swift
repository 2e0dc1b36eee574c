import PlumblineKit
import WeComServer
import XMLDocument

/// What `sp_status` says of an approval.
///
/// - Source: the module WeChat.Work.OA.Approval of wechat_sdk 0.16.0 (Elixir).
enum WeComApprovalStatus: Int {
    case pending = 1
    case passed = 2
    case rejected = 3
    case withdrawn = 4
    case withdrawnAfterPass = 6
    case deleted = 7
    case paid = 10

    /// In the words of the record type `approval`; nil for what is deleted.
    var outcome: String? {
        switch self {
        case .pending: "pending"
        case .passed, .paid: "approved"
        case .rejected: "rejected"
        case .withdrawn, .withdrawnAfterPass: "withdrawn"
        case .deleted: nil
        }
    }

    /// Of two states in one second, the one that can follow the other has the greater rank.
    var rank: Int {
        switch self {
        case .pending: 0
        case .passed, .rejected, .withdrawn: 1
        case .paid: 2
        case .withdrawnAfterPass: 3
        case .deleted: 4
        }
    }

    /// What the decisive approver of such an approval did; nil where nobody decided.
    var decision: WeComApprovalStep.Outcome? {
        switch self {
        case .passed, .paid, .withdrawnAfterPass: .approved
        case .rejected: .rejected
        case .pending, .withdrawn, .deleted: nil
        }
    }
}

/// One approver in one step.
struct WeComApprovalStep: Hashable {
    /// What an approver did. The reference names no values; those of an approval stand in, and 4 for handing on.
    enum Outcome: Int {
        case pending = 1
        case approved = 2
        case rejected = 3
        case transferred = 4

        var name: String {
            switch self {
            case .pending: "pending"
            case .approved: "approved"
            case .rejected: "rejected"
            case .transferred: "transferred"
            }
        }
    }

    /// From 1.
    let step: Int
    /// Whether the step as a whole waits.
    let isWaiting: Bool
    let approver: String?
    /// Nil where WeCom writes a number that is not known.
    let outcome: Outcome?
    /// Nil until the approver acted.
    let at: Instant?

    var json: JSON {
        [
            "step": .int(step), "approver": .text(approver), "outcome": .text(outcome?.name), "at": .time(at),
        ]
    }
}

/// An approval as both the detail and an event tell it; the form is the detail's alone.
struct WeComApproval {
    let number: String
    let kind: String
    let template: String
    let status: WeComApprovalStatus
    let requestedAt: Instant
    let requester: String
    let department: String?
    let steps: [WeComApprovalStep]

    /// The record; `form` is null where it is not told.
    func json(form: JSON) -> JSON {
        let decisive = status.decision.flatMap { decision in
            steps.filter { $0.outcome == decision }.max { ($0.at ?? .beginning) < ($1.at ?? .beginning) }
        }
        let waiting = status == .pending ? steps.filter { $0.isWaiting && $0.outcome == .pending } : []
        let first = waiting.map(\.step).min()
        return [
            "id": .string(number), "template": .string(template), "kind": .string(kind),
            "outcome": .text(status.outcome), "is_revoked": .bool(status == .withdrawnAfterPass),
            "is_paid": .bool(status == .paid), "requester": .string(requester),
            "requester_department": .text(department), "requested_at": .time(requestedAt),
            "decided_by": .text(decisive?.approver), "decided_at": .time(decisive?.at),
            "finished_at": status == .withdrawnAfterPass ? .null : .time(decisive?.at),
            "waiting_for": .array(waiting.filter { $0.step == first }.compactMap { $0.approver.map(JSON.string) }),
            "steps": .array(steps.map(\.json)), "form": form,
        ]
    }
}

// MARK: - The detail

extension WeComApproval {
    /// `info` of getapprovaldetail.
    init(_ info: JSON) throws(JSONShapeError) {
        number = try info.text(at: "sp_no")
        kind = try info.string(at: "sp_name")
        template = try info.text(at: "template_id")
        status = try Self.status(try info.text(at: "sp_status"))
        requestedAt = try Self.time(info.weComTime("apply_time"), "apply_time")
        let applicant = try info.object(at: "applyer")
        requester = try Self.account(applicant.weComAccount("userid"), "applyer.userid")
        department = applicant.filled("partyid")
        steps = (info["sp_record"]?.array ?? []).enumerated().flatMap { place, record in
            (record["details"]?.array ?? []).map { detail in
                WeComApprovalStep(
                    step: place + 1, isWaiting: record["sp_status"]?.scalarText == "1",
                    approver: detail["approver"]?.weComAccount("userid"),
                    outcome: detail["sp_status"]?.scalarText.flatMap { Int($0) }.flatMap(
                        WeComApprovalStep.Outcome.init),
                    at: detail.weComTime("sptime"))
            }
        }
    }

    /// The parts of a detail that may be shown to people who mend what could not be read: no form, no remarks.
    static func excerpt(of info: JSON) -> JSON {
        let shown = ["sp_no", "sp_name", "sp_status", "template_id", "apply_time"]
        return .object(JSONObject(shown.compactMap { key in info[key].map { (key, $0) } }))
    }

    private static func status(_ text: String) throws(JSONShapeError) -> WeComApprovalStatus {
        guard let status = Int(text).flatMap(WeComApprovalStatus.init) else {
            throw JSONShapeError(reason: "the status '\(text.prefix(20))' is not one of 1, 2, 3, 4, 6, 7, 10")
        }
        return status
    }

    private static func time(_ moment: Instant?, _ name: String) throws(JSONShapeError) -> Instant {
        guard let moment else { throw JSONShapeError(reason: "has no time '\(name)' in seconds since 1970") }
        return moment
    }

    private static func account(_ account: String?, _ name: String) throws(JSONShapeError) -> String {
        guard let account else { throw JSONShapeError(reason: "has no account '\(name)'") }
        return account
    }
}

// MARK: - The event

extension WeComApproval {
    /// `ApprovalInfo` of an event. Its number is `SpNoStr`: as a number, `SpNo`, it may not fit.
    init(_ info: XMLElement) throws(JSONShapeError) {
        number = try Self.text(of: info, "SpNoStr")
        kind = try Self.text(of: info, "SpName")
        template = try Self.text(of: info, "TemplateId")
        status = try Self.status(try Self.text(of: info, "SpStatus"))
        requestedAt = try Self.time(info.time("ApplyTime"), "ApplyTime")
        let applicant = info.child("Applyer")
        requester = try Self.account(applicant?.filled("UserId")?.weComAccount, "Applyer.UserId")
        department = applicant?.filled("Party")
        steps = info.children(named: "SpRecord").enumerated().flatMap { place, record in
            record.children(named: "Details").map { detail in
                WeComApprovalStep(
                    step: place + 1, isWaiting: record.filled("SpStatus") == "1",
                    approver: detail.child("Approver")?.filled("UserId")?.weComAccount,
                    outcome: detail.filled("SpStatus").flatMap { Int($0) }.flatMap(WeComApprovalStep.Outcome.init),
                    at: detail.time("SpTime"))
            }
        }
    }

    private static func text(of info: XMLElement, _ name: String) throws(JSONShapeError) -> String {
        guard let text = info.filled(name) else { throw JSONShapeError(reason: "has no element '\(name)'") }
        return text
    }
}

extension XMLElement {
    /// The text of the only element of this name; nil where it is absent or empty.
    func filled(_ name: String) -> String? {
        guard let text = child(name)?.text, !text.isEmpty else { return nil }
        return text
    }

    /// Unix seconds; nil where they are absent or 0.
    func time(_ name: String) -> Instant? { filled(name).flatMap(Instant.init(weCom:)) }
}

extension Instant {
    /// Before every time that WeCom writes.
    fileprivate static let beginning = Instant(microseconds: 0)
}
