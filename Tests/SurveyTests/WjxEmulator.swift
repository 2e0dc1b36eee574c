import OpenSSLCrypto
import PlumblineKit
import PlumblineTesting

/// A wjx (问卷星) in memory, written from the notes on its open API. The sections of the notes, and the rules that stem from
/// them:
///
/// - Calling: `POST /openapi/default.aspx?traceid=<32 hex lower case>&action=<code>` with JSON; `{"result":true,"data":…}` or
///   `{"result":false,"errormsg":…}`, both with status 200.
/// - Auth: a bearer key and a body without appid, ts and sign; or a body with them, whose sign is checked against OpenSSL and
///   whose ts holds for 30 seconds. Answers carry `Date`.
/// - Actions: 1000001 and 1001002. The queue 1001003, which removes what it hands out, is a fault.
/// - Query of answers: `page_size` at most 50; `min_index` shows larger numbers only; `begin_time` in Unix milliseconds, taken
///   for its own moment too (UNC); answers marked invalid are left out; an edited answer keeps number and time (UNC).
/// - Limits: over the limit comes as `result: false` (text UNC).
///
/// Not confirmed (UNC): names of members, shapes of questions, that an unknown survey is an error. Of the notes, these are not
/// emulated and are faults when asked: other parameters, `sort` other than 0, pages other than the first.
struct WjxEmulator: EmulatedSystem {
    struct Answer {
        let number: Int
        var data: String
        var submitted: Instant
        var isValid = true
        var parameter = ""
        /// Leaves a member out, as a server that is broken would.
        var lacks: String?
    }

    struct Survey {
        var title = "满意度"
        var questions: [JSON] = []
        var answers: [Int: Answer] = [:]
    }

    static let apiKey = "ak-5f0c9e7d3a1b"
    static let appKey = "appkey-77c1d0e2"

    /// Told of each answer, and never to be told on.
    static let canaries = [
        "10.11.12.13", "昵称甲", "王小明", "wx-open-id-1", "人力资源部", "工号扩展", "广东", "写在答案里的话", "手机提交",
    ]

    var surveys: [String: Survey] = [:]
    /// Seconds by which the server's clock is ahead of ours.
    var skew = 0
    var digest = HashFunction.sha1
    var keyIsValid = true
    /// Milliseconds to which `begin_time` is rounded down (UNC).
    var grain = 1
    /// What was asked that the notes do not know.
    private(set) var faults: [String] = []
    private var window = RequestWindow(limit: 200, seconds: 1)

    mutating func answer(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        let moment = now.advanced(bySeconds: skew)
        guard request.method == "POST", request.path == "/openapi/default.aspx",
            let body = (try? JSON.parse(request.body))?.object, let trace = request["traceid"],
            trace.utf8.count == 32, trace.allSatisfy({ "0123456789abcdef".contains($0) }),
            request["action"] == body["action"]?.scalarText
        else {
            faults.append("\(request): not a call as documented")
            return .text("not found", status: 404)
        }
        let result = window.refuse(at: now) == nil ? answer(body, request, trace, at: moment) : nil
        let json: JSON =
            switch result {
            case .success(let data)?: ["result": true, "data": data]
            case .failure(let refusal)?: ["result": false, "errormsg": .string(refusal.text)]
            case nil: ["result": false, "errormsg": "请求过于频繁"]
            }
        return .response(
            status: 200, headers: ["Content-Type": "application/json", "Date": Self.date(moment)], body: json.bytes)
    }

    private struct Refusal: Error {
        let text: String
    }

    private mutating func answer(
        _ body: JSONObject, _ request: EmulatedRequest, _ trace: String, at now: Instant
    ) -> Result<JSON, Refusal> {
        if let refusal = refusal(body, request, trace, at: now) { return .failure(Refusal(text: refusal)) }
        let own = Set(["action", "appid", "ts", "encode", "sign"])
        let parameters = body.members.filter { !own.contains($0.key) }
        guard let id = body["vid"]?.scalarText, let survey = surveys[id] else {
            return .failure(Refusal(text: "问卷不存在"))
        }
        switch body["action"]?.scalarText {
        case "1000001":
            expect(["vid"], parameters)
            let number = JSON.number(id)
            return .success(["vid": number, "title": .string(survey.title), "questions": .array(survey.questions)])
        case "1001002":
            expect(["vid", "page_index", "page_size", "sort", "min_index", "begin_time"], parameters)
            return list(body, survey)
        default:
            faults.append("\(request): not to be called")
            return .failure(Refusal(text: "无效的接口"))
        }
    }

    private mutating func expect(_ names: Set<String>, _ parameters: [JSONObject.Member]) {
        for member in parameters where !names.contains(member.key) { faults.append("unknown parameter \(member.key)") }
    }

    private mutating func list(_ body: JSONObject, _ survey: Survey) -> Result<JSON, Refusal> {
        guard let size = body["page_size"]?.int, (1...50).contains(size), body["sort"] == 0, body["page_index"] == 1,
            let mark = body["min_index"]?.int
        else {
            faults.append("\(body.members.map(\.key)): no first page of 1 to 50, ascending, behind a number")
            return .failure(Refusal(text: "参数错误"))
        }
        let from = (body["begin_time"]?.int ?? 0) / grain * grain
        let found = survey.answers.filter { index, answer in
            answer.isValid && index > mark && Int(answer.submitted.microseconds / 1000) >= from
        }
        let shown = found.sorted { $0.key < $1.key }.prefix(size).map { json($0.value, index: $0.key) }
        return .success([
            "total_count": .int(found.count), "page_index": 1, "page_size": .int(size), "answers": .array(Array(shown)),
        ])
    }

    private func json(_ answer: Answer, index: Int) -> JSON {
        let china = answer.submitted.advanced(bySeconds: 28_800).rfc3339.replacing("T", with: " ").prefix(19)
        var object: JSONObject = [
            "index": .int(index), "jid": .int(answer.number), "submittime": .string(String(china)), "score": 0,
            "answer_seconds": 64, "source": "手机提交", "ip": "10.11.12.13", "nickname": "昵称甲", "realname": "王小明",
            "thirdusername": "wx-open-id-1", "relDept": "人力资源部", "relExt": "工号扩展", "province": "广东",
            "sojumpparm": .string(answer.parameter), "submitdata": .string(answer.data),
        ]
        if let name = answer.lacks { object[name] = nil }
        return .object(object)
    }
}

// MARK: - Proof

extension WjxEmulator {
    private mutating func refusal(
        _ body: JSONObject, _ request: EmulatedRequest, _ trace: String, at now: Instant
    ) -> String? {
        if let header = request.headers["Authorization"] {
            if ["appid", "ts", "sign"].contains(where: { body[$0] != nil }) { faults.append("a key and a signature") }
            return keyIsValid && header == "Bearer \(Self.apiKey)" ? nil : "ApiKey 无效"
        }
        guard body["appid"] == "1000", let seconds = body["ts"]?.string.flatMap({ Int64($0) }) else {
            return "appid 无效"
        }
        let named = body["encode"]?.string ?? "sha1"
        guard named == (digest == .sha1 ? "sha1" : "sha256") else { return "不支持的 encode" }
        var values = Dictionary(uniqueKeysWithValues: body.members.map { ($0.key, $0.value.scalarText ?? "") })
        values["sign"] = nil
        values["traceid"] = trace
        let text = values.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map(\.value).joined() + Self.appKey
        guard body["sign"]?.string == Hex.encode(digest.digest(of: Array(text.utf8))) else { return "签名错误" }
        return abs(seconds - now.microseconds / 1_000_000) <= 30 ? nil : "签名已过期"
    }

    /// As HTTP writes it.
    private static func date(_ moment: Instant) -> String {
        let text = moment.rfc3339
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let month = Int(text.dropFirst(5).prefix(2)) ?? 1
        let (day, year, time) = (text.dropFirst(8).prefix(2), text.prefix(4), text.dropFirst(11).prefix(8))
        return "Thu, \(day) \(months[month - 1]) \(year) \(time) GMT"
    }
}
