public import PlumblineKit
import Synchronization

/// Answers JSON-RPC calls as a server once did: from a list of `{"method": …, "params": […], "answer": …}`.
///
/// Calls are told apart by method and parameters; a call that was not recorded is `ConnectorError.unexpected`.
public final class RecordedCalls: Transport {
    private let answers: [Call: JSON]
    private let asked = Mutex<[String]>([])

    private struct Call: Hashable {
        let method: JSON?
        let params: JSON?

        init(_ json: JSON) { (method, params) = (json["method"], json["params"]) }
    }

    /// The calls of a file.
    public init(_ bytes: [UInt8]) throws {
        let calls = try JSON.parse(bytes).array ?? []
        answers = Dictionary(calls.map { (Call($0), $0["answer"] ?? .null) }) { _, last in last }
    }

    /// The methods that were called so far, in order.
    public var methods: [String] { asked.withLock { $0 } }

    /// Sends nothing; answers with status 200.
    public func send(_ request: HTTPRequest) async throws(ConnectorError) -> HTTPResponse {
        if Task.isCancelled { throw .cancelled }
        let call: JSON
        do {
            call = try JSON.parse(request.body ?? [])
        } catch {
            throw .unexpected(reason: "a call is no JSON: \(error)")
        }
        asked.withLock { $0.append(call["method"]?.string ?? "") }
        guard let answer = answers[Call(call)] else { throw .unexpected(reason: "not recorded: \(call.text)") }
        return HTTPResponse(
            status: 200, headers: ["Content-Type": "application/json"], body: answer.bytes, url: request.url,
            method: request.method)
    }
}
