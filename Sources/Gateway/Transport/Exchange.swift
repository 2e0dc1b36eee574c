import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import PlumblineKit

/// One request sent once, and its whole answer read within the limits of size and time.
struct Exchange: Sendable {
    let hop: Hop
    let options: TransportOptions
    let redaction: Redaction

    func run(on client: HTTPClient) async -> Result<HTTPResponse, AttemptFailure> {
        do {
            return .success(try await withTimeLimit { try await transfer(on: client) })
        } catch {
            return .failure(failure(error))
        }
    }

    private func transfer(on client: HTTPClient) async throws -> HTTPResponse {
        let response = try await client.execute(clientRequest, timeout: .init(options.timeout))
        let headers = PlumblineKit.HTTPHeaders(response.headers.map { ($0.name, $0.value) })
        let body = try await read(response.body, headers: headers)
        return HTTPResponse(
            status: Int(response.status.code), headers: headers, body: body, url: hop.url.description,
            method: hop.request.method, redaction: redaction)
    }

    private var clientRequest: HTTPClientRequest {
        var request = HTTPClientRequest(url: hop.url.description)
        request.method = .init(rawValue: hop.request.method.rawValue)
        for field in hop.request.headers.fields where !Self.ownHeaders.contains(field.name.lowercased()) {
            request.headers.add(name: field.name, value: field.value)
        }
        if !request.headers.contains(name: "User-Agent") { request.headers.add(name: "User-Agent", value: "Plumbline") }
        // An answer to HEAD announces an encoding and has no body to unpack.
        if hop.request.method != .head { request.headers.add(name: "Accept-Encoding", value: "gzip, deflate") }
        if let body = hop.request.body { request.body = .bytes(ByteBuffer(bytes: body)) }
        return request
    }

    /// Headers that are the transport's to set.
    private static let ownHeaders: Set = [
        "host", "content-length", "transfer-encoding", "accept-encoding", "connection", "te", "upgrade",
        "proxy-authorization", "proxy-connection", "expect",
    ]

    private func read(_ body: HTTPClientResponse.Body, headers: PlumblineKit.HTTPHeaders) async throws -> [UInt8] {
        let isPlain = headers["Content-Encoding"].map { $0.lowercased() == "identity" } ?? true
        let announced = isPlain && hop.request.method != .head ? headers["Content-Length"].flatMap { Int($0) } : nil
        let limit = min(hop.request.responseLimit ?? .max, options.maxResponseBytes)
        var collector = BodyCollector(limit: limit, expected: announced)
        if collector.isAnnouncedTooLarge { throw tooLarge(limit) }
        do {
            for try await piece in body where !collector.append(piece.readableBytesView) { throw tooLarge(limit) }
        } catch {
            throw cutOff(failure(error), collector)
        }
        // A cancelled sequence ends as if the body did.
        try Task.checkCancellation()
        if collector.isShort { throw AttemptFailure.interrupted("the answer was cut off after \(collector.progress)") }
        return collector.bytes
    }

    private func tooLarge(_ limit: Int) -> AttemptFailure {
        .final(
            .unexpected(
                reason: "the answer of \(hop.url.origin) is larger than \(limit) bytes; ask for smaller pages, "
                    + "or raise max_response_bytes"))
    }

    private func cutOff(_ failure: AttemptFailure, _ collector: BodyCollector) -> AttemptFailure {
        guard case .interrupted(let reason) = failure else { return failure }
        return .interrupted("the answer was cut off after \(collector.progress): \(reason)")
    }

    private func failure(_ error: any Error) -> AttemptFailure {
        AttemptFailure(error, origin: hop.url.origin, options: options)
    }

    private func withTimeLimit<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: options.timeout)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else {
                throw AttemptFailure.interrupted("no whole answer within \(options.timeout)")
            }
            return value
        }
    }
}
