import Expressions
import Foundation
import Gateway
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import PlumblineKit
import Testing

@testable import Console

/// What the server tells of itself.
@Suite(.timeLimit(.minutes(15))) struct StatusTests {
    private func get(_ uri: String, _ gateway: TestGateway) async throws -> TestResponse {
        try await gateway.server().application { _ in }.test(.router) { try await $0.execute(uri: uri, method: .get) }
    }

    @Test func `a living server says so, and pages that are not there are not found`() async throws {
        let gateway = try await TestGateway()
        #expect(try await get("/healthz", gateway).status == .ok)
        let missing = try await get("/nothing", gateway)
        #expect(missing.status == .notFound && missing.headers[.contentSecurityPolicy] == "default-src 'none'")
    }

    @Test func `a server without trouble is ready`() async throws {
        let gateway = try await TestGateway()
        gateway.board.began("inbox", patience: .seconds(10))
        let answer = try await get("/readyz", gateway)
        #expect(
            answer.status == .ok && String(buffer: answer.body) == "{\"ready\":true,\"problems\":[],\"warnings\":[]}\n")
    }

    @Test func `a worker that is silent for longer than it said is named, and is well again when it beats`()
        async throws
    {
        let gateway = try await TestGateway()
        gateway.board.began("inbox", patience: .seconds(10))
        gateway.clock.advance(.seconds(11))
        let answer = try await get("/readyz", gateway)
        #expect(answer.status == .serviceUnavailable && String(buffer: answer.body).contains("worker inbox"))
        gateway.board.beat("inbox")
        #expect(try await get("/readyz", gateway).status == .ok)
    }

    @Test func `a worker that failed is named until it begins again`() async throws {
        let gateway = try await TestGateway()
        gateway.board.began("outbox")
        gateway.board.failed("outbox", reason: "no room")
        gateway.board.beat("outbox")
        #expect(gateway.board.workers.map(\.trouble) == ["failed: no room"])
        #expect(try await get("/readyz", gateway).status == .serviceUnavailable)
        gateway.board.began("outbox")
        #expect(try await get("/readyz", gateway).status == .ok)
        #expect(gateway.board.workers.map(\.failures) == [1])
    }

    @Test func `files with mistakes are a warning, for what was served is served still`() async throws {
        let script = ScriptedAnswering()
        let gateway = try await TestGateway(answering: script)
        try gateway.write("plumbline.yaml", "zone: [")
        await gateway.served.reload()
        let answer = try await get("/readyz", gateway)
        #expect(answer.status == .ok)
        #expect(
            String(buffer: answer.body)
                == "{\"ready\":true,\"problems\":[],\"warnings\":[{\"what\":\"configuration\"}]}\n")
        #expect(gateway.served.answering.limits(of: "desk") != nil)
    }

    @Test func `a connection that takes no requests is named, and the others' senders are not turned away`()
        async throws
    {
        let fault = CallbackFault(connection: "desk", reason: "connectors/desk.yaml:3:1: no secret")
        let gateway = try await TestGateway(answering: ScriptedAnswering(faults: [fault]))
        let answer = try await get("/readyz", gateway)
        #expect(answer.status == .ok)
        // Who asks is not known here, so that no reason is told.
        #expect(String(buffer: answer.body).contains("\"warnings\":[{\"what\":\"connection desk\"}]"))
        let readiness = Readiness(workers: [], configuration: nil, connections: [fault])
        #expect(readiness.json(withReasons: true)["warnings"]?.array?.first?["why"] == .string(fault.reason))
        let metrics = GatewayMetrics(
            status: nil, workers: [], hooks: HookTally(), http: HTTPTally(), isConfigurationValid: true,
            faults: [fault], version: "1", process: ProcessMeasures()
        ).text
        #expect(metrics.contains("plumbline_hook_misconfigured{connection=\"desk\"} 1\n"))
    }

    @Test func `metrics are not for those whose address is not known`() async throws {
        let answer = try await get("/metrics", try await TestGateway())
        #expect(answer.status == .forbidden && String(buffer: answer.body).contains("secrets/metrics-token"))
    }

    @Test func `this machine sees metrics, but not through a proxy, and not of a server that listens to all`() throws {
        let local = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
        let own = StatusAccess(isLoopbackOnly: true)
        #expect(own.decide(Peer(local, [:]), token: nil) == .granted)
        #expect(own.decide(Peer(try SocketAddress(ipAddress: "::1", port: 1), [:]), token: nil) == .granted)
        let forwarding = try #require(HTTPField.Name("X-Forwarded-For"))
        #expect(own.decide(Peer(local, [forwarding: "192.0.2.1"]), token: nil) == .noToken)
        #expect(StatusAccess(isLoopbackOnly: false).decide(Peer(local, [:]), token: nil) == .noToken)
        #expect(own.decide(Peer(try SocketAddress(ipAddress: "192.0.2.1", port: 1), [:]), token: nil) == .noToken)
    }

    @Test(arguments: [
        ("Bearer open sesame", StatusAccess.Decision.granted), ("bearer open sesame", .granted),
        ("Bearer open sesam", .wrongToken), ("Bearer ", .wrongToken), ("Basic open sesame", .wrongToken),
        ("open sesame", .wrongToken),
    ]) func `a token opens the metrics to others`(field: String, decision: StatusAccess.Decision) throws {
        let peer = Peer(try SocketAddress(ipAddress: "192.0.2.1", port: 1), [.authorization: field])
        #expect(StatusAccess(isLoopbackOnly: false).decide(peer, token: Secret("open sesame")) == decision)
    }

    @Test func `metrics tell of each connection what is known`() {
        var desk = ConnectionStatus(
            name: "desk", lastSuccess: Timestamp(microseconds: 999_990_000_000), openRejects: 2, openHolds: 1,
            inboxDepth: 3, inboxOldest: Timestamp(microseconds: 1_000_000_000_000), inboxUntaken: 5)
        desk.lastEvent = Timestamp(microseconds: 997_200_000_000)
        desk.unusual = ["silence"]
        let status = GatewayStatus(
            moment: Timestamp(microseconds: 1_000_000_500_000),
            connections: [desk, ConnectionStatus(name: "new", openRejects: 0, openHolds: 0)],
            sinks: [SinkStatus(name: "oa", depth: 4)])
        let text = GatewayMetrics(
            status: status, workers: [], hooks: HookTally(), http: HTTPTally(), isConfigurationValid: true,
            faults: [], version: "1.2.3", process: ProcessMeasures()
        ).text
        let lines = Set(text.split(separator: "\n").map(String.init))
        #expect(
            lines.isSuperset(of: [
                "plumbline_connection_last_success_timestamp_seconds{connection=\"desk\"} 999990.000000",
                "plumbline_connection_lag_seconds{connection=\"desk\"} 10.500000",
                "plumbline_inbox_depth{connection=\"desk\"} 3",
                "plumbline_inbox_untaken_records{connection=\"desk\"} 5",
                "plumbline_inbox_oldest_seconds{connection=\"desk\"} 0.500000",
                "plumbline_hook_last_event_timestamp_seconds{connection=\"desk\"} 997200.000000",
                "plumbline_hook_unusual{connection=\"desk\",rule=\"silence\"} 1",
                "plumbline_rejects_open{connection=\"desk\"} 2", "plumbline_gate_holds_open{connection=\"desk\"} 1",
                "plumbline_rejects_open{connection=\"new\"} 0", "plumbline_outbox_depth{sink=\"oa\"} 4",
                "plumbline_build_info{version=\"1.2.3\"} 1", "plumbline_configuration_valid 1",
            ]))
        #expect(
            !lines.contains { $0.contains("inbox") && $0.contains("new") || $0.contains("lag") && $0.contains("new") })
    }

    @Test func `a label's quotes, backslashes and line ends are escaped, and a help's line ends`() {
        var metrics = MetricsText()
        metrics.add("m", .gauge, "a\n\"b\"\\", [MetricsText.Sample(1, ("l", "x\"y\\z\n"))])
        #expect(metrics.text == "# HELP m a\\n\"b\"\\\\\n# TYPE m gauge\nm{l=\"x\\\"y\\\\z\\n\"} 1\n")
    }

    @Test func `durations have six digits behind the point, whatever their sign`() {
        var metrics = MetricsText()
        metrics.add(
            "m", .gauge, "h", [MetricsText.Sample(.milliseconds(-1_500)), MetricsText.Sample(.microseconds(7))])
        #expect(metrics.text.hasSuffix("m -1.500000\nm 0.000007\n"))
    }
}
