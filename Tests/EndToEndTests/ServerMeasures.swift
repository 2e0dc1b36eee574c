import PlumblineKit
import Testing

/// Compares the values of a pulled workspace with what the server's seed says they must be.
struct ServerMeasures {
    let server: RealServer
    let zone: String
    /// Measures that the source cannot tell: each must be no_data.
    let unknown: Set<String>

    func check() async throws {
        let workspace = try await server.workspace(zone: zone)
        let expected = try expectedValues(staff: try workspace.staffNumbers())
        let measures = Set(expected.keys.map(\.indicator))
        let own = try await workspace.program.values().filter {
            measures.contains($0.key.indicator) && $0.key.kind == "employee"
        }
        #expect(measures.count == 12)
        #expect(expected.count > 300)
        for (key, wanted) in expected { compare(own[key], wanted, key) }
        let surplus = own.keys.filter { expected[$0] == nil }.sorted()
        #expect(surplus.isEmpty, "no other subjects or months have values")
    }

    private func compare(_ value: PublishedValue?, _ wanted: String?, _ key: PublishedValue.Key) {
        if unknown.contains(key.indicator) {
            #expect(value?.status == "no_data" && value?.exact == nil, "\(key) cannot be known")
            return
        }
        let exact = value?.exact.flatMap { Fraction($0) }?.roundedHalfEven(toDigits: 4)
        #expect(exact == wanted.flatMap { Fraction($0) }, "\(key)")
    }

    /// The numbers as the file writes them; nil where there is none.
    private func expectedValues(staff: [String: String]) throws -> [PublishedValue.Key: String?] {
        var expected: [PublishedValue.Key: String?] = [:]
        for (login, months) in try members(try server.expected()["values"]?[zone]) {
            let subject = login == "_unassigned" ? login : try #require(staff[login])
            for (month, measures) in try members(months) {
                for (measure, number) in try members(measures) {
                    let key = PublishedValue.Key(indicator: measure, kind: "employee", subject: subject, period: month)
                    expected[key] = .some(number.scalarText)
                }
            }
        }
        return expected
    }

    private func members(_ json: JSON?) throws -> [(String, JSON)] {
        try #require(json?.object).members.map { ($0.key, $0.value) }
    }
}

/// Everything a pull leaves behind that must not depend on how it went.
struct PulledState: Equatable {
    let values: [PublishedValue.Key: PublishedValue]
    let tickets: [String: String]
    let ratings: [String: String]

    init(of workspace: ServedWorkspace) async throws {
        values = try await workspace.program.values()
        let database = try Database(workspace.database)
        tickets = try database.contentHashes(of: "ticket")
        ratings = try database.contentHashes(of: "survey_response")
    }
}

/// What a second pull must look like: nothing new, nothing changed, no audit entry.
func expectNothingChanges(in workspace: ServedWorkspace) async throws {
    let program = workspace.program
    let before = try await PulledState(of: workspace)
    let audit = try await program.json("verify")
    let report = try await program.json("pull")
    for stream in report["streams"]?.array ?? [] {
        for counter in ["inserted", "updated", "deleted", "gone", "rejected"] {
            #expect(stream[counter] == 0, "\(stream["stream"]?.string ?? "") \(counter)")
        }
    }
    #expect(report["streams"]?.array?.count == 2)
    #expect(report["values"]?["changed"] == 0)
    #expect(try await program.json("verify") == audit)
    #expect(try await PulledState(of: workspace) == before)
}
