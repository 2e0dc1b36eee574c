import Foundation
import PlumblineKit
import PlumblineTesting
import Testing

@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(if: SharedFolder.isExpected, "needs the shared folder's real server"),
    .realServer(.survey))
struct SurveyServerTests {
    private static let zone = "Asia/Shanghai"

    private func members(_ json: JSON?) throws -> [(String, JSON)] {
        try #require(json?.object).members.map { ($0.key, $0.value) }
    }

    private func workspace() async throws -> ServedWorkspace {
        try await #require(RealServer.current).workspace(zone: Self.zone)
    }

    @Test func `every number of every survey, month and the quarter agrees with what the seed says`() async throws {
        let expected = try #require(RealServer.current).expected()
        var numbers = ExpectedNumbers()
        for (_, survey) in try members(expected["surveys"]) {
            let unit = "COM/" + (try #require(survey["department"]?.string))
            for (period, measures) in try members(survey["months"]) + [("2026-Q3", try #require(survey["quarter"]))] {
                for (measure, number) in try members(measures) {
                    try numbers.expect(number, of: measure, "org_unit", unit, period)
                }
            }
        }
        for (measure, number) in try members(expected["all"]) {
            try numbers.expect(number, of: measure, "org_unit", "COM", "2026-Q3")
        }
        try numbers.expect(
            #require(expected["all"]?["nps"]), of: "company_nps", "company", "company", "2026-Q3")
        #expect(numbers.check(try await workspace().program.values(), absences: 0) == 14 * (4 * 4 + 1) + 1)
    }

    @Test func `as many responses are stored as the seed says were handed in`() async throws {
        let counts = try #require(RealServer.current).expected()["counts"]
        let ids = try Database(try await workspace().database).contentHashes(of: "survey_response").keys
        let responses = Set(ids.compactMap { $0.split(separator: "/").dropFirst(2).first })
        #expect(responses.count == counts?["frozen"]?.int)
    }

    @Test func `neither respondents nor the server's names of responses are in the database`() async throws {
        let workspace = try await workspace()
        for name in ["plumbline.sqlite", "plumbline.sqlite-wal"] {
            let file = workspace.database.deletingLastPathComponent().appending(path: name)
            guard let bytes = try? Data(contentsOf: file) else { continue }
            for text in ["user-0", "support-2026q3-0", "admin-2026q3-0", "2026-09-12T13:42", "等了两天才有人回复"] {
                #expect(bytes.range(of: Data(text.utf8)) == nil, "\(name) holds '\(text)'")
            }
        }
    }

    @Test func `a second pull changes nothing`() async throws {
        let workspace = try await workspace()
        let before = try await workspace.program.values()
        let report = try await workspace.program.json("pull")
        for stream in try #require(report["streams"]?.array) {
            for counter in ["inserted", "updated", "deleted", "gone", "rejected"] {
                #expect(stream[counter] == 0, "\(stream["stream"]?.string ?? "") \(counter)")
            }
        }
        #expect(try await workspace.program.values() == before)
    }
}
