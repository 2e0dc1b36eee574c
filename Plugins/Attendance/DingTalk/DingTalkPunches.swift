import DingTalkServer
import PlumblineKit

/// What became of a planned punch.
struct DingTalkResult: Hashable {
    let user: String
    let workDate: Instant
    let isOn: Bool
    /// `Normal`, `Early`, `Late`, `SeriousLate`, `Absenteeism` or `NotSigned`.
    let result: String
    /// The planned moment, after the rules of the shift.
    let base: Instant
    let planned: Instant
    /// Nil where nobody punched.
    let at: Instant?
    let shift: String?
    let source: String?
    /// Whether an approval stands in for the punch.
    let isApproved: Bool

    init(_ json: JSON) throws(JSONShapeError) {
        user = try json.text(at: "userId")
        workDate = try json.moment(at: "workDate")
        isOn = try json.isOnDuty()
        result = try json.string(at: "timeResult")
        let (base, planned) = (json["baseCheckTime"]?.dingTalkMoment, json["planCheckTime"]?.dingTalkMoment)
        guard let either = base ?? planned else { throw JSONShapeError(reason: "has no 'baseCheckTime'") }
        (self.base, self.planned) = (either, planned ?? either)
        source = json.filledText("sourceType")
        isApproved = json.filledText("procInstId") != nil || (json["approveId"]?.int ?? 0) != 0
        shift = json.filledText("classId")
        let checked = json["userCheckTime"]?.dingTalkMoment
        let isNotSigned =
            result == "NotSigned" || json["locationResult"] == "NotSigned" || (source == "SYSTEM" && checked == either)
        at = isNotSigned ? nil : checked
    }

    /// The members that may be kept of a result or punch that cannot be read.
    static let kept: Set = [
        "id", "userId", "workDate", "checkType", "timeResult", "baseCheckTime", "planCheckTime", "userCheckTime",
        "sourceType", "isLegal",
    ]
}

/// A punch as somebody or a device made it.
struct DingTalkPunch: Hashable {
    let user: String
    let workDate: Instant
    let isOn: Bool
    let at: Instant
    let isValid: Bool

    init(_ json: JSON) throws(JSONShapeError) {
        user = try json.text(at: "userId")
        at = try json.moment(at: "userCheckTime")
        workDate = json["workDate"]?.dingTalkMoment ?? at
        isOn = try json.isOnDuty()
        let isNotSigned = json["timeResult"] == "NotSigned" || json["locationResult"] == "NotSigned"
        isValid = json["isLegal"] != "N" && json.filledText("invalidRecordType") == nil && !isNotSigned
    }
}

/// Approved leave.
struct DingTalkLeave: Hashable {
    let user: String
    let from: Instant
    var to: Instant
    let kind: String?
    /// Hundredths of an hour, or of a day.
    let amount: Int?
    let isInHours: Bool

    init(_ json: JSON) throws(JSONShapeError) {
        user = try json.text(at: "userid")
        (from, to) = (try json.moment(at: "start_time"), try json.moment(at: "end_time"))
        guard from <= to else { throw JSONShapeError(reason: "ends before it begins") }
        kind = json.filledText("leave_code")
        amount = json["duration_percent"]?.int
        isInHours = json["duration_unit"] == "percent_hour"
    }

    /// The members that may be kept of a leave that cannot be read.
    static let kept: Set = ["userid", "start_time", "end_time", "duration_unit", "duration_percent"]
}

extension JSON {
    fileprivate func moment(at key: String) throws(JSONShapeError) -> Instant {
        guard let moment = self[key]?.dingTalkMoment else {
            throw JSONShapeError(reason: "'\(key)' is not a number of milliseconds")
        }
        return moment
    }

    fileprivate func isOnDuty() throws(JSONShapeError) -> Bool {
        switch self["checkType"]?.string {
        case "OnDuty": return true
        case "OffDuty": return false
        default: throw JSONShapeError(reason: "'checkType' is neither OnDuty nor OffDuty")
        }
    }
}
