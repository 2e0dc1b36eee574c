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
}
