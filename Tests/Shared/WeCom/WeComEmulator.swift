package import PlumblineKit
package import PlumblineTesting

/// A WeCom in memory, written from the API notes (wechatpy 2.0.0a26, silenceper/wechat, WxJava, pages of
/// developer.work.weixin.qq.com). The sections of the notes, and the rules that stem from them:
///
/// - Host and token: everything under `/cgi-bin/`; `gettoken` with corp id and secret of an app; the token in the query;
///   40001, 40014 and 42001 for tokens that are wrong or have ended; 48002 for the wrong kind of secret, 301055 where the
///   app may not call approvals; `debug` is never sent.
/// - Contacts: `department/list`, `department/simplelist`, `user/list_id` with `cursor` and `limit` (at most 10000, UNC),
///   one row for each membership; `user/list`, which new apps may not call (UNC); `user/get`; `userid` in any case of
///   letters; personal fields only where granted.
/// - Check-in: `getcheckin_daydata` with midnights and at most 100 people, 100 calls a minute, nothing of a day that is
///   not over; `getcheckindata` with at most 30 days and 100 people, 600 calls a minute, in whole days, with planned
///   punches that did not happen.
/// - Approval: `getapprovalinfo` with texts of seconds, at most 31 days and 100 numbers, `new_cursor`; pages may be short
///   or empty before the end; `getapprovaldetail`; both 600 calls a minute.
/// - Errors and limits: always status 200; 45009 blocks for 60 s, 45033 at once; no header tells a time.
///
/// Not confirmed (UNC): the numbers 40013 (corp id), 60011 (not visible), 60111 (no such user), 301025 (no such approval)
/// and 40058 (a parameter); that a second `gettoken` gives the same token; that cursors point behind the last row; that
/// deleted approvals stay in the list; whether windows of approvals hold their edges (`holdsEdges`) and
/// whether approvals are listed by the very time that their details tell (`Approval.listed`).
///
/// Texts that no connector needs (places, devices, remarks) hold `WeComEmulator.canary`.
package struct WeComEmulator: EmulatedSystem {
    /// What must be seen nowhere.
    package static let canary = "CANARY-7f3a"
    package static let corpID = "ww1234567890abcdef"
    package static let secret = "app-secret-0123456789"

    /// The secrets of apps.
    package var secrets: Set<String> = [secret]
    /// Seconds that a token lives.
    package var tokenLife = 7200
    /// What a token that was withdrawn is answered with.
    package var withdrawnCode = 40014
    /// Calls that are answered with this number instead.
    package var refusals: [String: Int] = [:]
    /// So many calls are answered with 45033.
    package var busyCalls = 0
    /// Calls in a minute, by path.
    package var limits: [String: RequestWindow] = [
        "checkin/getcheckin_daydata": RequestWindow(limit: 100, seconds: 60),
        "checkin/getcheckindata": RequestWindow(limit: 600, seconds: 60),
        "oa/getapprovalinfo": RequestWindow(limit: 600, seconds: 60),
        "oa/getapprovaldetail": RequestWindow(limit: 600, seconds: 60),
    ]
    /// Seconds for which a call is blocked whose limit was exceeded.
    package var blockSeconds = 60
    /// Seconds by which the company's clocks are ahead of UTC.
    package var secondsAhead: @Sendable (Instant) -> Int = { _ in 28_800 }

    // Contacts
    package var departments: [Int: Department] = [:]
    package var users: [String: User] = [:]
    package var grantsPersonalFields = true
    package var allowsUserList = true
    package var namesDepartments = true

    // Approvals
    package var approvals: [String: Approval] = [:]
    package var mayReadApprovals = true
    package var holdsEdges = true
    /// Shows at most so many numbers in a page, and an empty page before each.
    package var shortPages: Int?
    /// Begins each further page with the last number of the one before.
    package var repeatsNumbers = false

    // Check-ins
    package var days: [DayKey: Day] = [:]
    package var punches: [Punch] = []
    /// Whether day reports tell of people who are no longer in the directory, or answer 60111 (UNC).
    package var tellsOfLeavers = true

    package private(set) var faults: [String] = []
    package private(set) var tokensGiven = 0
    private var tokens: [String: Instant] = [:]
    private var blocked: [String: Instant] = [:]

    package init() {}

    /// Ends all tokens at once, as when somebody else asks for a new one.
    package mutating func withdrawTokens() { tokens = [:] }

    package mutating func answer(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        guard request.path.hasPrefix("/cgi-bin/") else {
            fault("\(request.method) \(request.path): no such path")
            return .text("not found", status: 404)
        }
        let call = String(request.path.dropFirst("/cgi-bin/".count))
        if call == "gettoken" { return token(request, at: now) }
        guard let token = request["access_token"], let until = tokens[token] else { return failure(withdrawnCode) }
        if now >= until { return failure(42001) }
        if let refusal = limit(call, at: now) ?? refusals[call].map(failure) { return refusal }
        return answer(call, request, at: now)
    }

    private mutating func answer(_ call: String, _ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        switch call {
        case "department/list", "department/simplelist":
            return departmentList(request, isSimple: call.contains("simple"))
        case "user/get": return user(request)
        case "user/list": return userList(request)
        case "user/list_id": return idList(request)
        case "oa/getapprovalinfo": return approvalList(request)
        case "oa/getapprovaldetail": return approvalDetail(request)
        case "checkin/getcheckin_daydata": return dayReports(request, at: now)
        case "checkin/getcheckindata": return punchList(request)
        default:
            fault("\(request.method) \(call): no such call")
            return failure(40066)
        }
    }

    private mutating func token(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        expect(["corpid", "corpsecret"], "GET", request)
        guard request["corpid"] == Self.corpID else { return failure(40013) }
        guard secrets.contains(request["corpsecret"] ?? "") else { return failure(40001) }
        let token: String
        if let (known, _) = tokens.first(where: { now < $0.value }) {
            token = known
        } else {
            tokensGiven += 1
            token = "token-\(tokensGiven)-abcdefghijklmnop"
            tokens = [token: now.advanced(bySeconds: tokenLife)]
        }
        let rest = (tokens[token].map { $0.microseconds - now.microseconds } ?? 0) / 1_000_000
        return success(["access_token": .string(token), "expires_in": .int(Int(rest))])
    }

    private mutating func limit(_ call: String, at now: Instant) -> CannedAnswer? {
        if busyCalls > 0 {
            busyCalls -= 1
            return failure(45033)
        }
        if let until = blocked[call], now < until { return failure(45009) }
        guard limits[call]?.refuse(at: now) != nil else { return nil }
        blocked[call] = now.advanced(bySeconds: blockSeconds)
        return failure(45009)
    }
}

// MARK: - Requests and answers

extension WeComEmulator {
    mutating func fault(_ text: String) { faults.append(text) }

    /// Notes what a request has beyond the reference.
    mutating func expect(_ names: Set<String>, _ method: String, _ request: EmulatedRequest) {
        if request.method != method { fault("\(request.path): \(request.method) instead of \(method)") }
        for item in request.query where !names.contains(item.name) && item.name != "access_token" {
            fault("\(request.path): query item '\(item.name)'")
        }
    }

    /// The body of a POST, whose members must be among `names`.
    mutating func body(_ names: Set<String>, of request: EmulatedRequest) -> JSON {
        expect([], "POST", request)
        guard let body = try? JSON.parse(request.body), let object = body.object else {
            fault("\(request.path): the body is no object")
            return [:]
        }
        for member in object.members where !names.contains(member.key) {
            fault("\(request.path): member '\(member.key)'")
        }
        return body
    }

    func success(_ members: JSONObject) -> CannedAnswer {
        var answer: JSONObject = ["errcode": 0, "errmsg": "ok"]
        for member in members.members { answer[member.key] = member.value }
        return .json(JSON.object(answer).text)
    }

    /// With a hint that repeats the token, as a system might that wishes us ill.
    func failure(_ code: Int) -> CannedAnswer {
        let tokens = tokens.keys.sorted().joined(separator: " ")
        let text = "failed \(tokens) \(Self.secret), hint: [1767196800_79_4e], more info at open.work.example/e=\(code)"
        return .json(JSON.object(["errcode": .int(code), "errmsg": .string(text)]).text)
    }
}
