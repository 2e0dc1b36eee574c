import Expressions
import PlumblineKit
import PlumblineTesting
import ReviewStore
import Testing

@testable import Gateway

/// What of people leaves, and what does not.
@Suite struct SinkPrivacyTests {
    typealias Company = TestWorkspace

    /// A company whose portal is told of values.
    private func company() throws -> (Company, TestHTTPServer) {
        let server = try TestHTTPServer(answers: [.init()])
        let sinks = ["portal": Company.portal(server.baseURL)]
        return (try Company.telling(sinks, secrets: ["portal": Company.webhookSecret]), server)
    }

    @Test func `values of employees stay here where the sink is not told of people`() async throws {
        let (company, server) = try company()
        defer { server.stop() }
        try company.edit("sinks/portal.yaml", "people: ids", "people: none")
        let host = try await company.host()
        try await company.publish(points: "7", host)
        _ = try await host.deliverDue()
        let body = try #require(server.requests.first).body
        let subjects =
            try JSON.parse(body)["data"]?["values"]?.array?.compactMap { $0["subject"]?["kind"]?.string } ?? []
        #expect(!subjects.isEmpty && Set(subjects) == ["org_unit"])
        #expect(!String(decoding: body, as: UTF8.self).contains("E01"))
    }

    @Test func `no name of a person leaves, only ids`() async throws {
        let (company, server) = try company()
        defer { server.stop() }
        let host = try await company.host()
        try await company.publish(points: "7", host)
        _ = try await host.deliverDue()
        let sent = server.requests.map { String(decoding: $0.body, as: UTF8.self) }.joined()
        #expect(sent.contains("E01") && !sent.contains("张伟") && !sent.contains("zhang@example.com"))
    }

    @Test func `numbers of an anonymous indicator stay here`() async throws {
        let (company, server) = try company()
        defer { server.stop() }
        try company.edit(
            "indicators/deeds.yaml", "    value: record.points",
            "    anonymous: true\n    min_sample: 1\n    value: record.points")
        let host = try await company.host()
        try await company.publish(points: "7.25", host)
        try await company.publish(points: "8.25", host)
        #expect(try await host.shown("deed_points", "E01") == "8.25", "it has a number here")
        _ = try await host.deliverDue()
        let sent = server.requests.map { String(decoding: $0.body, as: UTF8.self) }.joined()
        #expect(!sent.isEmpty && !sent.contains("7.25") && !sent.contains("8.25"))
    }
}
