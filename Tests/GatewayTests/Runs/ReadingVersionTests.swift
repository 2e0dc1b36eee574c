import ReviewStore
import Testing

@testable import Gateway

/// What has a stream read from its start and mapped anew.
@Suite struct ReadingVersionTests {
    typealias Company = TestWorkspace

    private static let settings = "script: script.json"
    private static let calendar = """
        name: own
        time_zone: Asia/Shanghai
        weekdays: [1, 2, 3, 4, 5]
        hours: [["09:00", "18:00"]]
        """

    /// How many records the next pull reads, and stores anew, after one that read the only record there is.
    private func readAgain(_ edit: (Company) throws -> Void) async throws -> [Int] {
        let workspace = try Company(["secrets/one": "1", "secrets/two": "2", "calendar.yaml": Self.calendar])
        try workspace.edit("connectors/diary.yaml", Self.settings, Self.settings + "\n  token: ${file:one}")
        try workspace.edit("plumbline.yaml", "zone: Asia/Shanghai", "zone: Asia/Shanghai\ncalendar: calendar.yaml")
        try workspace.script([Company.page(Company.deed("1"))])
        _ = try await workspace.host().pull([])
        try edit(workspace)
        let report = try await workspace.host().pull([])
        let counters = try #require(report.streams.first?.run.counters)
        return [counters.read, counters.updated]
    }

    @Test func `nothing that is edited has nothing read again`() async throws {
        #expect(try await readAgain { _ in } == [0, 0])
    }

    @Test(arguments: ["page_size: 10", "agents: [E01, E02]"])
    func `a setting of the connector, which may fold otherwise now`(setting: String) async throws {
        let counts = try await readAgain {
            try $0.edit("connectors/diary.yaml", Self.settings, "\(Self.settings)\n  \(setting)")
        }
        #expect(counts == [1, 1])
    }

    @Test func `another secret reads the same`() async throws {
        let counts = try await readAgain { try $0.edit("connectors/diary.yaml", "${file:one}", "${file:two}") }
        #expect(counts == [0, 0])
    }

    @Test func `the calendar, by which mappings may compute`() async throws {
        let counts = try await readAgain { try $0.edit("calendar.yaml", "18:00", "17:00") }
        #expect(counts == [1, 1])
    }
}
