import Foundation
import Gateway
import PlumblineTesting
import Testing

@testable import Console

/// Clients that keep the server waiting, with times made short.
@Suite(.timeLimit(.minutes(15))) struct SlowClientTests {
    private static let quick: HTTPLimits = {
        var limits = HTTPLimits()
        limits.headTime = .milliseconds(300)
        limits.bodyTime = .milliseconds(300)
        limits.idleTime = .milliseconds(300)
        limits.lingerTime = .milliseconds(300)
        return limits
    }()
    private static let head = "POST /hooks/desk HTTP/1.1\r\nHost: x\r\n"

    private static let unfinished = [
        "", "POST /hooks/de", head + "X-Slow: a\r\n", head + "Content-Length: 9\r\n\r\nabc",
        head + "Transfer-Encoding: chunked\r\n\r\n9\r\nabc",
    ]

    @Test func `who does not go on is cut off without an answer, and nothing of it is believed`() async throws {
        let script = ScriptedAnswering()
        let metrics = try await TestGateway(answering: script).serve(Self.quick) { client in
            for text in Self.unfinished { #expect(try await client.exchange(text) == "", "\(text)") }
            return try await client.exchange("GET /metrics HTTP/1.0\r\n\r\n")
        }
        #expect(script.bodies.isEmpty && metrics.contains("http_refusals_total{reason=\"slow\"} 5\n"))
    }

    @Test func `a connection may rest between requests, but not for ever`() async throws {
        let gateway = try await TestGateway(answering: ScriptedAnswering())
        let answer = try await gateway.serve(Self.quick) { client in
            try await client.exchange(Self.head + "Content-Length: 1\r\n\r\na")
        }
        #expect(answer.answers == 1 && answer.firstStatus == 200)
    }

    @Test func `who drips a body, a byte at a time, has no more time for it`() async throws {
        let script = ScriptedAnswering()
        let gateway = try await TestGateway(answering: script)
        let sent = try await gateway.serve(Self.quick) { client in
            try await client.drip(Self.head + "Content-Length: 900\r\n\r\n", every: .milliseconds(20), atMost: 900)
        }
        #expect(sent < 900 && script.bodies.isEmpty)
    }

    @Test func `a body that is announced too long is not waited for`() async throws {
        let gateway = try await TestGateway(answering: ScriptedAnswering(bodyBytes: 10))
        let answer = try await gateway.serve { client in
            try await client.exchange(Self.head + "Content-Length: 10000000\r\n\r\nabc")
        }
        #expect(answer.firstStatus == 413 && answer.lowercased().contains("connection: close\r\n"))
    }

    @Test func `a body of many megabytes is not kept, whatever it announces`() async throws {
        let script = ScriptedAnswering(bodyBytes: 1_000)
        let gateway = try await TestGateway(answering: script)
        let megabyte = [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)
        let chunk = Array("100000\r\n".utf8) + megabyte + Array("\r\n".utf8)
        let answers = try await gateway.serve { client in
            let plain = try await client.exchange(
                [Array((Self.head + "Content-Length: 10485760\r\n\r\n").utf8)] + Array(repeating: megabyte, count: 10))
            let chunked = try await client.exchange(
                [Array((Self.head + "Transfer-Encoding: chunked\r\n\r\n").utf8)] + Array(repeating: chunk, count: 10))
            return [plain, chunked]
        }
        #expect(answers.map(\.firstStatus) == [413, 413] && script.bodies.isEmpty)
    }

    @Test func `more connections than are allowed wait until one goes`() async throws {
        var limits = HTTPLimits()
        limits.connections = 2
        limits.headTime = .seconds(1)
        let gateway = try await TestGateway(answering: ScriptedAnswering())
        let answer = try await gateway.serve(limits) { client in
            let idle = try (0..<2).map { _ in try client.open() }
            defer { for descriptor in idle { close(descriptor) } }
            return try await client.exchange("GET /healthz HTTP/1.0\r\n\r\n")
        }
        #expect(answer.firstStatus == 200)
    }
}
