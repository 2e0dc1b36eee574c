import PlumblineKit
import PlumblineTesting

/// A LimeSurvey in memory, written from the notes on RemoteControl 2. The sections of the notes, and the rules that stem from
/// them:
///
/// - Transport: `POST /index.php/admin/remotecontrol` with `{"method","params","id"}` and parameters by place; an answer has
///   the same id. Switched off, the answer is empty. A refusal is status 200 with `{"status","error_code"}` as the result
///   (texts UNC), or with `error` that is not null.
/// - Session: `get_session_key` with name and password, and a plugin where one is needed; a key is the first parameter of
///   every other call and is released in the end; a session is lost at any time. Bad logins lock the address (UNC).
/// - Calls: `list_surveys`, `list_questions`, `get_question_properties`, `get_summary`. Of the others none is answered, and
///   asking them is a fault.
/// - export_responses: JSON in base64, a flat object for each response or one under its number (UNC); columns as written
///   there; `submitdate` empty, or null, while a response is incomplete, and 1980 where date stamps are off (UNC); local times
///   of the server; a status where nothing is found (UNC, so an empty list, and one row of empty texts, can be had as well).
/// - Incremental: numbers follow the start; there is no filter by time.
///
/// Not confirmed (UNC): the members of answer options (`answer`, `assessment_value`, `order`), whether codes from 0 on make
/// them a list, the letters of types of questions and the columns of each type, whether numbers are texts, and where numbers
/// go on when a survey is activated anew.
struct LimeSurveyEmulator: EmulatedSystem {
    struct Response {
        var answers: [String: String]
        var begun: Instant
        /// Nil while it is incomplete.
        var submitted: Instant?
        var token = "tokenCANARY7"
        /// Leaves a column out, as a server that is broken would.
        var lacks: String?
    }

    struct Survey {
        var title = "行政服务满意度"
        var isActive = true
        var stampsDates = true
        var isAnonymised = false
        var questions: [JSON] = []
        var options: [String: JSON] = [:]
        var columns: [String] = []
        var responses: [Int: Response] = [:]
    }

    /// How an export says that a range holds nothing.
    enum Nothing: CaseIterable, Sendable {
        case status, list, blankRow
    }

    static let username = "reader"
    static let password = "pw-3c9d81"

    /// Told of each response, and never to be told on.
    static let canaries = [
        "tokenCANARY7", "10.11.12.13", "https://intranet.example/from", "写在答案里的话", "王小明", "seedCANARY", "其他的话", "旁注",
    ]

    var surveys: [String: Survey] = [:]
    var isOn = true
    var isNested = false
    var nothing = Nothing.status
    /// The plugin that a login must name.
    var plugin: String?
    /// Calls that our user may not make.
    var denied: Set<String> = []
    /// Whether a summary counts responses.
    var hasCounts = true
    /// Whether a refusal is an error in place of a status.
    var refusesByError = false
    /// Whether what was not answered, or not handed in, is null in place of empty.
    var writesNull = false
    /// Whether numbers are numbers in place of texts.
    var writesNumbers = false
    /// In how many languages questions are listed.
    var languages = ["zh-Hans"]
    var utcOffset: @Sendable (Instant) -> Int = { _ in 28_800 }
    /// Sessions that were begun and neither released nor lost.
    private(set) var sessions: Set<String> = []
    private(set) var logins = 0
    private(set) var badLogins = 0
    /// The most responses that an answer held.
    private(set) var largest = 0
    /// What was asked that the notes do not know.
    private(set) var faults: [String] = []

    /// As when the server is started anew.
    mutating func loseSessions() { sessions = [] }

    mutating func answer(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        guard isOn else { return .response(status: 200, headers: ["Content-Type": "application/json"], body: []) }
        guard request.method == "POST", request.path == "/index.php/admin/remotecontrol", request.query.isEmpty,
            request.headers["Content-Type"] == "application/json", let body = try? JSON.parse(request.body),
            body.object?.members.map(\.key).sorted() == ["id", "method", "params"], let id = body["id"]?.int,
            let method = body["method"]?.string, let parameters = body["params"]?.array
        else {
            faults.append("\(request): not a call as documented")
            return .text("not found", status: 404)
        }
        let result = result(method, parameters)
        if refusesByError, let status = result["status"] {
            return .json((["id": .int(id), "result": .null, "error": status] as JSON).text)
        }
        return .json((["id": .int(id), "result": result, "error": .null] as JSON).text)
    }

    private mutating func result(_ method: String, _ parameters: [JSON]) -> JSON {
        if method == "get_session_key" { return login(parameters) }
        guard let key = parameters.first?.string, sessions.contains(key) else { return status("Invalid session key") }
        if denied.contains(method) { return status("No permission") }
        let rest = Array(parameters.dropFirst())
        switch method {
        case "release_session_key":
            sessions.remove(key)
            return "OK"
        case "list_surveys": return listSurveys(rest)
        case "list_questions": return listQuestions(rest)
        case "get_question_properties": return properties(rest)
        case "get_summary": return summary(rest)
        case "export_responses": return export(rest)
        default: return fault("\(method): not to be called", "Error: Invalid method")
        }
    }

    private mutating func login(_ parameters: [JSON]) -> JSON {
        guard badLogins < 3 else { return status("You have exceeded the number of maximum login attempts.") }
        guard parameters == ([Self.username, Self.password] + (plugin.map { [$0] } ?? [])).map(JSON.string) else {
            badLogins += 1
            return status("Invalid user name or password")
        }
        logins += 1
        let key = "session-key-\(logins)"
        sessions.insert(key)
        return .string(key)
    }

    private func status(_ text: String) -> JSON {
        ["status": .string(text), "error_code": .string("E\(text.utf8.count)")]
    }

    private mutating func fault(_ text: String, _ status: String) -> JSON {
        faults.append(text)
        return self.status(status)
    }
}

// MARK: - Surveys

extension LimeSurveyEmulator {
    private mutating func listSurveys(_ rest: [JSON]) -> JSON {
        guard rest == [.null] || rest.isEmpty else { return fault("list_surveys \(rest)", "Invalid user") }
        return .array(
            surveys.sorted { $0.key < $1.key }.map { id, survey in
                [
                    "sid": .string(id), "surveyls_title": .string(survey.title), "startdate": .null, "expires": .null,
                    "active": survey.isActive ? "Y" : "N",
                ]
            })
    }

    private mutating func survey(_ id: JSON?) -> Survey? { id?.int.flatMap { surveys[String($0)] } }

    private mutating func listQuestions(_ rest: [JSON]) -> JSON {
        guard rest.count <= 3, rest.dropFirst().first?.isNull != false, rest.first?.int != nil else {
            return fault("list_questions \(rest)", "Error: Invalid parameters")
        }
        let asked = rest.count == 3 ? rest[2].string : nil
        guard let survey = survey(rest.first) else { return status("Error: Invalid survey ID") }
        let listed = languages.filter { asked == nil || $0 == asked }
        return .array(listed.flatMap { language in survey.questions.map { question($0, in: language) } })
    }

    /// In another language than the first, texts are others; where numbers are numbers, `id` is one.
    private func question(_ question: JSON, in language: String) -> JSON {
        guard var members = question.object, let number = question["id"]?["qid"]?.string else { return question }
        if language != languages[0] { members["question"] = .string("in \(language)") }
        members["id"] = writesNumbers ? .number(number) : ["qid": .string(number), "language": .string(language)]
        if writesNumbers, let parent = members["parent_qid"]?.string { members["parent_qid"] = .number(parent) }
        return .object(members)
    }

    private mutating func properties(_ rest: [JSON]) -> JSON {
        guard (2...3).contains(rest.count), let id = rest[0].int, rest[1] == ["answeroptions"] else {
            return fault("get_question_properties \(rest)", "Error: Invalid parameters")
        }
        for survey in surveys.values {
            if let options = survey.options[String(id)] { return ["answeroptions": options] }
        }
        return ["answeroptions": "No available answer options"]
    }

    private mutating func summary(_ rest: [JSON]) -> JSON {
        guard rest.count == 2, rest[1] == "all" else { return fault("get_summary \(rest)", "Invalid summary key") }
        guard let survey = survey(rest.first) else { return status("Invalid surveyid") }
        let completed = survey.responses.values.count { $0.submitted != nil }
        return [
            "completed_responses": .string(String(completed)),
            "incomplete_responses": .string(String(survey.responses.count - completed)),
            "full_responses": hasCounts ? .string(String(survey.responses.count)) : .null,
        ]
    }
}

// MARK: - Responses

extension LimeSurveyEmulator {
    private mutating func export(_ rest: [JSON]) -> JSON {
        guard (8...10).contains(rest.count), rest[1] == "json", rest[4] == "code", rest[5] == "short",
            let completion = rest[3].string, ["complete", "incomplete", "all"].contains(completion),
            rest.dropFirst(8).allSatisfy(\.isNull), let from = rest[6].int, rest[7].isNull || rest[7].int != nil
        else { return fault("export_responses \(rest)", "Error: Invalid parameters") }
        guard let survey = survey(rest[0]) else { return status("Error: Invalid survey ID") }
        guard survey.isActive else { return status("No Data, survey table does not exist.") }
        if survey.responses.isEmpty, nothing != .list { return status("No Data, could not get max id.") }
        let found = survey.responses.filter { id, response in
            id >= from && id <= rest[7].int ?? .max
                && (completion == "all" || (completion == "complete") == (response.submitted != nil))
        }
        if found.isEmpty, nothing == .status { return status("No Response found") }
        largest = max(largest, found.count)
        let list = found.sorted { $0.key < $1.key }.map { row($0.value, id: $0.key, of: survey) }
        let rows = found.isEmpty && nothing == .blankRow ? [blankRow(of: survey)] : list
        return .string(Base64.encode((["responses": .array(rows)] as JSON).bytes))
    }

    /// The columns of a response, and nothing in any.
    private func blankRow(of survey: Survey) -> JSON {
        let columns = row(Response(answers: [:], begun: FixedClock().moment), id: 1, of: survey)
        let members = (isNested ? columns["1"] : columns)?.object?.members ?? []
        let blank = JSON.object(JSONObject(members.map { ($0.key, "") }))
        return isNested ? ["": blank] : blank
    }

    private func row(_ response: Response, id: Int, of survey: Survey) -> JSON {
        var row: JSONObject = [
            "id": writesNumbers ? .int(id) : .string(String(id)),
            "submitdate": text(written(response.submitted, in: survey)), "lastpage": "1",
            "startlanguage": "zh-Hans", "seed": "seedCANARY", "ipaddr": "10.11.12.13",
            "refurl": "https://intranet.example/from", "firstname": "王小明",
        ]
        if !survey.isAnonymised { row["token"] = .string(response.token) }
        if survey.stampsDates {
            row["startdate"] = .string(written(response.begun, in: survey))
            row["datestamp"] = .string(written(response.submitted ?? response.begun, in: survey))
        }
        for column in survey.columns { row[column] = text(response.answers[column] ?? "") }
        if let name = response.lacks { row[name] = nil }
        return isNested ? [String(id): .object(row)] : .object(row)
    }

    private func text(_ text: String) -> JSON {
        if writesNull, text.isEmpty { return .null }
        return writesNumbers && Int(text) != nil ? .number(text) : .string(text)
    }

    private func written(_ moment: Instant?, in survey: Survey) -> String {
        guard let moment else { return "" }
        if !survey.stampsDates { return "1980-01-01 00:00:00" }
        return String(moment.advanced(bySeconds: utcOffset(moment)).rfc3339.replacing("T", with: " ").prefix(19))
    }
}

// MARK: - Activation

extension LimeSurveyEmulator {
    /// Takes a survey's responses away, which leaves it without a table.
    mutating func deactivate(_ survey: String) { surveys[survey]?.isActive = false }

    /// A new table: numbers go on behind the highest, or begin anew.
    mutating func activate(_ survey: String, from first: Int, _ answers: [[String: String]], at moment: Instant) {
        surveys[survey]?.isActive = true
        surveys[survey]?.responses = [:]
        for (place, answers) in answers.enumerated() {
            surveys[survey]?.responses[first + place] = Response(answers: answers, begun: moment, submitted: moment)
        }
    }
}
