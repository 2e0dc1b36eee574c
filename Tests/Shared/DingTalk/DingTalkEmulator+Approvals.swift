package import PlumblineKit
import PlumblineTesting

extension DingTalkEmulator {
    package struct Instance: Sendable {
        package let id: String
        package var process: String
        package var by: String
        package var created: Instant
        package var finished: Instant?
        package var status = "RUNNING"
        package var result: String?
        package var tasks: [Task] = []
        package var operations: [Operation] = []
        package var form: [(name: String, value: String)] = []
        /// Leaves a member out of answers, as a server that is broken would.
        package var lacks: String?

        package init(_ id: String, of process: String, by: String, at created: Instant) {
            (self.id, self.process, self.by, self.created) = (id, process, by, created)
            operations = [Operation(by: by, at: created, type: "START_PROCESS_INSTANCE", result: "NONE")]
        }
    }

    package struct Task: Sendable {
        package var by: String
        package var status = "RUNNING"
        package var result: String?
        package var created: Instant
        package var finished: Instant?
    }

    package struct Operation: Sendable {
        /// Nil leaves it out of answers.
        package var by: String?
        package var at: Instant
        package var type: String
        package var result: String
    }

    mutating func newAnswer(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        if retired.contains(request.path) {
            return Self.newError("InvalidAction.NotFound", "no such path", status: 404)
        }
        switch (request.method, request.path) {
        case ("POST", "/v1.0/workflow/processes/instanceIds/query"): return instanceIDs(request, at: now)
        case ("GET", "/v1.0/workflow/processInstances"):
            require(request.query.map(\.name) == ["processInstanceId"], "unknown items", request.path)
            guard let instance = request["processInstanceId"].flatMap({ instances[$0] }) else {
                return Self.newError(goneCode, "no such instance")
            }
            return Self.json(["success": true, "result": json(instance)])
        default:
            faults.append("\(request.method) \(request.path): no such path")
            return Self.newError("InvalidAction.NotFound", "no such path", status: 404)
        }
    }

    private mutating func instanceIDs(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        let body = (try? JSON.parse(request.body)) ?? .null
        expect(
            ["processCode", "startTime", "endTime", "nextToken", "maxResults", "statuses", "userIds"], of: body,
            request.path)
        guard let process = body["processCode"]?.string, let start = Self.moment(milliseconds: body["startTime"]),
            let end = Self.moment(milliseconds: body["endTime"]), let offset = body["nextToken"]?.int,
            let size = body["maxResults"]?.int, (1...mostListedInstances).contains(size)
        else {
            faults.append("\(request.path): something is missing or beyond its limits")
            return Self.newError("invalidParameter", "parameters")
        }
        guard start >= now.advanced(bySeconds: -365 * 86_400) else {
            faults.append("\(request.path): more than 365 days back")
            return Self.newError("invalidParameter", "startTime")
        }
        require(end <= start.advanced(bySeconds: 120 * 86_400) && end >= start, "more than 120 days", request.path)
        require(offset < 10_000, "more than 10000 ids", request.path)
        let found = instances.values.filter { $0.process == process && (start...end).contains($0.created) }
            .sorted { ($1.created, $1.id) < ($0.created, $0.id) }
        var result: JSONObject = ["list": .array(found.dropFirst(offset).prefix(size).map { .string($0.id) })]
        if offset + size < found.count { result["nextToken"] = .string(String(offset + size)) }
        return Self.json(["success": true, "result": .object(result)])
    }

    private func json(_ instance: Instance) -> JSON {
        var object: JSONObject = [
            "title": .string("title \(canary)"), "businessId": .string("20260701\(instance.id)"),
            "createTime": .string(shown(instance.created)), "finishTime": .text(instance.finished.map(shown)),
            "originatorUserId": .string(instance.by), "originatorDeptId": "1",
            "originatorDeptName": "Support", "status": .string(instance.status), "result": .text(instance.result),
            "approverUserIds": .array(instance.tasks.map { .string($0.by) }), "ccUserIds": [.string("cc-\(canary)")],
            "tasks": .array(instance.tasks.enumerated().map { json($1, $0) }),
            "operationRecords": .array(instance.operations.map(json)),
            "formComponentValues": .array(
                instance.form.map { field in
                    [
                        "id": .string("F-\(field.name)"), "name": .string(field.name), "componentType": "TextField",
                        "value": .string(field.value), "extValue": .string(canary), "bizAlias": "",
                    ]
                }),
        ]
        if let name = instance.lacks { object[name] = nil }
        return .object(object)
    }

    private func json(_ task: Task, _ number: Int) -> JSON {
        [
            "taskId": .int(number), "userId": .string(task.by), "status": .string(task.status),
            "result": .text(task.result), "createTime": .string(shown(task.created)),
            "finishTime": .text(task.finished.map(shown)), "activityId": "a", "url": .string(canary),
        ]
    }

    private func json(_ operation: Operation) -> JSON {
        [
            "userId": .text(operation.by), "date": .string(shown(operation.at)), "type": .string(operation.type),
            "result": .string(operation.result), "remark": .string(canary), "images": [.string(canary)],
            "attachments": [["fileName": .string(canary)]],
        ]
    }
}

// MARK: - What people do there

extension DingTalkEmulator {
    /// Asks for something, which `approver` has to decide.
    package mutating func ask(
        _ id: String, of process: String, by: String, approver: String, at moment: Instant,
        form: [(name: String, value: String)] = []
    ) {
        var instance = Instance(id, of: process, by: by, at: moment)
        instance.tasks = [Task(by: approver, created: moment)]
        instance.form = form
        instances[id] = instance
    }

    /// The approver whose turn it is agrees or refuses; with `next`, another one's turn comes.
    package mutating func decide(_ id: String, _ result: String, at moment: Instant, next: String? = nil) {
        guard var instance = instances[id], instance.status == "RUNNING", let place = instance.tasks.indices.last else {
            return
        }
        instance.tasks[place].status = "COMPLETED"
        instance.tasks[place].result = result.uppercased()
        instance.tasks[place].finished = moment
        instance.operations.append(
            Operation(
                by: instance.tasks[place].by, at: moment, type: "EXECUTE_TASK_NORMAL", result: result.uppercased()))
        if let next, result == "agree" {
            instance.tasks.append(Task(by: next, created: moment))
        } else {
            (instance.status, instance.result, instance.finished) = ("COMPLETED", result, moment)
        }
        instances[id] = instance
    }

    /// Who asked takes it back.
    package mutating func withdraw(_ id: String, at moment: Instant) {
        instances[id]?.status = "TERMINATED"
        instances[id]?.result = nil
        instances[id]?.finished = moment
    }
}
