package import PlumblineKit
import PlumblineTesting

/// Attendance v1: at most 50 people a call; days as `yyyyMMdd` numbers; results by planned part; flows by second stamps in
/// texts, valid ones only; statistics over 31 days at most; 1220001 with status 400 for bad parameters.
///
/// Not in the notes, from the page Query user approvals of open.feishu.cn: approvals come by person under
/// `user_approvals`, with local times such as `2026-01-05 09:00:00`, for 30 days at most.
extension FeishuEmulator {
    package struct Part: Sendable {
        package var planned: (Instant, Instant)?
        package var punches: (Instant?, Instant?) = (nil, nil)
        package var results: (String, String) = ("Normal", "Normal")
        package var supplements: (String, String) = ("None", "None")
        package var type = 0

        package init(_ planned: (Instant, Instant)?, _ change: (inout Part) -> Void = { _ in }) {
            self.planned = planned
            change(&self)
        }
    }

    package struct Work: Sendable {
        package let user: String
        package let day: Int
        package var shift = "s1"
        package var parts: [Part]
        /// Leaves a member out of answers.
        package var lacks: String?

        package init(_ user: String, _ day: Int, _ parts: [Part]) {
            (self.user, self.day, self.parts) = (user, day, parts)
        }
    }

    package struct Flow: Sendable {
        package let id: String
        package let user: String
        package let at: Instant
        /// Leaves a member out of answers.
        package var lacks: String?

        package init(_ id: String, _ user: String, at: Instant, lacks: String? = nil) {
            (self.id, self.user, self.at, self.lacks) = (id, user, at, lacks)
        }
    }

    package struct Absence: Sendable {
        package let user: String
        package let day: Int
        package let from: String
        package let to: String
        package let name: String
        package let isOvertime: Bool

        package init(_ user: String, _ day: Int, _ from: String, _ to: String, _ name: String, isOvertime: Bool = false)
        {
            (self.user, self.day, self.from, self.to) = (user, day, from, to)
            (self.name, self.isOvertime) = (name, isOvertime)
        }
    }

    private static let badParameter = 1_220_001

    mutating func attendance(_ request: EmulatedRequest, _ call: String) -> CannedAnswer {
        expect(
            call == "user_tasks"
                ? ["employee_type", "ignore_invalid_users", "include_terminated_user"] : ["employee_type"],
            of: request)
        let type = request["employee_type"] ?? ""
        guard ["employee_id", "employee_no"].contains(type) else { return bad(request, "employee_type") }
        let dates: Set = ["user_ids", "check_date_from", "check_date_to"]
        switch call {
        case "user_tasks": return tasks(request, body(of: request, dates.union(["need_overtime_result"])))
        case "user_flows": return flows(request, body(of: request, ["user_ids", "check_time_from", "check_time_to"]))
        case "user_approvals":
            return approvals(request, body(of: request, dates.union(["check_date_type", "status"])))
        case "user_stats_datas":
            return stats(
                request,
                body(
                    of: request,
                    [
                        "locale", "stats_type", "start_date", "end_date", "user_ids", "need_history",
                        "current_group_only", "user_id",
                    ]))
        default: return unknown(request)
        }
    }

    private mutating func bad(_ request: EmulatedRequest, _ what: String) -> CannedAnswer {
        fault(request, what)
        return failure(Self.badParameter, "param is invalid", status: 400)
    }

    /// The user_ids behind the people of a request; nil where there are none or too many.
    private func people(_ request: EmulatedRequest, _ body: JSON) -> [(asked: String, user: User?)]? {
        guard let asked = body["user_ids"]?.array?.compactMap(\.string), (1...50).contains(asked.count) else {
            return nil
        }
        return asked.map { id in
            (id, request["employee_type"] == "employee_no" ? users.values.first { $0.number == id } : users[id])
        }
    }

    private func days(_ body: JSON, _ from: String, _ to: String, most: Int) -> ClosedRange<Int>? {
        guard let from = body[from]?.int, let to = body[to]?.int, from <= to, from > 19_700_101, to < 99_991_231,
            Self.number(to) - Self.number(from) < most
        else { return nil }
        return from...to
    }

    private static func number(_ day: Int) -> Int {
        let moment = Instant(year: day / 10_000, month: day / 100 % 100, day: day % 100)
        return Int((moment?.microseconds ?? 0) / 86_400_000_000)
    }
}

// MARK: - Calls

extension FeishuEmulator {
    private mutating func tasks(_ request: EmulatedRequest, _ body: JSON) -> CannedAnswer {
        guard let people = people(request, body),
            let days = days(body, "check_date_from", "check_date_to", most: 366)
        else { return bad(request, "people or days") }
        let takesLeavers = request["include_terminated_user"] == "true"
        let isKnown = { (user: User?) in user.map { takesLeavers || !$0.isResigned } ?? false }
        let invalid = people.filter { !isKnown($0.user) }.map(\.asked)
        let hidden = people.filter { unauthorized.contains($0.user?.id ?? "") }.map(\.asked)
        if request["ignore_invalid_users"] != "true", !(invalid + hidden).isEmpty {
            return failure(Self.badParameter, "some users are invalid", status: 400)
        }
        var results: [JSON] = []
        for (asked, user) in people where !invalid.contains(asked) && !hidden.contains(asked) {
            for work in work where work.user == user?.id && days.contains(work.day) {
                let parts = work.parts.filter { body["need_overtime_result"] == true || $0.type != 1 }
                var result: JSONObject = [
                    "result_id": .string("r\(work.user)\(work.day)"), "user_id": .string(asked),
                    "employee_name": .string(Self.canary), "day": .int(work.day), "group_id": "g1",
                    "shift_id": .string(work.shift), "records": .array(parts.map { json($0, of: work) }),
                ]
                if let name = work.lacks { result[name] = nil }
                results.append(.object(result))
            }
        }
        return success([
            "user_task_results": .array(results), "invalid_user_ids": .array(invalid.map(JSON.string)),
            "unauthorized_user_ids": .array(hidden.map(JSON.string)),
        ])
    }

    private func json(_ part: Part, of work: Work) -> JSON {
        var object: JSONObject = [
            "check_in_result": .string(part.results.0), "check_out_result": .string(part.results.1),
            "check_in_result_supplement": .string(part.supplements.0),
            "check_out_result_supplement": .string(part.supplements.1), "task_shift_type": .int(part.type),
        ]
        if let planned = part.planned {
            object["check_in_shift_time"] = Self.seconds(planned.0)
            object["check_out_shift_time"] = Self.seconds(planned.1)
        }
        for (name, punch) in [("in", part.punches.0), ("out", part.punches.1)] {
            guard let punch else { continue }
            let id = flows.first { $0.user == work.user && $0.at == punch }?.id ?? "0"
            object["check_\(name)_record_id"] = .string(id)
            object["check_\(name)_record"] = json(Flow(id, work.user, at: punch))
        }
        return .object(object)
    }

    private func json(_ flow: Flow, asked: String? = nil) -> JSON {
        var object: JSONObject = [
            "user_id": .string(asked ?? flow.user), "record_id": .string(flow.id), "check_time": Self.seconds(flow.at),
            "location_name": .string(Self.canary), "longitude": .number("121.5"), "latitude": .number("31.2"),
            "ssid": .string(Self.canary),
            "bssid": .string(Self.canary), "is_field": false, "is_wifi": true, "type": 0,
            "device_id": .string(Self.canary), "check_result": "Normal", "comment": .string(Self.canary),
            "photo_urls": [.string(Self.canary)], "external_id": .string(Self.canary),
        ]
        if let name = flow.lacks { object[name] = nil }
        return .object(object)
    }

    private static func seconds(_ moment: Instant) -> JSON { .string(String(moment.microseconds / 1_000_000)) }

    private mutating func flows(_ request: EmulatedRequest, _ body: JSON) -> CannedAnswer {
        guard let people = people(request, body), let from = body["check_time_from"]?.string.flatMap({ Int64($0) }),
            let to = body["check_time_to"]?.string.flatMap({ Int64($0) }), from <= to
        else { return bad(request, "people or times") }
        if people.contains(where: { $0.user?.isResigned == true }) { fault(request, "asks for leavers") }
        var found: [JSON] = []
        for (asked, user) in people {
            found += flows.filter { $0.user == user?.id && (from...to).contains($0.at.microseconds / 1_000_000) }
                .map { json($0, asked: asked) }
        }
        return success(["user_flow_results": .array(found)])
    }

    private mutating func approvals(_ request: EmulatedRequest, _ body: JSON) -> CannedAnswer {
        guard let people = people(request, body), let days = days(body, "check_date_from", "check_date_to", most: 31)
        else { return bad(request, "people or days") }
        var found: [JSON] = []
        for (asked, user) in people {
            for absence in absences where absence.user == user?.id && days.contains(absence.day) {
                let approval: JSON = [
                    "approval_id": .string("a\(absence.day)"), "uniq_id": "u1", "unit": 2, "interval": 28_800,
                    "start_time": .string(absence.from), "end_time": .string(absence.to),
                    "i18n_names": ["ch": .string(absence.name), "en": "Leave"], "default_locale": "ch",
                    "reason": .string(Self.canary), "approve_pass_time": "2026-01-01 12:00:00",
                    "duration": .number("1.5"),
                    "category": 1, "type": 1,
                ]
                var entry: JSONObject = ["user_id": .string(asked), "date": .string(String(absence.day))]
                entry["outs"] = []
                entry[absence.isOvertime ? "overtime_works" : "leaves"] = [approval]
                entry["trips"] = [["reason": .string(Self.canary), "departure": ["address": .string(Self.canary)]]]
                found.append(.object(entry))
            }
        }
        return success(["user_approvals": .array(found)])
    }

    private mutating func stats(_ request: EmulatedRequest, _ body: JSON) -> CannedAnswer {
        guard let people = people(request, body), let days = days(body, "start_date", "end_date", most: 31),
            body["user_id"]?.string != nil, body["stats_type"] == "daily"
        else { return bad(request, "people, days or who asks") }
        var found: [JSON] = []
        for (asked, user) in people {
            for (day, cells) in statistics[user?.id ?? ""] ?? [:] where days.contains(day) {
                found.append([
                    "name": .string(Self.canary), "user_id": .string(asked),
                    "datas": .array(
                        cells.map {
                            ["code": .string($0.key), "title": .string(Self.canary), "value": .string($0.value)]
                        }
                    ),
                ])
            }
        }
        return success(["user_datas": .array(found), "invalid_user_list": []])
    }
}

extension FeishuEmulator.Part {
    /// The punches and what came of them.
    package func punched(_ from: Instant?, _ to: Instant?, _ results: (String, String) = ("Normal", "Normal")) -> Self {
        var part = self
        (part.punches, part.results) = ((from, to), results)
        return part
    }
}
