import PlumblineKit
import PlumblineTesting
import Synchronization
import Testing

@testable import Gateway

/// A guarded transport on a clock that jumps instead of waiting, and what it did.
final class TransportFixture: Sendable {
    private struct State {
        var now: Duration = .zero
        var slept: [Duration] = []
        var resolved: [String] = []
        var log: [RequestLogEntry] = []
    }

    private let state = Mutex(State())
    private let names: [String: [String]]

    /// `names` is what the resolver knows.
    init(names: [String: [String]] = [:]) { self.names = names }

    /// The waits so far.
    var slept: [Duration] { state.withLock(\.slept) }
    /// The names the resolver was asked for.
    var resolved: [String] { state.withLock(\.resolved) }
    /// The attempts so far.
    var log: [RequestLogEntry] { state.withLock(\.log) }

    /// Sun, 06 Nov 1994 08:49:37 GMT.
    static let startOfTime: Int64 = 784_111_777

    private var environment: TransportEnvironment {
        TransportEnvironment(
            uptime: { self.state.withLock(\.now) },
            unixTime: { Self.startOfTime + self.state.withLock(\.now).components.seconds },
            sleep: { time in
                try Task.checkCancellation()
                self.state.withLock { state in
                    state.now += time
                    state.slept.append(time)
                }
            },
            random: { 0.5 },
            resolve: { (host) async throws(ResolutionFailure) in
                self.state.withLock { $0.resolved.append(host) }
                guard let found = self.names[host] else { throw ResolutionFailure(reason: "Name not known") }
                return found.compactMap { IPAddress($0) }
            })
    }

    /// Options for tests: no pause between requests, short real time-outs.
    static func options(_ change: (inout TransportOptions) -> Void = { _ in }) -> TransportOptions {
        var options = TransportOptions()
        options.requestsPerSecond = 1_000_000_000
        options.timeout = .seconds(10)
        change(&options)
        return options
    }

    /// Runs `body` with a transport for `baseURL` and shuts it down.
    func withTransport<Result>(
        _ baseURL: String, _ options: TransportOptions = TransportFixture.options(),
        _ body: (GuardedTransport) async throws -> Result
    ) async throws -> Result {
        let transport = try GuardedTransport(baseURL: baseURL, options: options, environment: environment) { entry in
            self.state.withLock { $0.log.append(entry) }
        }
        do {
            let result = try await body(transport)
            await transport.shutdown()
            return result
        } catch {
            await transport.shutdown()
            throw error
        }
    }

    /// Sends one GET and returns what a connector would get.
    func get(
        _ baseURL: String, _ options: TransportOptions = TransportFixture.options(), headers: HTTPHeaders = [:]
    ) async throws -> HTTPResponse {
        try await withTransport(baseURL, options) {
            try await $0.send(HTTPRequest(.get, at: baseURL, headers: headers))
        }
    }

    /// Sends one GET that is expected to fail.
    func failure(
        _ baseURL: String, _ options: TransportOptions = TransportFixture.options(), headers: HTTPHeaders = [:]
    ) async throws -> ConnectorError {
        let error = await #expect(throws: ConnectorError.self) { try await get(baseURL, options, headers: headers) }
        return try #require(error)
    }
}

/// Answers given to `body` by a server that is stopped afterwards.
func withServer<Result>(
    _ answers: TestHTTPServer.Answer..., body: (TestHTTPServer) async throws -> Result
) async throws -> Result {
    let server = try TestHTTPServer(answers: answers)
    defer { server.stop() }
    return try await body(server)
}

/// Compressed bodies, made by hand.
enum Gzip {
    /// `bytes` in one block that is stored as it is.
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        let size = UInt16(bytes.count)
        let block = [1] + little(UInt32(size), 2) + little(UInt32(~size), 2) + bytes
        return header + block + little(checksum(bytes), 4) + little(UInt32(size), 4)
    }

    /// About 158 times its own size in zeros: one literal and many repetitions of 258 bytes (RFC 1951, fixed codes).
    static func zeros(runs: Int) -> [UInt8] {
        var bits = Bits()
        bits.append([1, 1, 0])
        bits.append([0, 0, 1, 1, 0, 0, 0, 0])
        for _ in 0..<runs { bits.append([1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]) }
        bits.append([0, 0, 0, 0, 0, 0, 0])
        return header + bits.bytes + [UInt8](repeating: 0, count: 8)
    }

    private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]

    private struct Bits {
        var bytes: [UInt8] = []
        private var used = 8

        mutating func append(_ bits: [UInt8]) {
            for bit in bits {
                if used == 8 { (used, bytes) = (0, bytes + [0]) }
                bytes[bytes.count - 1] |= bit << UInt8(used)
                used += 1
            }
        }
    }

    private static func little(_ value: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(0xFFFF_FFFF) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { part, _ in part & 1 == 1 ? part >> 1 ^ 0xEDB8_8320 : part >> 1 }
        }
    }
}
