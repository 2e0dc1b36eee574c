import Foundation
import PlumblineKit
import PlumblineTesting
import Testing

/// What the signals do that end a serving process.
@Suite(.timeLimit(.minutes(5))) struct EndSignalTests {
    @Test(arguments: [[SIGTERM, SIGTERM], [SIGINT, SIGINT], [SIGTERM, SIGINT]])
    func `a second signal ends at once what the first lets end, and takes nothing back`(signals: [Int32]) async throws {
        let served = try await ServedFolder(MetricCompany.files)
        #expect(try await served.program.run("people", "import").status == 0)
        let (body, headers) = MetricCompany.signed("m-1", value: 3)
        #expect(try await served.post("/hooks/metrics", body, headers).status == 200)
        let request = try UnfinishedRequest(port: served.port)
        served.process.send(signals[0])
        _ = try await ServedFolder.wanted("it says that it stops") {
            try served.process.errors().contains("a second signal ends it at once") ? true : nil
        }
        #expect(try await served.process.poll() == nil, "the request that has begun keeps it")
        served.process.send(signals[1])
        let finished = try await served.process.finish(timeout: .seconds(60))
        #expect(finished.status == 128 + signals[1] && !finished.wasKilled)
        #expect(finished.errors.contains("ends at once"))
        withExtendedLifetime(request) {}
        #expect(try await served.program.run("inbox", "use").status == 0)
        let value = try await served.program.json("values", "--all").array?.first
        #expect(value?["decimal"] == "3" && value?["sample_size"] == 1)
        #expect(try await served.program.json("verify")["intact"] == true)
        #expect(try await served.program.json("rebuild")["changed"] == 0)
    }

    @Test func `one signal lets a request end that has begun`() async throws {
        let served = try await ServedFolder(MetricCompany.files)
        let request = try UnfinishedRequest(port: served.port)
        served.process.send(SIGTERM)
        _ = try await ServedFolder.wanted("it says that it stops") {
            try served.process.errors().contains("stops") ? true : nil
        }
        #expect(try request.finish().contains("HTTP/1.1 401"))
        let finished = try await served.process.finish(timeout: .seconds(60))
        #expect(finished.status == 0 && !finished.errors.contains("ends at once"))
    }
}

/// A request whose header the server has read, and whose body is yet to come.
private final class UnfinishedRequest {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = try RawClient(port: port).open()
        try send("POST /hooks/metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        let invitation = try receive()
        #expect(invitation.hasPrefix("HTTP/1.1 100"), "\(invitation)")
    }

    deinit { close(descriptor) }

    /// Sends the body; what the server answers.
    func finish() throws -> String {
        try send("{}")
        return try receive()
    }

    private func send(_ text: String) throws {
        let count = Array(text.utf8).withUnsafeBytes {
            Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count == text.utf8.count else { throw Plumbline.Failure(description: "send: \(errno)") }
    }

    private func receive() throws -> String {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { throw Plumbline.Failure(description: "recv: \(errno)") }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }
}
