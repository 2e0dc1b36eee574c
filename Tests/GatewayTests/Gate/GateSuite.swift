import Expressions
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// What tests of the quality gate share: a company whose source gives all its deeds at every pull, where a test says no
/// more.
protocol GateSuite {}

extension GateSuite {
    typealias Company = TestWorkspace

    /// A company whose source gives all its deeds at every pull.
    func company(_ gate: String = "{}") async throws -> (Company, WorkspaceHost) {
        let workspace = try Company()
        try workspace.edit("plumbline.yaml", "zone:", "gate: \(gate)\nzone:")
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        return (workspace, host)
    }

    func whole(_ deeds: [JSON], _ more: JSONObject = JSONObject()) -> (page: [JSON], more: JSONObject) {
        var object = more
        object["whole"] = true
        return ([["records": .array(deeds)]], object)
    }

    func pull(
        _ workspace: Company, _ host: WorkspaceHost, _ deeds: [JSON], _ more: JSONObject = JSONObject()
    ) async throws -> PullReport {
        let script = whole(deeds, more)
        try workspace.script(script.page, script.more)
        return try await host.pull([])
    }

    func deeds(_ count: Int, from first: Int = 1, _ make: (Int) -> JSON) -> [JSON] {
        (first..<first + count).map(make)
    }

    func deeds(_ count: Int, points: String = "1") -> [JSON] {
        deeds(count) { Company.deed("\($0)", points: points) }
    }

    func rules(_ report: PullReport) -> [String] {
        report.values.judgements.flatMap { $0.holds.flatMap { $0.findings.map(\.rule) } }
    }

    /// Sets the clock to some minutes behind a moment.
    func clock(_ workspace: Company, _ base: String, _ minutes: Int) throws {
        let start = try #require(Timestamp(rfc3339: base))
        workspace.clock.set(Timestamp(microseconds: start.microseconds + Int64(minutes) * 60_000_000).rfc3339)
    }

    /// A company with a connection for files, and what imports rows of deeds.
    func importingCompany() async throws -> (
        host: WorkspaceHost, importRows: (Range<Int>, String) async throws -> ImportReport
    ) {
        let workspace = try Company([
            "connectors/diary.yaml": """
            connection: diary
            connector: file.import
            settings: {id_field: id}
            streams:
              deeds:
                from: records
                record: deed
                map: {id: source.id, owner_id: account(source.who), at: source.at}
            """
        ])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        return (
            host,
            { rows, name in
                let lines = rows.map { "\($0),E01,2026-07-10T00:00:00Z\n" }.joined()
                try workspace.write(name, "id,who,at\n" + lines)
                return try await host.importFile(ImportRequest(path: workspace.path + "/" + name, connection: "diary"))
            }
        )
    }
}
