public import PlumblineKit
import Synchronization

/// Answers requests from a list, notes what was asked, and fails as a guarded transport would.
///
/// A route is written as method, path and query, all unencoded. The query names what must be there, in any order; a
/// request may ask for more. `*` in a value stands for any text. The first route that fits answers; a request that fits
/// none is `ConnectorError.unexpected`.
///
/// ```swift
/// let transport = CannedTransport([
///     "GET /REST/2.0/tickets?page=2": .html,
///     "GET /REST/2.0/tickets?query=*id > 7*": try .file("tickets-page-2.json", of: fixtures),
///     "GET /REST/2.0/tickets": .inTurn([.rateLimited, try .file("tickets-page-1.json", of: fixtures)]),
/// ])
/// ```
public final class CannedTransport: Transport {
    private struct Route {
        let pattern: RequestPattern
        var answers: [CannedAnswer]
    }

    private struct State {
        var routes: [Route]
        var requests: [HTTPRequest] = []
    }

    private let state: Mutex<State>

    /// A transport with these routes.
    public init(_ routes: KeyValuePairs<String, CannedAnswer> = [:]) {
        state = Mutex(State(routes: routes.map { Route(pattern: RequestPattern($0.key), answers: $0.value.sequence) }))
    }

    /// A transport that gives every request the same answer.
    public convenience init(always answer: CannedAnswer) {
        self.init(["*": answer])
    }

    /// What was asked so far, in order.
    public var requests: [HTTPRequest] { state.withLock { $0.requests } }

    /// The unencoded queries of what was asked under `path`, in order.
    public func queries(of path: String) -> [[String: String]] {
        requests.map(EmulatedRequest.init).filter { $0.path == path }.map { asked in
            Dictionary(asked.query.map { ($0.name, $0.value) }, uniquingKeysWith: { $0 + "," + $1 })
        }
    }

    /// Sends nothing; answers from the routes.
    public func send(_ request: HTTPRequest) async throws(ConnectorError) -> HTTPResponse {
        if Task.isCancelled { throw .cancelled }
        let asked = EmulatedRequest(request)
        let answer = state.withLock { state -> CannedAnswer? in
            state.requests.append(request)
            guard let place = state.routes.firstIndex(where: { $0.pattern.fits(asked) }) else { return nil }
            let answer = state.routes[place].answers.first
            if state.routes[place].answers.count > 1 { state.routes[place].answers.removeFirst() }
            return answer
        }
        guard let answer else { throw .unexpected(reason: "no canned answer for \(asked)") }
        return try answer.guarded(for: request)
    }
}

extension CannedAnswer {
    /// What `Transport` promises about statuses. Of several answers, the first one.
    func guarded(for request: HTTPRequest) throws(ConnectorError) -> HTTPResponse {
        switch sequence.first {
        case .response(let status, let headers, let body):
            let response = HTTPResponse(
                status: status, headers: headers, body: body, url: request.url, method: request.method)
            return try Self.guarded(response, source: request.sourceHeaders)
        case .failure(let error): throw error
        case .inTurn, nil: throw .unexpected(reason: "no canned answer for \(EmulatedRequest(request))")
        }
    }

    private static func guarded(
        _ response: HTTPResponse, source: SourceHeaders
    ) throws(ConnectorError) -> HTTPResponse {
        let trace = source.trace(in: response.headers)
        switch response.status {
        case 401, 403: throw .refused(status: response.status, hint: response.excerpt() + trace)
        case 429, 500...:
            throw .unavailable(
                reason: "\(response.summary) answered \(response.status)\(trace)",
                retryAfter: source.wait(in: response.headers, now: 0))
        default: return response
        }
    }

    fileprivate var sequence: [CannedAnswer] {
        guard case .inTurn(let answers) = self else { return [self] }
        return answers.flatMap(\.sequence)
    }
}

/// `GET /path?name=value*`.
private struct RequestPattern {
    private let start: String
    private let query: [(String, String)]

    init(_ text: String) {
        let parts = text.split(separator: "?", maxSplits: 1)
        start = parts.first.map(String.init) ?? ""
        query = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { item in
            let sides = item.split(separator: "=", maxSplits: 1)
            return (String(sides[0]), sides.count > 1 ? String(sides[1]) : "")
        }
    }

    func fits(_ asked: EmulatedRequest) -> Bool {
        Self.fits("\(asked.method) \(asked.path)", start)
            && query.allSatisfy { wanted in asked.query.contains { $0.0 == wanted.0 && Self.fits($0.1, wanted.1) } }
    }

    private static func fits(_ text: String, _ pattern: String) -> Bool {
        let pieces = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard let first = pieces.first, let last = pieces.last, pieces.count > 1 else { return text == pattern }
        guard text.hasPrefix(first), text.hasSuffix(last), text.count >= first.count + last.count else { return false }
        var rest = text.dropFirst(first.count).dropLast(last.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let place = rest.firstRange(of: piece) else { return false }
            rest = rest[place.upperBound...]
        }
        return true
    }
}
