import FeishuServer
import PlumblineKit

/// A valid punch.
struct FeishuPunch: Hashable {
    let at: Instant
    /// The system's number of it; nil where it has none.
    let id: String?
}

/// A part of a day that was planned to be worked: begin and end, what was punched, and what the system made of it.
struct FeishuPart {
    /// One of its two ends.
    struct End {
        let planned: Instant?
        let punch: FeishuPunch?
        let result: String?
        let supplement: String?

        init(_ record: JSON, _ name: String) {
            planned = record["check_\(name)_shift_time"]?.feishuSeconds
            let number = record.filled("check_\(name)_record_id")
            let punched = record["check_\(name)_record"]
            punch = punched?["check_time"]?.feishuSeconds.map {
                FeishuPunch(at: $0, id: punched?.filled("record_id") ?? number)
            }
            result = record.filled("check_\(name)_result")
            supplement = record.filled("check_\(name)_result_supplement")
        }
    }

    let begin: End
    let end: End
    let type: Int?

    init(_ record: JSON) {
        begin = End(record, "in")
        end = End(record, "out")
        type = record["task_shift_type"]?.scalarText.flatMap { Int($0) }
    }

    /// From the planned begin to the planned end; nil where one of them is not told.
    var planned: Range<Instant>? {
        guard let from = begin.planned, let to = end.planned, from <= to else { return nil }
        return from..<to
    }

    /// From the first punch to the last.
    var worked: Range<Instant>? {
        guard let from = begin.punch?.at, let to = end.punch?.at, from <= to else { return nil }
        return from..<to
    }

    /// Whether nobody need punch it and nothing is planned: a day off.
    var isOff: Bool { planned == nil && begin.result == "NoNeedCheck" && end.result == "NoNeedCheck" }

    var json: JSON {
        [
            "planned_in": .time(begin.planned), "planned_out": .time(end.planned), "in_at": .time(begin.punch?.at),
            "out_at": .time(end.punch?.at), "in_result": .text(begin.result), "out_result": .text(end.result),
            "in_supplement": .text(begin.supplement), "out_supplement": .text(end.supplement),
            "type": type.map(JSON.int) ?? .null,
        ]
    }
}

/// What the system has of one person and day.
struct FeishuTask {
    var shift: String?
    var parts: [FeishuPart] = []

    /// What is kept of results: of a punch its number and time, nothing of where and with what.
    static let mask: JSON = {
        let punch: JSON = ["check_time": true, "record_id": true]
        let record: JSON = [
            "check_in_record_id": true, "check_in_record": punch, "check_out_record_id": true,
            "check_out_record": punch, "check_in_result": true, "check_out_result": true,
            "check_in_result_supplement": true, "check_out_result_supplement": true, "check_in_shift_time": true,
            "check_out_shift_time": true, "task_shift_type": true,
        ]
        return [
            "user_task_results": [
                ["result_id": true, "user_id": true, "day": true, "shift_id": true, "records": [record]]
            ],
            "invalid_user_ids": true, "unauthorized_user_ids": true,
        ]
    }()

    /// Parts that are planned work, not overtime.
    func regular(overtime type: Int) -> [FeishuPart] { parts.filter { $0.type != type } }

    /// From the first planned begin to the last planned end; nil where no part has both.
    var span: ClosedRange<Instant>? {
        let planned = parts.compactMap(\.planned)
        guard let from = planned.map(\.lowerBound).min(), let to = planned.map(\.upperBound).max() else { return nil }
        return from...to
    }
}

/// Approved time away, or over time.
struct FeishuAbsence: Hashable {
    let from: Instant
    let to: Instant
    let kind: String?

    var seconds: Int { Int((to.microseconds - from.microseconds) / 1_000_000) }

    /// Seconds of it that lie in a span.
    func seconds(in span: Range<Instant>) -> Int {
        let (start, end) = (max(from, span.lowerBound), min(to, span.upperBound))
        return start < end ? Int((end.microseconds - start.microseconds) / 1_000_000) : 0
    }
}

extension Range where Bound == Instant {
    /// Whole seconds.
    var seconds: Int { Int((upperBound.microseconds - lowerBound.microseconds) / 1_000_000) }
}
