import PlumblineKit
import PlumblineTesting
import Testing

@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(if: SharedFolder.isExpected, "needs the shared folder's real server"),
    .realServer(.tryton))
struct TrytonServerTests {
    private static let zone = "Asia/Shanghai"

    private func expected(_ key: String) throws -> [(String, JSON)] {
        try members(try #require(RealServer.current).expected()[key])
    }

    private func members(_ json: JSON?) throws -> [(String, JSON)] {
        try #require(json?.object).members.map { ($0.key, $0.value) }
    }

    private static func digits(of measure: String) -> Int { measure == "overtime_hours" ? 2 : 6 }

    private func values() async throws -> [PublishedValue.Key: PublishedValue] {
        try await #require(RealServer.current).workspace(zone: Self.zone).program.values()
    }

    @Test func `every number of every employee and month agrees with what the seed says`() async throws {
        var numbers = ExpectedNumbers()
        for (code, employee) in try expected("employees") {
            for (month, measures) in try members(employee["months"]) {
                for (measure, number) in try members(measures) {
                    guard measure == "timesheet_hours_by_work" else {
                        try numbers.expect(
                            number, of: measure, "employee", code, month, digits: Self.digits(of: measure))
                        continue
                    }
                    for (work, hours) in try members(number) {
                        try numbers.expect(hours, of: "timesheet_hours_\(work.lowercased())", "employee", code, month)
                    }
                }
            }
        }
        #expect(numbers.check(try await values(), absences: 18) > 600)
    }

    @Test func `every number of every department, month and the quarter agrees with what the seed says`() async throws {
        var numbers = ExpectedNumbers()
        for (code, department) in try expected("departments") {
            for (month, measures) in try members(department["months"]) + [
                ("2026-Q3", try #require(department["quarter"]))
            ] {
                for (measure, number) in try members(measures) {
                    try numbers.expect(
                        number, of: measure, "org_unit", "COM/\(code)", month, digits: Self.digits(of: measure))
                }
            }
        }
        #expect(numbers.check(try await values(), absences: 0) == 5 * (3 * 11 + 6))
    }

    @Test func `every number of the company agrees with what the seed says`() async throws {
        var numbers = ExpectedNumbers()
        for (month, measures) in try expected("company") {
            for (measure, number) in try members(measures) {
                try numbers.expect(number, of: measure, "org_unit", "COM", month)
            }
        }
        #expect(numbers.check(try await values(), absences: 0) == 3 * 7)
    }

    @Test func `requisitions of every department and state agree with what the seed says`() async throws {
        var numbers = ExpectedNumbers()
        for (code, states) in try expected("approvals") {
            for (state, number) in try members(states) {
                let indicator = state == "approval_rate" ? state : "requisitions_\(state)"
                try numbers.expect(number, of: indicator, "org_unit", "COM/\(code)", "2026-Q3")
            }
        }
        #expect(numbers.check(try await values(), absences: 0) == 5 * 5)
    }

    @Test func `as many records are stored as the seed counts`() async throws {
        let counts = try #require(RealServer.current?.expected()["counts"])
        let workspace = try await #require(RealServer.current).workspace(zone: Self.zone)
        let database = try Database(workspace.database)
        #expect(try database.contentHashes(of: "timesheet_entry").count == counts["timesheet_lines"]?.int)
        #expect(try database.contentHashes(of: "purchase").count == counts["purchase_orders"]?.int)
        #expect(try database.contentHashes(of: "approval").count == counts["requisitions"]?.int)
    }

    @Test func `a second pull changes nothing`() async throws {
        let workspace = try await #require(RealServer.current).workspace(zone: Self.zone)
        let before = try await workspace.program.values()
        let report = try await workspace.program.json("pull")
        let streams = report["streams"]?.array ?? []
        #expect(streams.count == 5)
        for stream in streams {
            for counter in ["inserted", "updated", "deleted", "gone", "rejected"] {
                #expect(stream[counter] == 0, "\(stream["stream"]?.string ?? "") \(counter)")
            }
        }
        #expect(try await workspace.program.values() == before)
    }

    @Test func `what is made, changed and deleted at the server is all that the next pulls bring`() async throws {
        let server = try #require(RealServer.current)
        let workspace = try await server.newWorkspace(zone: Self.zone)
        _ = try await workspace.program.json("pull")
        let admin = TrytonAdministrator(facts: server.facts)
        let line: JSON = [
            "company": 1, "employee": 1, "work": 1,
            "date": ["__class__": "date", "year": 2026, "month": 7, "day": 4],
            "duration": ["__class__": "timedelta", "seconds": 3600],
        ]
        let made = try admin.call("model.timesheet.line.create", [[line]])
        #expect(try await timesheets(workspace) == ["inserted": 1, "updated": 0, "gone": 0])
        let longer: JSON = ["duration": ["__class__": "timedelta", "seconds": 7200]]
        _ = try admin.call("model.timesheet.line.write", [made, longer])
        #expect(try await timesheets(workspace) == ["inserted": 0, "updated": 1, "gone": 0])
        _ = try admin.call("model.timesheet.line.delete", [made])
        #expect(try await timesheets(workspace) == ["inserted": 0, "updated": 0, "gone": 1])
    }

    /// What a pull did to timesheets.
    private func timesheets(_ workspace: ServedWorkspace) async throws -> [String: Int] {
        let report = try await workspace.program.json("pull", "tryton")
        let stream = try #require(report["streams"]?.array?.first { $0["stream"] == "timesheet_entries" })
        return Dictionary(uniqueKeysWithValues: ["inserted", "updated", "gone"].map { ($0, stream[$0]?.int ?? -1) })
    }
}

/// Changes the real server as its administrator does.
private struct TrytonAdministrator {
    let facts: [String: String]

    private static let script = """
        import base64, json, sys, urllib.request
        url, login, password, method, params = sys.argv[1:6]
        def post(method, params, authorization=None):
            body = json.dumps({"id": 0, "method": method, "params": params}).encode()
            headers = {"Content-Type": "application/json"}
            if authorization: headers["Authorization"] = "Session " + authorization
            request = urllib.request.Request(url, data=body, headers=headers)
            answer = json.load(urllib.request.urlopen(request, timeout=60))
            if "error" in answer: sys.exit(str(answer["error"]))
            return answer["result"]
        session = post("common.db.login", [login, {"password": password}, "en"])
        name = base64.b64encode(f"{login}:{session[0]}:{session[1]}".encode()).decode()
        print(json.dumps(post(method, json.loads(params) + [{"company": 1}], name)))
        """

    /// Calls a method of a model and gives its result.
    func call(_ method: String, _ params: [JSON]) throws -> JSON {
        let output = try PythonEnvironment.run(
            "/usr/bin/python3",
            [
                "-c", Self.script, facts["JSONRPC_URL"] ?? "", facts["ADMIN_LOGIN"] ?? "",
                facts["ADMIN_PASSWORD"] ?? "", method, JSON.array(params).text,
            ])
        return try JSON.parse(Array(output.utf8))
    }
}
