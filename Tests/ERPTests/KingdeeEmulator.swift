import OpenSSLCrypto
import PlumblineKit
import PlumblineTesting

/// A K3Cloud in memory, written from the notes on Kingdee K3Cloud's WebAPI. The sections of the notes, and the rules that
/// stem from them:
///
/// - Base: `POST {server}/{Service}.{Method}.common.kdsvc`; status 200 whatever happens.
/// - Auth A: nine headers with two signatures; a session comes with the first answer and is carried on, as licences limit
///   sessions. Signatures are checked against OpenSSL; a time more than five minutes off is refused (UNC).
/// - Auth B: `LoginByAppSecret` and `ValidateUser`, answered with `LoginResultType` and `KDSVCSessionId` (bodies UNC); a lost
///   session shows in an error with 会话信息已丢失 (UNC), in one of the three forms that errors have.
/// - ExecuteBillQuery: `data` as an object, or as text for older servers; `FieldKeys` gives the cells; a row for each entry
///   where entry fields are asked for; `Limit` at most 2000, and a limit of the server's own that it does not tell of;
///   `StartRow`; `FilterString` in a language like SQL with doubled quotes; failures as `Result`, wrapped in two lists
///   (UNC), or plain text that begins with `response_error:`.
/// - Limits: one request at a time; the number of sessions.
///
/// Not confirmed (UNC): what an unknown field says, that a bill without entries has a row with nothing in place of the
/// entry. Of the notes, these are not emulated and are faults when asked: other services, lists as `FilterString`,
/// `TopRowCount`, queries without an order that ends with the bill's number.
struct KingdeeEmulator: EmulatedSystem {
    struct Bill {
        var header: [String: JSON]
        var entries: [Entry] = []
        /// With milliseconds; the server's clocks show it.
        var modified: Instant
    }

    struct Entry {
        let id: Int
        var cells: [String: JSON]
    }

    struct Form {
        var entryKey: String?
        var bills: [Int: Bill] = [:]
    }

    enum LossForm: CaseIterable { case result, wrapped, text }

    static let appSecret = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
    static let appID = "218404_WeKq1ZhK5uh9Q+xFTfzAW8+GVKTU0Ppp"
    static let clientSecret = "adKf4f55398edd52ec/3Y622bce1555a"

    var forms: [String: Form] = [:]
    /// Seconds by which the server's clocks are ahead of UTC.
    var utcOffset: @Sendable (Instant) -> Int = { _ in 28_800 }
    var password = "hunter22"
    var wantsText = false
    /// Rows that the server gives at most, whatever is asked.
    var ownLimit = 10_000
    /// Requests after which a session is over; nil for never.
    var sessionLife: Int?
    var lossForm = LossForm.result
    var licences = 3
    /// What was asked that the notes do not know.
    private(set) var faults: [String] = []
    private(set) var logins = 0
    private var sessions: [String: Int] = [:]

    mutating func answer(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        let prefix = "/k3cloud/Kingdee.BOS.WebApi.ServicesStub."
        if request.method != "POST" || request.headers["Content-Type"] != "application/json" {
            faults.append("\(request): not a POST of JSON")
        }
        guard request.path.hasPrefix(prefix), let body = try? JSON.parse(request.body) else {
            faults.append("\(request): no service, or no JSON")
            return .text("not found", status: 404)
        }
        switch request.path.dropFirst(prefix.count) {
        case "AuthService.LoginByAppSecret.common.kdsvc": return login(body, proof: [Self.appID, Self.appSecret])
        case "AuthService.ValidateUser.common.kdsvc": return login(body, proof: [password])
        case "DynamicFormService.ExecuteBillQuery.common.kdsvc": return query(body, request, at: now)
        default:
            faults.append("\(request): unknown service")
            return .text("not found", status: 404)
        }
    }
}

// MARK: - Access

extension KingdeeEmulator {
    private mutating func login(_ body: JSON, proof: [String]) -> CannedAnswer {
        let wanted = [JSON.string("5eabc1234567"), "tester"] + proof.map(JSON.string) + [2052]
        let named = body.object?.members.map(\.value)
        guard body["parameters"]?.array == wanted || named == wanted else {
            return .json(#"{"LoginResultType":0,"Message":"用户名或密码错误","KDSVCSessionId":null}"#)
        }
        guard let session = begin() else {
            return .json(#"{"LoginResultType":0,"Message":"登录许可已达到上限"}"#)
        }
        return .response(
            status: 200,
            headers: [
                "Content-Type": "application/json", "Set-Cookie": "ASP.NET_SessionId=asp-\(session); path=/; HttpOnly",
            ], body: Array(#"{"LoginResultType":1,"Message":null,"KDSVCSessionId":"\#(session)"}"#.utf8))
    }

    private mutating func begin() -> String? {
        logins += 1
        guard sessions.count < licences else { return nil }
        sessions["session-\(logins)"] = 0
        return "session-\(logins)"
    }

    /// Ends all sessions, as a restart does.
    mutating func restart() { sessions = [:] }

    /// Nil where the request may pass in the session it names.
    private mutating func refuse(session: String?) -> CannedAnswer? {
        guard let session, let used = sessions[session] else { return loss }
        if let sessionLife, used >= sessionLife {
            sessions[session] = nil
            return loss
        }
        sessions[session] = used + 1
        return nil
    }

    private var loss: CannedAnswer {
        let text = "会话信息已丢失，请重新登录"
        switch lossForm {
        case .result: return .json(Self.failure(text).text)
        case .wrapped: return .json(JSON.array([[Self.failure(text)]]).text)
        case .text: return .text("response_error:\(text)", status: 200)
        }
    }

    static func failure(_ message: String, field: String = "") -> JSON {
        [
            "Result": [
                "ResponseStatus": [
                    "ErrorCode": 500, "IsSuccess": false, "MsgCode": 1,
                    "Errors": [["FieldName": .string(field), "Message": .string(message), "DIndex": 0]],
                ]
            ]
        ]
    }

    private func isSigned(_ request: EmulatedRequest, at now: Instant) -> Bool {
        let headers = request.headers
        guard let time = headers["x-api-timestamp"], let seconds = Int64(time), let nonce = headers["x-api-nonce"],
            abs(seconds - now.microseconds / 1_000_000) <= 300
        else { return false }
        let path = request.path.replacing("/", with: "%2F")
        let data = "5eabc1234567,tester,2052,0"
        let text = "POST\n\(path)\n\nx-api-nonce:\(nonce)\nx-api-timestamp:\(time)\n"
        return headers["X-Api-ClientID"] == "218404" && headers["X-Api-Auth-Version"] == "2.0"
            && headers["x-api-signheaders"] == "x-api-timestamp,x-api-nonce"
            && headers["X-Kd-Appkey"] == Self.appID && headers["X-Kd-Appdata"] == Base64.encode(Array(data.utf8))
            && headers["X-Api-Signature"] == Self.code(text, Self.clientSecret)
            && headers["X-Kd-Signature"] == Self.code(Self.appID + data, Self.appSecret)
    }

    private static func code(_ text: String, _ key: String) -> String {
        let hex = Hex.encode(HMACSHA256.code(for: Array(text.utf8), key: Array(key.utf8)))
        return Base64.encode(Array(hex.utf8))
    }
}

// MARK: - Query

extension KingdeeEmulator {
    private mutating func query(_ body: JSON, _ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        var given: String?
        let named = request.headers["kdservice-sessionid"]
        if request.headers["X-Kd-Appkey"] != nil {
            guard isSigned(request, at: now) else { return .json(Self.failure("签名验证失败").text) }
            if named == nil {
                guard let session = begin() else { return .json(Self.failure("登录许可已达到上限").text) }
                given = session
            }
        }
        if let refusal = refuse(session: given ?? named) { return refusal }
        let answer = rows(body, request)
        let cookie: HTTPHeaders = given.map { ["Set-Cookie": "kdservice-sessionid=\($0); path=/"] } ?? [:]
        var headers: HTTPHeaders = ["Content-Type": "application/json"]
        for field in cookie.fields { headers.add(field.name, field.value) }
        return .response(status: 200, headers: headers, body: answer.bytes)
    }

    private mutating func rows(_ body: JSON, _ request: EmulatedRequest) -> JSON {
        let text = body["data"]?.string.map { Array($0.utf8) }
        guard let data = wantsText ? text.flatMap({ try? JSON.parse($0) }) : body["data"], data.object != nil else {
            return Self.failure("data 格式错误")
        }
        guard let id = data["FormId"]?.string, let form = forms[id] else {
            return Self.failure("业务对象不存在", field: "FormId")
        }
        let fields = (data["FieldKeys"]?.string ?? "").split(separator: ",").map(String.init)
        let order = KingdeeFilter.order(data["OrderString"]?.string ?? "")
        guard let limit = data["Limit"]?.int, let start = data["StartRow"]?.int, (1...2000).contains(limit), start >= 0,
            data["TopRowCount"] == 0, order.contains(where: { $0.field == "FID" })
        else {
            faults.append("\(data): no limit from 1 to 2000, no start, or no order that is unique")
            return Self.failure("参数错误")
        }
        guard let filter = KingdeeFilter(data["FilterString"]?.string ?? "") else {
            faults.append("\(data): a filter that is not understood")
            return Self.failure("过滤条件错误")
        }
        let all = allRows(of: form, withEntries: fields.contains { $0 == form.entryKey })
        let known = Set(all.flatMap(\.keys))
        let asked = fields + filter.fields + order.map(\.field)
        if !all.isEmpty, let unknown = asked.first(where: { !known.contains($0) }) {
            return Self.failure("字段不存在", field: unknown)
        }
        let found = all.filter(filter.fits).sorted { KingdeeFilter.precedes($0, $1, by: order) }
        return .array(
            found.dropFirst(start).prefix(min(limit, ownLimit)).map { row in .array(fields.map { row[$0] ?? .null }) })
    }

    private func allRows(of form: Form, withEntries: Bool) -> [[String: JSON]] {
        form.bills.flatMap { id, bill in
            var header = bill.header
            header["FID"] = .int(id)
            let local = bill.modified.advanced(bySeconds: utcOffset(bill.modified))
            header["FModifyDate"] = .string(String(local.rfc3339.dropLast()))
            guard withEntries, let key = form.entryKey else { return [header] }
            if bill.entries.isEmpty { return [header.merging([key: 0]) { $1 }] }
            return bill.entries.map { entry in header.merging(entry.cells) { $1 }.merging([key: .int(entry.id)]) { $1 }
            }
        }
    }
}
