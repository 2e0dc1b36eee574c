package import PlumblineKit
import PlumblineTesting

/// Approval v4: the codes of instances created in a span of one day at most (UNC), times in milliseconds, 100 in a page
/// (UNC); an instance with tasks, whose `end_time` is 0 while it is open. OKR v1: periods, 10 in a page (UNC); somebody's
/// OKRs by offset and limit, 10 at most, 100 calls a minute, ids as numeric texts, times in milliseconds. Times of progress and alignments are
/// not in the notes, from the page List user OKRs of open.feishu.cn.
extension FeishuEmulator {
    package struct Task: Sendable {
        package var user: String
        package var status: String
        package var started: Instant
        package var ended: Instant?

        package init(_ user: String, _ status: String, started: Instant, ended: Instant? = nil) {
            (self.user, self.status, self.started, self.ended) = (user, status, started, ended)
        }
    }

    package struct Instance: Sendable {
        package let code: String
        package var definition = "A-LEAVE"
        package var name = "请假"
        package var status = "PENDING"
        package var user = "u1"
        package var started: Instant
        /// The time of creation by which it is listed, where that is not `started` (UNC whether they may differ).
        package var listed: Instant?
        package var ended: Instant?
        package var isReverted = false
        package var tasks: [Task] = []
        package var form: JSON = []
        /// Leaves a member out of answers.
        package var lacks: String?

        package init(_ code: String, at started: Instant, _ change: (inout Instance) -> Void = { _ in }) {
            (self.code, self.started) = (code, started)
            change(&self)
        }
    }

    package struct Period: Sendable {
        package let id: String
        package let start: Instant
        package let end: Instant

        package init(_ id: String, from start: Instant, to end: Instant) {
            (self.id, self.start, self.end) = (id, start, end)
        }
    }

    package struct OKR: Sendable {
        package let id: String
        package let user: String
        package let period: String
        package var permission = 1
        package var results: [Result]

        package init(_ id: String, of user: String, in period: String, _ results: [Result]) {
            (self.id, self.user, self.period, self.results) = (id, user, period, results)
        }
    }

    package struct Result: Sendable {
        package let id: String
        package var percent: Int?
        package var percentAt: Instant?
        package var score = 0
        package var scoreAt: Instant?
        /// Leaves a member out of answers.
        package var lacks: String?

        package init(_ id: String, percent: Int?, at moment: Instant?) {
            (self.id, self.percent, percentAt) = (id, percent, moment)
        }
    }

    mutating func approval(_ request: EmulatedRequest, _ path: [String]) -> CannedAnswer {
        guard path.first == "instances" else { return unknown(request) }
        if path.count == 2 { return instance(request, path[1]) }
        expect(["approval_code", "start_time", "end_time", "page_size", "page_token"], of: request)
        let milliseconds = { (name: String) in request[name].flatMap { Int64($0) } }
        guard let from = milliseconds("start_time"), let to = milliseconds("end_time"), from <= to,
            to - from <= 86_400_000
        else {
            fault(request, "span")
            return failure(60_001, "invalid span", status: 400)
        }
        guard definitions.contains(request["approval_code"] ?? "") else {
            return failure(1_390_002, "approval code not found", status: 400)
        }
        let found = instances.values.filter { instance in
            let at = (instance.listed ?? instance.started).microseconds / 1000
            return instance.definition == request["approval_code"]
                && (includesEnds ? (from...to).contains(at) : from < at && at < to)
        }
        return page(
            of: found.sorted { ($0.started, $0.code) < ($1.started, $1.code) }.map { .string($0.code) },
            as: "instance_code_list", request, most: 100)
    }

    private mutating func instance(_ request: EmulatedRequest, _ code: String) -> CannedAnswer {
        expect(["locale", "user_id", "user_id_type"], of: request)
        guard let instance = instances[code] else {
            return failure(1_390_003, "instance code not found", status: 400)
        }
        var object: JSONObject = [
            "approval_code": .string(instance.definition), "approval_name": .string(instance.name),
            "instance_code": .string(code), "serial_number": .string("2026\(code)"),
            "status": .string(instance.status), "start_time": Self.milliseconds(instance.started),
            "end_time": Self.milliseconds(instance.ended), "user_id": .string(instance.user),
            "open_id": .string("ou_" + instance.user), "department_id": .string(Self.canary),
            "form": .string(instance.form.text), "reverted": .bool(instance.isReverted),
            "task_list": .array(instance.tasks.enumerated().map { json($1, number: $0) }),
            "timeline": [["type": "PASS", "user_id": "u2", "comment": .string(Self.canary)]],
            "comment_list": [["user_id": "u2", "comment": .string(Self.canary), "files": [.string(Self.canary)]]],
        ]
        if let name = instance.lacks { object[name] = nil }
        return success(.object(object))
    }

    private func json(_ task: Task, number: Int) -> JSON {
        [
            "id": .string("t\(number)"), "user_id": .string(task.user), "open_id": .string("ou_" + task.user),
            "status": .string(task.status), "node_id": "n", "node_name": .string("第\(number + 1)步"), "type": "AND",
            "start_time": Self.milliseconds(task.started), "end_time": Self.milliseconds(task.ended),
            "custom_node_id": .string(Self.canary),
        ]
    }

    private static func milliseconds(_ moment: Instant?) -> JSON {
        .string(String((moment?.microseconds ?? 0) / 1000))
    }
}

// MARK: - Objectives

extension FeishuEmulator {
    mutating func okr(_ request: EmulatedRequest, _ path: [String]) -> CannedAnswer {
        if path == ["periods"] {
            expect(["page_size", "page_token"], of: request)
            let items = periods.map { period -> JSON in
                [
                    "id": .string(period.id), "zh_name": .string("周期\(period.id)"), "en_name": "Period", "status": 0,
                    "period_start_time": Self.milliseconds(period.start),
                    "period_end_time": Self.milliseconds(period.end),
                ]
            }
            return page(of: items, request, most: 10)
        }
        guard path.count == 3, path[0] == "users", path[2] == "okrs" else { return unknown(request) }
        expect(["user_id_type", "offset", "limit", "lang", "period_ids"], of: request)
        let asked = Set(request.query.filter { $0.name == "period_ids" }.map(\.value))
        guard let offset = request["offset"].flatMap({ Int($0) }), let size = request["limit"].flatMap({ Int($0) }),
            (1...10).contains(size), asked.count <= 10
        else {
            fault(request, "offset, limit or periods")
            return failure(1_001_001, "invalid parameters", status: 400)
        }
        let user = request["user_id_type"] == "user_id" ? path[1] : String(path[1].dropFirst(3))
        guard users[user] != nil else { return failure(1_001_002, "no such user", status: 400) }
        let found = okrs.filter { $0.user == user && asked.contains($0.period) }
        return success([
            "total": .int(found.count), "okr_list": .array(found.dropFirst(offset).prefix(size).map(json)),
        ])
    }

    private func json(_ okr: OKR) -> JSON {
        guard okr.permission == 1 else { return ["id": .string(okr.id), "permission": 0] }
        return [
            "id": .string(okr.id), "period_id": .string(okr.period), "name": .string(Self.canary), "permission": 1,
            "confirm_status": 4,
            "objective_list": [
                [
                    "id": .string("9" + okr.id), "permission": 1, "content": .string(Self.canary), "score": 0,
                    "weight": 60, "progress_rate": ["percent": 10, "status": "0"], "deadline": "0",
                    "aligning_objective_list": [
                        ["id": "900", "okr_id": "90", "owner": ["user_id": "boss", "open_id": "ou_boss"]]
                    ],
                    "kr_list": .array(okr.results.map(json)),
                ]
            ],
        ]
    }

    private func json(_ result: Result) -> JSON {
        var object: JSONObject = [
            "id": .string(result.id), "content": .string(Self.canary), "score": .int(result.score), "weight": 0,
            "kr_weight": .number("33.5"),
            "progress_rate": ["percent": result.percent.map(JSON.int) ?? .null, "status": "0"],
            "progress_rate_percent_last_updated_time": Self.milliseconds(result.percentAt),
            "score_last_updated_time": Self.milliseconds(result.scoreAt), "deadline": "0",
            "mentioned_user_list": [["user_id": .string(Self.canary)]],
        ]
        if result.percent == nil { object["progress_rate"] = nil }
        if let name = result.lacks { object[name] = nil }
        return .object(object)
    }
}
