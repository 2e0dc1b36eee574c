import OpenSSLCrypto
import PlumblineKit
import PlumblineTesting

/// A YonBIP in memory, written from the notes on Yonyou's open platform. The sections of the notes, and the rules that stem
/// from them:
///
/// - Token: `GET …/open-auth/selfAppAuth/getAccessToken?appKey&timestamp&signature`; the signature is checked against
///   OpenSSL; a time more than five minutes off is refused (UNC). Tokens live for 7200 s and stand in the query. Addresses
///   of the data centre come from `getGatewayAddress?tenantId` (shape and `tokenUrl` UNC); there the path of the token has
///   `base/v1` in it (UNC).
/// - Business calls: `POST` of JSON with `pageIndex`, `pageSize` and `simpleVOs`; `code` is text, `200` or `00000` by
///   service; failures have status 200; 60 calls a minute for each list, beyond them `310046` (UNC). The code for a token
///   that is not taken is UNC, and so are operators other than `egt`: each list takes the ones it is told to.
/// - The order of a list is not told: each list has the one it is told to, and pages shift in it.
/// - Times are China's, without a zone.
///
/// Faults are: other paths, methods, hosts, parameters and members, page sizes beyond the list's, conditions on unknown
/// fields, with unknown operators, or with a value that is no time.
struct YonyouEmulator: EmulatedSystem {
    struct Row {
        var id: String
        var changed: Instant
        var cells: [String: JSON]
    }

    enum Order: CaseIterable { case oldestFirst, newestFirst, idUp, idDown }

    enum TokenRefusal: CaseIterable { case code, status }

    struct List {
        var rows: [Row] = []
        var order = Order.oldestFirst
        var operators: Set = ["between"]
        var success: JSON = "200"
        var largestPage = 500
        /// What the server gives at most, whatever is asked; it does not tell of it.
        var ownLimit = 10_000
        var window = RequestWindow(limit: 60, seconds: 60)
        var writesMilliseconds = false
        var takesOrder = false
    }

    static let appKey = "b7c1d3e5-1111-4aaa-8bbb-0123456789ab"
    static let appSecret = "5f1c2d3e-aaaa-4bbb-9ccc-fedcba987654"
    static let tenant = "t0examp1"

    var lists: [String: List] = [:]
    /// Seconds by which the server's clocks are ahead of UTC.
    var utcOffset = 28_800
    var tokenLife = 7200
    /// Calls that a token is taken for; nil for any number.
    var tokenUses: Int?
    var tokenRefusal = TokenRefusal.code
    /// What was asked that the notes do not know.
    private(set) var faults: [String] = []
    private(set) var tokensGiven = 0
    private(set) var refusedForRate = 0
    private var tokens: [String: (end: Instant, uses: Int)] = [:]

    mutating func answer(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        let host = (try? HTTPURL(request.url))?.origin.host ?? "?"
        switch (host, request.path) {
        case ("directory.example", "/open-auth/dataCenter/getGatewayAddress"): return addresses(request)
        case ("open.example", "/open-auth/selfAppAuth/getAccessToken"),
            ("auth.example", "/iuap-api-auth/open-auth/selfAppAuth/base/v1/getAccessToken"):
            return token(request, at: now)
        case ("gateway.example", _) where request.path.hasPrefix(Self.gateway):
            return list(request, at: now)
        default:
            faults.append("\(request): no such address")
            return .text("not found", status: 404)
        }
    }

    private static let gateway = "/iuap-api-gateway/"

    /// Ends all tokens, as a new secret or a restart does.
    mutating func endTokens() { tokens = [:] }

    static func failure(_ code: JSON, _ message: String) -> CannedAnswer {
        .json(JSON.object(["code": code, "message": .string(message)]).text)
    }
}

// MARK: - Addresses and tokens

extension YonyouEmulator {
    private mutating func addresses(_ request: EmulatedRequest) -> CannedAnswer {
        guard request.method == "GET", request.query.map(\.name) == ["tenantId"] else {
            faults.append("\(request): not a GET with a tenantId alone")
            return Self.failure("310001", "参数错误")
        }
        guard request["tenantId"] == Self.tenant else { return Self.failure("310002", "租户不存在") }
        let data: JSON = [
            "gatewayUrl": "https://gateway.example/iuap-api-gateway", "tokenUrl": "https://auth.example/iuap-api-auth",
        ]
        return .json(JSON.object(["code": "00000", "message": "成功！", "data": data]).text)
    }

    private mutating func token(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        guard request.method == "GET", request.query.map(\.name).sorted() == ["appKey", "signature", "timestamp"],
            !request.url.contains("+")
        else {
            faults.append("\(request): not a GET of a signed question, percent-encoded")
            return Self.failure("310001", "参数错误")
        }
        guard let time = request["timestamp"], let milliseconds = Int64(time), request["appKey"] == Self.appKey,
            abs(milliseconds - now.microseconds / 1000) <= 300_000
        else { return Self.failure("310011", "应用不存在或时间戳无效") }
        let text = "appKey\(Self.appKey)timestamp\(time)"
        let code = HMACSHA256.code(for: Array(text.utf8), key: Array(Self.appSecret.utf8))
        guard request["signature"] == Base64.encode(code) else { return Self.failure("310012", "签名错误") }
        tokensGiven += 1
        let token = "token-\(tokensGiven)-0a1b2c3d"
        tokens[token] = (now.advanced(bySeconds: tokenLife), 0)
        let data: JSON = ["access_token": .string(token), "expire": .int(tokenLife)]
        return .json(JSON.object(["code": "00000", "message": "成功！", "data": data]).text)
    }

    private mutating func isTaken(_ token: String, at now: Instant) -> Bool {
        guard let known = tokens[token], now < known.end, tokenUses.map({ known.uses < $0 }) ?? true else {
            return false
        }
        tokens[token]?.uses += 1
        return true
    }

    private var tokenRefused: CannedAnswer {
        switch tokenRefusal {
        case .code: Self.failure("310036", "非法token")
        case .status: .json(#"{"code":"310036","message":"非法token"}"#, status: 401)
        }
    }
}

// MARK: - Lists

extension YonyouEmulator {
    private mutating func list(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        let path = "/" + request.path.dropFirst(Self.gateway.count)
        guard request.method == "POST", request.headers["Content-Type"] == "application/json",
            request.query.map(\.name) == ["access_token"], let body = try? JSON.parse(request.body), body.object != nil
        else {
            faults.append("\(request): not a POST of JSON with a token")
            return Self.failure("999", "参数错误")
        }
        guard isTaken(request["access_token"] ?? "", at: now) else { return tokenRefused }
        guard lists[path] != nil else {
            faults.append("\(request): no such list")
            return Self.failure("310404", "API不存在")
        }
        if lists[path]?.window.refuse(at: now) != nil {
            refusedForRate += 1
            return Self.failure("310046", "请求频率超过限制")
        }
        return page(body, of: path)
    }

    private mutating func page(_ body: JSON, of path: String) -> CannedAnswer {
        guard let list = lists[path], let index = body["pageIndex"]?.int, let size = body["pageSize"]?.int,
            index >= 1, (1...list.largestPage).contains(size), hasKnownMembers(body, list)
        else {
            faults.append("\(path) \(body.text): other members, or no pages that the list has")
            return Self.failure("999", "参数错误")
        }
        var rows = list.rows
        for condition in body["simpleVOs"]?.array ?? [] {
            guard let range = range(of: condition, in: list) else {
                faults.append("\(path) \(condition.text): a condition that is not understood")
                return Self.failure("999", "查询条件错误")
            }
            rows = rows.filter { range.contains($0.changed) }
        }
        return .json(page(rows, of: list, index: index, size: size).text)
    }

    private func hasKnownMembers(_ body: JSON, _ list: List) -> Bool {
        let known: Set = ["pageIndex", "pageSize", "simpleVOs"]
        let members = Set(body.object?.members.map(\.key) ?? [])
        guard list.takesOrder else { return members.isSubset(of: known) }
        return members.subtracting(known) == ["queryOrders"]
            && body["queryOrders"] == [["field": "id", "order": "asc"]]
    }

    private func page(_ rows: [Row], of list: List, index: Int, size: Int) -> JSON {
        let size = min(size, list.ownLimit)
        let sorted = sorted(rows, in: list)
        let shown = sorted.dropFirst((index - 1) * size).prefix(size).map { row in json(row, in: list) }
        return [
            "code": list.success, "message": "操作成功",
            "data": [
                "pageIndex": .int(index), "pageSize": .int(size), "recordCount": .int(rows.count),
                "pageCount": .int((rows.count + size - 1) / size), "recordList": .array(shown),
                "pubts": "2026-10-15 08:00:00",
            ],
        ]
    }

    private func json(_ row: Row, in list: List) -> JSON {
        var members = JSONObject(row.cells.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        members["id"] = Int(row.id).map(JSON.int) ?? .string(row.id)
        members["pubts"] =
            list.writesMilliseconds
            ? .number(String(row.changed.microseconds / 1000)) : .string(Self.text(row.changed, utcOffset))
        return .object(members)
    }

    private func sorted(_ rows: [Row], in list: List) -> [Row] {
        switch list.order {
        case .idUp: rows.sorted { (Int($0.id) ?? 0, line($0)) < (Int($1.id) ?? 0, line($1)) }
        case .idDown: rows.sorted { (Int($0.id) ?? 0, line($0)) > (Int($1.id) ?? 0, line($1)) }
        case .oldestFirst:
            rows.sorted { ($0.changed, Int($0.id) ?? 0, line($0)) < ($1.changed, Int($1.id) ?? 0, line($1)) }
        case .newestFirst:
            rows.sorted { ($0.changed, Int($0.id) ?? 0, line($0)) > ($1.changed, Int($1.id) ?? 0, line($1)) }
        }
    }

    private func line(_ row: Row) -> Int { row.cells["lineno"]?.int ?? 0 }

    private func range(of condition: JSON, in list: List) -> ClosedRange<Instant>? {
        guard condition["field"] == "pubts", let name = condition["op"]?.string, list.operators.contains(name),
            let first = moment(condition["value1"], in: list)
        else { return nil }
        let members = Set(condition.object?.members.map(\.key) ?? [])
        switch name {
        case "egt" where members.count == 3: return first...Instant(microseconds: .max)
        case "elt" where members.count == 3: return Instant(microseconds: .min)...first
        case "between" where members.count == 4:
            guard let last = moment(condition["value2"], in: list), first <= last else { return nil }
            return first...last
        default: return nil
        }
    }

    private func moment(_ value: JSON?, in list: List) -> Instant? {
        if list.writesMilliseconds {
            return value?.int.map { Instant(microseconds: Int64($0) * 1000) }
        }
        guard let text = value?.string, text.utf8.count == 19, text.contains(" ") else { return nil }
        return Instant(rfc3339: text + "Z")?.advanced(bySeconds: -utcOffset)
    }

    static func text(_ moment: Instant, _ offset: Int) -> String {
        String(moment.advanced(bySeconds: offset).rfc3339.prefix(19)).replacing("T", with: " ")
    }
}
