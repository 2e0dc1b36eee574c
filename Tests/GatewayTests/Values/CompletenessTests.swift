import Expressions
import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// What could not be read stands beside the values that may lack it.
@Suite struct CompletenessTests {
    typealias Company = TestWorkspace

    private func explained(_ host: WorkspaceHost) async throws -> ExplanationReport {
        try await host.explain("deed_points", subject: .init(kind: .employee, id: "E01"), period: .july)
    }

    @Test func `an explanation names the open rejects of the streams that its records come from`() async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1", points: "many"), Company.deed("2"))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        let report = try await explained(host)
        #expect(report.streams.map(\.openRejects) == [1])
        #expect(report.json["streams"]?.array?.map { $0["open_rejects"] } == [1])
        let unread = try #require(try await host.unreadRecords(of: ["deed"]).first)
        #expect(report.streams.compactMap(\.unread) == [unread])
        #expect(unread.text.en.hasPrefix("diary/deeds: 1 records were rejected and may be missing in the values"))
        #expect(try await host.unreadRecords(of: ["ticket"]).isEmpty)
    }

    @Test func `a stream of which nothing could be read is named as well`() async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1", points: "many"))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        let streams = try await explained(host).streams
        #expect(streams.map(\.live) == [0] && streams.map(\.openRejects) == [1])
    }

    @Test func `what was mended is not named any more`() async throws {
        let workspace = try Company()
        try workspace.script([Company.page(Company.deed("1", points: "many"))])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        _ = try await host.pull([])
        try workspace.script([Company.page(), Company.page(Company.deed("1", points: "3"))])
        _ = try await host.pull([])
        #expect(try await host.unreadRecords(of: ["deed"]).isEmpty)
        #expect(try await explained(host).streams.map(\.openRejects) == [0])
    }
}
