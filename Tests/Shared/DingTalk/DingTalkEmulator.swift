package import PlumblineKit
package import PlumblineTesting

/// DingTalk in memory, written from the API notes. The sections of the notes, and the rules that stem from them:
///
/// - Hosts and tokens: two hosts, each with a token of its own (`GET /gettoken`, `POST /v1.0/oauth2/accessToken`); a
///   token lives 7200 s, asking again within gives the same and extends it, too often is refused (how often is UNC;
///   `tokenCalls`); the legacy API takes it in the query, the new one in `x-acs-dingtalk-access-token`; an invalid one is
///   errcode 33001, 40001, 42001 or 40014. Not in the notes: what the new API says of an invalid token (UNC;
///   `newTokenRefusal`).
/// - Contacts: `listsub` gives direct children only; `user/list` pages with `cursor` and `size`, at most 100 (UNC;
///   `mostListedPeople`).
///   Not in the notes: the answer for a department that is not there (UNC, errcode 60003), `mobile`, `email` and
///   `org_email` (UNC), `user/get` with `manager_userid` (UNC).
/// - Attendance: at most 50 people, 7 days, `limit` at most 50 of `/attendance/list`; `/attendance/listRecord` without
///   paging; `getleavestatus` for at most 100 people, 180 days, `size` at most 20; report columns, whose values are not
///   served for leavers, at most 20 columns and 31 days. Not in the notes: the members of a leave status (UNC), whether
///   it looks at the overlap or at the beginning (UNC; `leavesByStart`), what is said of somebody unknown (UNC;
///   `servesLeavers`).
/// - Approval instances: at most 20 ids a page (UNC; `mostListedInstances`), 120 days, 365 days back, 10000 ids; the
///   window is on creation. Not in the notes: the order of ids (UNC, newest first), the answer for an instance that is not
///   there (UNC; `goneCode`), statuses of tasks (UNC).
/// - Errors: legacy always 200 with an errcode, also as errcode 88 with a `sub_code` (UNC); the new API 4xx with `code`;
///   90002 of the platform and 90019 for calls a second (90018 stands in the table of the notes' overview only;
///   `rateCode`), 90020 and `Forbidden.AccessDenied.ApiCountLimitForOrg` (status UNC) for the month's
///   quota; an HTML page or status 1111 for an address that called too often. The code of the new API for calls a second is
///   UNC.
package struct DingTalkEmulator: EmulatedSystem {
    /// What the new API says of a token that it does not take.
    package enum Refusal: Sendable, CaseIterable { case unauthorized, invalidAuthentication }

    /// How an address is refused that called too often.
    package enum Denial: Sendable, CaseIterable { case page, status }

    package var departments: [Int: Department] = [:]
    /// In the order in which lists give them.
    package var users: [User] = []
    package var instances: [String: Instance] = [:]
    package var results: [Int: Result] = [:]
    package var punches: [Int: RawPunch] = [:]
    package var leaves: [Leave] = []
    /// Values of report columns: alias, then account and day, such as `zhang/2026-10-12`.
    package var report: [String: [String: String]] = [:]
    /// The seconds by which the company's clocks are ahead of UTC.
    package var secondsAhead: @Sendable (Instant) -> Int = { _ in 28_800 }

    package var appKey = "ding-app-key"
    package var appSecret = "ding-app-secret"
    package var lifetime = 7200
    package var calls: RequestWindow?
    package var rateCode = 90002
    /// How often tokens may be asked for.
    package var tokenCalls = RequestWindow(limit: 60, seconds: 60)
    package var mostListedPeople = 100
    package var mostListedInstances = 20
    package var goneCode = "processInstanceNotFound"
    /// Paths of the new API that are no longer served.
    package var retired: Set<String> = []
    package var hasQuota = true
    package var denial: Denial?
    package var newTokenRefusal = Refusal.unauthorized
    package var legacyTokenCode = 40014
    package var saysErrorsBySubCode = false
    package var servesLeavers = true
    package var hasReport = true
    package var leavesByStart = false
    /// Stands in every member that nobody is to read.
    package var canary = "-"
    package internal(set) var faults: [String] = []
    /// How many tokens were asked for.
    package private(set) var tokenRequests = 0
    var lastNumber = 900_000

    private var tokens: [Generation: (text: String, expires: Instant)] = [:]
    private var issued = 0

    enum Generation: String { case legacy, new }

    package init() {}

    package mutating func answer(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        if let denied = denied() { return denied }
        if request.path == "/gettoken" || request.path == "/v1.0/oauth2/accessToken" { return token(request, at: now) }
        let generation: Generation = request.path.hasPrefix("/v1.0/") ? .new : .legacy
        let host = generation == .new ? "https://api.dingtalk.example/" : "https://oapi.dingtalk.example/"
        if !request.url.hasPrefix(host) { faults.append("\(request.path): asked of the wrong host") }
        let given = generation == .new ? request.headers["x-acs-dingtalk-access-token"] : request["access_token"]
        guard let token = tokens[generation], token.text == given, token.expires > now else {
            return refusal(ofTokenBy: generation)
        }
        if !hasQuota { return limited(generation, 90020, "ApiCountLimitForOrg") }
        if calls?.refuse(at: now) != nil { return limited(generation, rateCode, "QpsLimitForApi") }
        return generation == .new ? newAnswer(request, at: now) : legacyAnswer(request, at: now)
    }

    /// Ends all tokens, as a reset of the secret would.
    package mutating func endTokens() { tokens = [:] }

    /// The texts that must never be seen in a message.
    package var secrets: [String] { [appSecret] + tokens.values.map(\.text) }

    private func denied() -> CannedAnswer? {
        switch denial {
        case .page:
            .response(
                status: 200, headers: ["Content-Type": "text/html"],
                body: Array("<html><script>location='/punish?x5secdata=1'</script></html>".utf8))
        case .status: .json(#"{"status":1111,"wait":5,"source":"x5","punish":"deny"}"#)
        case nil: nil
        }
    }

    private mutating func token(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        tokenRequests += 1
        let generation: Generation = request.path == "/gettoken" ? .legacy : .new
        if tokenCalls.refuse(at: now) != nil { return limited(generation, rateCode, "QpsLimitForApi") }
        let body = (try? JSON.parse(request.body)) ?? .null
        let key = generation == .legacy ? request["appkey"] : body["appKey"]?.string
        let secret = generation == .legacy ? request["appsecret"] : body["appSecret"]?.string
        if request.method != (generation == .legacy ? "GET" : "POST") { faults.append("\(request.path): wrong verb") }
        guard key == appKey, secret == appSecret else {
            return generation == .legacy
                ? Self.legacyError(40089, "secret \(secret ?? "-") is wrong")
                : Self.newError("invalidClientIdOrSecret", "secret \(secret ?? "-") is wrong")
        }
        if tokens[generation].map({ $0.expires <= now }) ?? true {
            issued += 1
            tokens[generation] = ("\(generation.rawValue)-token-\(issued)", now)
        }
        tokens[generation]?.expires = now.advanced(bySeconds: lifetime)
        let text = tokens[generation]?.text ?? ""
        return generation == .legacy
            ? Self.ok(["access_token": .string(text), "expires_in": .int(lifetime)])
            : Self.json(["accessToken": .string(text), "expireIn": .int(lifetime)])
    }

    private func refusal(ofTokenBy generation: Generation) -> CannedAnswer {
        if generation == .legacy { return legacyError(legacyTokenCode, "invalid access_token") }
        return switch newTokenRefusal {
        case .unauthorized: Self.newError("InvalidAuthentication", "invalid token", status: 401)
        case .invalidAuthentication: Self.newError("InvalidAuthentication", "invalid token")
        }
    }

    private func limited(_ generation: Generation, _ code: Int, _ name: String) -> CannedAnswer {
        generation == .legacy
            ? legacyError(code, "limited")
            : Self.newError("Forbidden.AccessDenied.\(name)", "limited", status: 403)
    }
}

// MARK: - Forms of answers

extension DingTalkEmulator {
    static func json(_ json: JSON, status: Int = 200) -> CannedAnswer { .json(json.text, status: status) }

    static func ok(_ members: JSONObject) -> CannedAnswer {
        var object: JSONObject = ["errcode": 0, "errmsg": "ok", "request_id": "r1"]
        for member in members.members { object[member.key] = member.value }
        return json(.object(object))
    }

    func legacyError(_ code: Int, _ text: String) -> CannedAnswer {
        guard saysErrorsBySubCode else { return Self.legacyError(code, text) }
        return Self.json([
            "errcode": 88, "errmsg": "ding talk error", "sub_code": .string(String(code)), "sub_msg": .string(text),
        ])
    }

    static func legacyError(_ code: Int, _ text: String) -> CannedAnswer {
        json(["errcode": .int(code), "errmsg": .string(text), "request_id": "r1"])
    }

    static func newError(_ code: String, _ text: String, status: Int = 400) -> CannedAnswer {
        json(["code": .string(code), "message": .string(text), "requestid": "r1"], status: status)
    }

    mutating func expect(_ names: Set<String>, of body: JSON, _ path: String) {
        let unknown = (body.object?.members.map(\.key) ?? ["no object"]).filter { !names.contains($0) }
        if !unknown.isEmpty { faults.append("\(path): \(unknown.joined(separator: ", "))") }
    }

    /// Notes a fault where something asked is not allowed.
    mutating func require(_ holds: Bool, _ what: String, _ path: String) {
        if !holds { faults.append("\(path): \(what)") }
    }

    static func milliseconds(_ moment: Instant) -> JSON { .number(String(moment.microseconds / 1000)) }

    static func moment(milliseconds json: JSON?) -> Instant? {
        json?.int.map { Instant(microseconds: Int64($0) * 1000) }
    }

    /// The moment at which the company's clocks show `text`, such as `2026-10-12 09:00:00`.
    package func moment(_ text: String) -> Instant? {
        guard let shown = Instant(rfc3339: text + "Z") else { return nil }
        let early = shown.advanced(bySeconds: -secondsAhead(shown.advanced(bySeconds: -86_400)))
        return shown.advanced(bySeconds: -secondsAhead(early))
    }

    /// What the company's clocks show: `2026-10-12 09:00:00`.
    package func shown(_ moment: Instant) -> String {
        let text = moment.advanced(bySeconds: secondsAhead(moment)).rfc3339
        return text.prefix(10) + " " + text.dropFirst(11).prefix(8)
    }
}
