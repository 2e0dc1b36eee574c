import Callbacks
import Expressions
import Indicators
import OpenSSLCrypto
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// A company to which systems send: `hooks` takes deeds as JSON, `metrics` takes metrics.
struct HookedWorkspace {
    static let key = Array("0123456789abcdef0123456789abcdef".utf8)

    let company: TestWorkspace
    let host: WorkspaceHost
    let reception: InboxReception
    let receiver: CallbackReceiver

    static let files = [
        "secrets/hook": "whsec_" + Base64.encode(key),
        "indicators/metrics.yaml": """
        indicators:
          - {id: calls_made, record: metric, scale_digits: 0}
          - {id: call_minutes, record: metric, aggregate: mean, where: "record.value > decimal('0')"}
        """,
        "connectors/hooks.yaml": """
        connection: hooks
        connector: webhook.json
        settings: {id: id, deleted_when: {type: gone}}
        callback: {scheme: standard-webhooks, secret: "${file:hook}", people: all}
        streams:
          deeds:
            from: events
            record: deed
            where: "!('type' in source) || source.type == 'deed'"
            deletes: reported
            map: {id: source.id, owner_id: account(source.who), at: source.at, points: source.points}
        """,
        "connectors/metrics.yaml": """
        connection: metrics
        connector: webhook.metric
        callback:
          scheme: standard-webhooks
          secret: ${file:hook}
          people: [E01, E02]
          indicators: [calls_made, call_minutes]
        streams:
          metrics:
            record: metric
            where: "'indicator' in source"
            map:
              id: source.id
              indicator_id: source.indicator
              employee_id: "'account' in source ? account(source.account) : null"
              at: source.time
              value: source.value
        """,
    ]

    /// With these files in the place of the usual ones.
    init(_ files: [String: String] = [:]) async throws {
        company = try TestWorkspace(Self.files.merging(files, uniquingKeysWith: { $1 }))
        host = try await company.host()
        _ = try await host.replacePeople([
            DirectoryEntry(employee: "E01"), DirectoryEntry(employee: "E02"),
        ])
        reception = InboxReception(host.store)
        receiver = CallbackReceiver(host, inbox: reception)
    }

    /// A request as a sender signs it now.
    func request(_ id: String, _ body: String, query: String = "", key: [UInt8] = key) throws -> CallbackRequest {
        let time = String(host.now().microseconds / 1_000_000)
        let code = HashFunction.sha256.authenticationCode(for: Array("\(id).\(time).\(body)".utf8), key: key)
        return try CallbackRequest(
            method: .post, query: query,
            headers: [
                "webhook-id": id, "webhook-timestamp": time, "webhook-signature": "v1,\(Base64.encode(code))",
            ], body: Array(body.utf8))
    }

    /// Sends an event and gives the status of the answer.
    @discardableResult
    func send(
        _ id: String, _ body: String, to connection: String = "hooks", query: String = "", key: [UInt8] = key
    ) async throws -> Int {
        await receiver.answer(try request(id, body, query: query, key: key), for: connection).status
    }

    /// The text of an answer.
    func answer(_ id: String, _ body: String, to connection: String, query: String = "") async throws -> String {
        let reply = await receiver.answer(try request(id, body, query: query), for: connection)
        return "\(reply.status) \(String(decoding: reply.body, as: UTF8.self))"
    }

    /// A metric as it is sent.
    static func metric(
        _ id: String, _ value: String = "1", indicator: String = "calls_made", account: String = "E01",
        time: String = "2026-07-03T10:00:00+08:00"
    ) -> String {
        #"{"id":"\#(id)","indicator":"\#(indicator)","account":"\#(account)","time":"\#(time)","value":\#(value)}"#
    }

    /// A deed as it is sent.
    static func deed(_ id: String, points: String = "1", who: String = "E01") -> String {
        #"{"id":"\#(id)","who":"\#(who)","at":"2026-07-10T02:00:00Z","points":\#(points)}"#
    }
}
