import PlumblineKit
import PlumblineTesting
import Testing
import WebhookConnectors

/// Events of any system: where they stand, what they tell of, what is gone.
@Suite struct JSONWebhookTests {
    private let fixtures = Fixtures("json", in: .module)
    private static let settings: [String: SettingInput] = [
        "events": .text("data.items"), "id": .text("ticket.id"), "version": .text("ticket.rev"),
        "deleted_when": .map(["type": "ticket.deleted"]), "kind_header": .text("X-Kind"),
    ]

    private func connector(_ settings: [String: SettingInput]) throws -> JSONWebhookConnector {
        try JSONWebhookConnector(
            settings: Settings(settings, against: JSONWebhookConnector.description.settings), context: .unconnected)
    }

    private func callback(_ body: [UInt8], headers: HTTPHeaders = [:]) -> ReceivedCallback {
        ReceivedCallback(body: body, headers: headers, received: Instant(microseconds: 0))
    }

    @Test func `each event of a list is a record, a deletion, or rejected with its number`() throws {
        let connector = try connector(Self.settings)
        #expect(connector.callbackParts.headers == ["X-Kind"] && !connector.ordersByArrival)
        let page = try connector.page(
            of: "events", in: callback(fixtures.bytes("batch.json"), headers: ["X-Kind": "tickets"]))
        #expect(page.records.map(\.id) == ["7", "9"] && page.records.map(\.version?.text) == ["3", "1"])
        #expect(page.records.first?.json["ticket"]?["hours"] == .number("1.50"))
        #expect(page.records.first?.json["webhook_kind"] == "tickets")
        #expect(page.deleted == [DeletedRecord(id: "8", version: SourceVersion("4"))])
        #expect(page.rejected.map(\.id) == ["part 3", "part 4"])
        #expect(page.rejected.first?.reason == "event 3 has no 'ticket.id': nothing says which record it tells of")
    }

    @Test(arguments: [(#"{"id":"a"}"#, ["a"]), (#"[{"id":1},{"id":"b"}]"#, ["1", "b"]), ("[]", [])])
    func `without a place for events the body is one, or a list`(body: String, ids: [String]) throws {
        let connector = try connector([:])
        #expect(connector.ordersByArrival)
        #expect(try connector.page(of: "events", in: callback(Array(body.utf8))).records.map(\.id) == ids)
    }

    @Test(arguments: [
        ("no json", "the body is no JSON: "), ("{}", "the body has no member 'data.items'"),
    ])
    func `a body without events cannot be read at all`(body: String, reason: String) throws {
        let connector = try connector(Self.settings)
        let error = #expect(throws: ConnectorError.self) {
            try connector.page(of: "events", in: callback(Array(body.utf8)))
        }
        #expect(error.map { "\($0)".contains(reason) } == true)
    }

    @Test func `there is nothing to pull`() async throws {
        let connector = try connector([:])
        #expect(try await connector.page(of: "events", after: nil) == Page(cursor: nil, hasMore: false))
        #expect(try await connector.check().remarks.count == 1)
    }
}

extension ConnectorContext {
    /// For connectors that look at nothing.
    static let unconnected = ConnectorContext(
        transport: CannedTransport([:]), files: NoFiles(), now: FixedClock().now, zone: "UTC", log: { _ in })
}
