package import PlumblineKit
package import PlumblineTesting

/// A tenant of Feishu in memory, written from the API notes (lark-oapi 1.7.5, pages of open.larkoffice.com). The sections
/// of the notes, and the rules that stem from them:
///
/// - Hosts and token: `tenant_access_token/internal` with `app_id` and `app_secret`; the token stands at the top level and
///   lives `expire` seconds; the same one is given while more than 30 minutes are left, the old one stays valid until its
///   end (UNC); JSON bodies come with `application/json; charset=utf-8`.
/// - Envelope: `code`, `msg`, `data`; `code` is not 0 for an error whatever the status; `error.permission_violations`;
///   `X-Tt-Logid` on every answer. Rate limits: 429, or 400 for older calls, code 99991400, `x-ogw-ratelimit-limit` and
///   `-reset` in seconds. Invalid tokens: 99991663, missing ones 99991661 (UNC); with which status is not said.
/// - Paging: `page_size`, `page_token`; `items`, `has_more`, `page_token`. What a token stands for is not said: here it is
///   an offset, so that a list which changes meanwhile shifts.
/// - Contact v3, Attendance v1, Approval v4, OKR v1: see the extensions.
///
/// Every field that nobody asked for, and that may tell more of a person than is wanted, holds ``canary``.
package struct FeishuEmulator: EmulatedSystem {
    package static let canary = "CANARY-never-kept"

    package var appID = "cli_plumb"
    package var appSecret = "secret-of-the-app-01"
    package var tokenSeconds = 7200
    /// The status of answers that refuse a token.
    package var invalidTokenStatus = 400
    /// The end of each valid token.
    package var tokens: [String: Instant] = [:]
    package private(set) var tokensGiven = 0
    package var limit = RequestWindow(limit: 1000, seconds: 60)
    /// Somebody's OKRs.
    package var okrLimit = RequestWindow(limit: 100, seconds: 60)
    /// 429, or 400 as some older calls do.
    package var limitStatus = 429
    /// Scopes that calls under a path need and the app lacks.
    package var missingScopes: [String: String] = [:]
    /// Members of users and departments that the app has no scope for.
    package var hidden: Set<String> = []

    package var departments: [String: Department] = [:]
    package var users: [String: User] = [:]

    package var work: [Work] = []
    package var flows: [Flow] = []
    package var absences: [Absence] = []
    package var unauthorized: Set<String> = []
    package var statistics: [String: [Int: [String: String]]] = [:]

    package var instances: [String: Instance] = [:]
    package var definitions: Set<String> = []
    /// Whether the ends of a span of creation times belong to it (UNC).
    package var includesEnds = true

    package var periods: [Period] = []
    package var okrs: [OKR] = []

    package private(set) var faults: [String] = []
    private var calls = 0

    package init() {}

    package mutating func answer(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        calls += 1
        if request.path == "/open-apis/auth/v3/tenant_access_token/internal" { return giveToken(request, at: now) }
        let token = (request.headers["Authorization"] ?? "").split(separator: " ").last.map(String.init) ?? ""
        guard !token.isEmpty else { return failure(99_991_661, "token missing", status: invalidTokenStatus) }
        guard let end = tokens[token], now < end else {
            return failure(99_991_663, "invalid access token", status: invalidTokenStatus)
        }
        if let rest = limit.refuse(at: now) { return limited(rest, limit.limit) }
        if request.path.hasSuffix("/okrs"), let rest = okrLimit.refuse(at: now) {
            return limited(rest, okrLimit.limit)
        }
        for (path, scope) in missingScopes where request.path.hasPrefix(path) { return forbidden(scope) }
        return dispatch(request, Array(request.path.split(separator: "/").dropFirst()).map(String.init))
    }

    private mutating func dispatch(_ request: EmulatedRequest, _ path: [String]) -> CannedAnswer {
        switch (request.method, path.first, path.count) {
        case ("GET", "contact", _): return contact(request, Array(path.dropFirst(2)))
        case ("POST", "attendance", 4): return attendance(request, path[2])
        case ("GET", "approval", _): return approval(request, Array(path.dropFirst(2)))
        case ("GET", "okr", _): return okr(request, Array(path.dropFirst(2)))
        default: return unknown(request)
        }
    }

    private mutating func giveToken(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        let body = body(of: request, ["app_id", "app_secret"])
        guard body["app_id"]?.string == appID, body["app_secret"]?.string == appSecret else {
            return failure(10_014, "app secret invalid")
        }
        tokensGiven += 1
        let current = tokens.filter { $0.value > now.advanced(bySeconds: 1800) }.max { $0.value < $1.value }
        let (token, end) = current ?? ("t-\(tokensGiven)-0123456789abcdef", now.advanced(bySeconds: tokenSeconds))
        tokens[token] = end
        let rest = Int((end.microseconds - now.microseconds) / 1_000_000)
        return respond(["code": 0, "msg": "ok", "tenant_access_token": .string(token), "expire": .int(rest)])
    }
}

// MARK: - Answers

extension FeishuEmulator {
    func success(_ data: JSON) -> CannedAnswer { respond(["code": 0, "msg": "success", "data": data]) }

    func failure(_ code: Int, _ message: String, status: Int = 200) -> CannedAnswer {
        respond(["code": .int(code), "msg": .string(message), "error": ["log_id": .string(logID)]], status: status)
    }

    private func forbidden(_ scope: String) -> CannedAnswer {
        let violation: JSON = ["type": "action_scope_required", "subject": .string(scope), "description": ""]
        return respond(
            [
                "code": 99_991_672, "msg": "Access denied", "error": ["permission_violations": [violation]],
            ], status: 400)
    }

    private func limited(_ rest: Int, _ most: Int) -> CannedAnswer {
        respond(
            ["code": 99_991_400, "msg": "request trigger frequency limit"], status: limitStatus,
            headers: [
                ("x-ogw-ratelimit-limit", String(most)), ("x-ogw-ratelimit-reset", String(rest)),
            ])
    }

    private var logID: String { "20261015LOG\(calls)" }

    private func respond(_ json: JSON, status: Int = 200, headers: [(String, String)] = []) -> CannedAnswer {
        .response(
            status: status,
            headers: HTTPHeaders(
                [("Content-Type", "application/json; charset=utf-8"), ("X-Tt-Logid", logID)] + headers),
            body: json.bytes)
    }

    mutating func unknown(_ request: EmulatedRequest) -> CannedAnswer {
        fault(request, "no such call")
        return failure(404, "not found", status: 404)
    }

    mutating func fault(_ request: EmulatedRequest, _ what: String) { faults.append("\(request): \(what)") }

    mutating func expect(_ names: Set<String>, of request: EmulatedRequest) {
        let unknown = request.query.map(\.name).filter { !names.contains($0) }
        if !unknown.isEmpty { fault(request, "unknown \(unknown.joined(separator: ", "))") }
    }

    mutating func body(of request: EmulatedRequest, _ names: Set<String>) -> JSON {
        if request.headers["Content-Type"] != "application/json; charset=utf-8" { fault(request, "content type") }
        let body = (try? JSON.parse(request.body)) ?? .null
        let unknown = (body.object?.members ?? []).map(\.key).filter { !names.contains($0) }
        if body.object == nil || !unknown.isEmpty { fault(request, "body \(unknown.joined(separator: ", "))") }
        return body
    }

    /// A page of a list, of which the token is an offset.
    mutating func page(
        of items: [JSON], as name: String = "items", _ request: EmulatedRequest, most: Int
    ) -> CannedAnswer {
        let size = request["page_size"].flatMap { Int($0) } ?? 10
        if !(1...most).contains(size) { fault(request, "page_size") }
        let start = request["page_token"].flatMap { Int($0.dropFirst(3)) } ?? 0
        let end = min(items.count, start + min(size, most))
        var data: JSONObject = ["has_more": .bool(end < items.count)]
        data[name] = .array(start < end ? Array(items[start..<end]) : [])
        if end < items.count { data["page_token"] = .string("pt-\(end)") }
        return success(.object(data))
    }
}
