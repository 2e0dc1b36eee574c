import Foundation
import Gateway
import PlumblineTesting
import Testing

@testable import Console

/// What the server does with requests that no client library would send.
@Suite(.timeLimit(.minutes(15))) struct RawHTTPTests {
    private static let head = "POST /hooks/desk HTTP/1.1\r\nHost: x\r\n"

    private func answer(
        _ text: String, endsSending: Bool = false, limits: HTTPLimits = HTTPLimits()
    ) async throws -> (answer: String, bodies: [String]) {
        let script = ScriptedAnswering()
        let gateway = try await TestGateway(answering: script)
        let answer = try await gateway.serve(limits) { try await $0.exchange(text, endsSending: endsSending) }
        return (answer, script.bodies)
    }

    @Test func `a body arrives as it was sent`() async throws {
        let (answer, bodies) = try await answer(Self.head + "Content-Length: 5\r\nConnection: close\r\n\r\nab\r\nc")
        #expect(answer.firstStatus == 200 && bodies == ["ab\r\nc"])
    }

    @Test func `a body in chunks arrives as a whole`() async throws {
        let (answer, bodies) = try await answer(
            Self.head + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")
        #expect(answer.firstStatus == 200 && bodies == ["abcde"])
    }

    @Test func `requests behind each other on one connection are answered in their order`() async throws {
        let one = Self.head + "Content-Length: 1\r\n\r\n"
        let (answer, bodies) = try await answer(
            "\(one)a\(one)b" + Self.head + "Connection: close\r\nContent-Length: 1\r\n\r\nc")
        #expect(answer.answers == 3 && bodies == ["a", "b", "c"])
    }

    @Test func `callbacks and pages behind each other are answered in their order`() async throws {
        let hook = Self.head + "Content-Length: 1\r\n\r\n"
        let page = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        let last = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        let (answer, bodies) = try await answer(
            "\(hook)a\(page)\(page)\(hook)b\(hook)c\(page)\(hook)d\(last)", endsSending: true)
        let isHook = answer.components(separatedBy: "HTTP/1.1 ").dropFirst().map { !$0.contains("Content-Security") }
        #expect(isHook == [true, false, false, true, true, false, true, false] && bodies == ["a", "b", "c", "d"])
    }

    @Test func `a callback that is refused by its header leaves the connection as it was`() async throws {
        let unknown = "POST /hooks/x HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
        let hook = Self.head + "Connection: close\r\nContent-Length: 1\r\n\r\nd"
        let (answer, bodies) = try await answer(unknown + unknown + hook)
        #expect(answer.components(separatedBy: "HTTP/1.1 ").map { $0.prefix(3) } == ["", "404", "404", "200"])
        #expect(bodies == ["d"])
    }

    @Test func `a body in chunks that grows too long is refused, and the client told to stop`() async throws {
        let chunk = "100\r\n\(String(repeating: "a", count: 256))\r\n"
        let (answer, bodies) = try await answer(
            Self.head + "Transfer-Encoding: chunked\r\n\r\n" + String(repeating: chunk, count: 5) + "0\r\n\r\n")
        #expect(answer.firstStatus == 413 && answer.contains("Connection: close\r\n") && bodies == [])
    }

    private static let ambiguous = [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde",
        "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        "Content-Length: 5, 5\r\n\r\nabcde",
        "Content-Length: +5\r\n\r\nabcde",
        "Content-Length: -1\r\n\r\n",
        "Content-Length: 0x5\r\n\r\nabcde",
        "Content-Length: 99999999999999999999\r\n\r\n",
        "Content-Length : 5\r\n\r\nabcde",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nabc\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabcde\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n",
        "X-Folded: a\r\n b\r\nContent-Length: 1\r\n\r\na",
        "X Y: a\r\nContent-Length: 1\r\n\r\na",
        "X-Zero: a\u{0}b\r\nContent-Length: 1\r\n\r\na",
        "X-Return: a\rContent-Length: 1\r\n\r\na",
        "Host: y\r\nContent-Length: 1\r\n\r\na",
        ": x\r\nContent-Length: 1\r\n\r\na",
    ]

    @Test func `a request that two readers could read in two ways is refused`() async throws {
        let script = ScriptedAnswering()
        try await TestGateway(answering: script).serve(.patient) { client in
            for fields in Self.ambiguous {
                let answer = try await client.exchange(Self.head + fields, endsSending: true)
                #expect(answer.firstStatus == 400 && answer.answers == 1, "\(fields)")
            }
        }
        #expect(script.bodies == [])
    }

    private static let noRequests = [
        "POST /hooks/desk HTTP/1.1\r\nContent-Length: 1\r\n\r\na",
        "POST hooks/desk HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na",
        "POST http://other/hooks/desk HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na",
        "POST /hooks/desk HTTP/2.0\r\nHost: x\r\nContent-Length: 1\r\n\r\na",
        "POST /hooks/desk HTTP/0.9\r\nHost: x\r\nContent-Length: 1\r\n\r\na",
        "POST /hooks/desk\r\nHost: x\r\n\r\n", "P\u{0}ST /hooks/desk HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /hooks/desk HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}", "hello\r\n\r\n",
    ]

    @Test func `what is no request to this server is refused`() async throws {
        let script = ScriptedAnswering()
        try await TestGateway(answering: script).serve(.patient) { client in
            for text in Self.noRequests {
                let answer = try await client.exchange(text, endsSending: true)
                #expect(answer.firstStatus == 400 && answer.answers == 1, "\(text)")
            }
        }
        #expect(script.bodies == [])
    }

    @Test(arguments: ["Content-Length: 9\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n9\r\nabc"])
    func `a body that was cut off is not believed`(rest: String) async throws {
        let (answer, bodies) = try await answer(Self.head + rest, endsSending: true)
        #expect(bodies == [] && answer.firstStatus != 200)
    }

    @Test func `a header that is too long or has too many fields is refused`() async throws {
        var limits = HTTPLimits()
        (limits.fieldBytes, limits.headerBytes, limits.fields) = (200, 400, 8)
        let many = (0..<9).map { "X-\($0): a\r\n" }.joined()
        let long = "X-Long: \(String(repeating: "a", count: 300))\r\n"
        let sum = (0..<5).map { "X-\($0): \(String(repeating: "a", count: 90))\r\n" }.joined()
        for fields in [many, long, sum] {
            let (answer, bodies) = try await answer(
                Self.head + fields + "Content-Length: 1\r\n\r\na", endsSending: true, limits: limits)
            #expect(answer.firstStatus == 400 && bodies == [])
        }
        let target = "POST /hooks/desk?\(String(repeating: "a", count: 300)) HTTP/1.1\r\nHost: x\r\n\r\n"
        #expect(try await answer(target, endsSending: true, limits: limits).answer.firstStatus == 400)
    }

    @Test func `a body that comes with an offer to change the protocol is read all the same`() async throws {
        let (answer, bodies) = try await answer(
            Self.head + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: a\r\nContent-Length: 1"
                + "\r\n\r\na", endsSending: true)
        #expect(answer.firstStatus == 200 && bodies == ["a"])
    }

    @Test(arguments: ["HTTP/1.0\r\n", "HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n"])
    func `a client that wants one answer gets one, and the end`(version: String) async throws {
        let one = "POST /hooks/desk \(version)Content-Length: 1\r\n\r\na"
        let (answer, bodies) = try await answer(one + one)
        #expect(answer.answers == 1 && answer.contains("Connection: close\r\n") && bodies == ["a"])
    }

    @Test func `a client that waits to be invited is invited before it sends its body`() async throws {
        let script = ScriptedAnswering()
        let gateway = try await TestGateway(answering: script)
        let answer = try await gateway.serve { client in
            try await client.exchange(
                Self.head + "Expect: 100-continue\r\nContent-Length: 1\r\nConnection: close\r\n\r\na")
        }
        #expect(answer.hasPrefix("HTTP/1.1 100 ") && answer.contains("HTTP/1.1 200 ") && script.bodies == ["a"])
    }
}
