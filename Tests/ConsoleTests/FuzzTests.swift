import Callbacks
import Foundation
import Gateway
import PlumblineTesting
import Testing

@testable import Console

/// Thousands of requests as nobody should send them.
@Suite(.timeLimit(.minutes(10))) struct FuzzTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `whatever comes, the server answers afterwards, and its log holds nothing of it`(seed: UInt64) async throws {
        let script = ScriptedAnswering(bodyBytes: 1 << 20)
        let gateway = try await TestGateway(answering: script)
        let answer = try await gateway.serve { client in
            var fuzz = HTTPFuzz(path: "/hooks/desk", seed: seed)
            for _ in 0..<200 { _ = try await client.exchange(fuzz.next(), endsSending: true) }
            return try await client.exchange(
                "POST /hooks/desk HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\na")
        }
        #expect(answer.firstStatus == 200 && script.bodies.last == "a")
        #expect(script.requests.count > 10, "some of it is well-formed")
        #expect(script.requests.allSatisfy { $0.body.count <= 1 << 20 })
        #expect(!gateway.log.text.contains(HTTPFuzz.secret))
    }
}
