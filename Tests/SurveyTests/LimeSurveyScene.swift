import Foundation
import OpenSSLCrypto
import PlumblineKit
import PlumblineTesting
import SurveyConnectors
import Testing

/// An emulated LimeSurvey, the connector's settings for it, and what must be known of its answers in the end.
enum LimeSurveyScene {
    typealias Service = EmulatedService<LimeSurveyEmulator>

    static let hashKey = "a long random text"

    static let settings: [String: SettingInput] = [
        "base_url": .text("https://lime.example"), "username": .text(LimeSurveyEmulator.username),
        "password": .secret(Secret(LimeSurveyEmulator.password)), "hash_key": .secret(Secret(hashKey)),
        "surveys": .list(["781923", "781924"]), "page_size": .text("3"), "look_back": .text("30"),
        "option_scores": .map(["781923.Q1": "A1=5 A2=4 A3=3 A4=2 A5=1", "781924.Q1": "A1=5 A2=4 A3=3 A4=2 A5=1"]),
    ]

    static func minute(_ minute: Int) -> Instant {
        FixedClock("2026-07-01T00:00:00Z").moment.advanced(bySeconds: minute * 60)
    }

    static func offset(_ zone: String) -> @Sendable (Instant) -> Int {
        let rules = TimeZone(identifier: zone)
        return { moment in
            rules?.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.microseconds / 1_000_000))) ?? 0
        }
    }

    static func context(
        _ transport: any Transport, zone: String = "Asia/Shanghai",
        now: @escaping @Sendable () -> Instant = FixedClock().now
    ) -> ConnectorContext {
        ConnectorContext(
            transport: transport, files: NoFiles(), now: now, zone: zone, utcOffset: offset(zone),
            hmacSHA256: { HMACSHA256.code(for: $0, key: $1) }, log: { _ in })
    }

    static func connector(
        _ service: Service, zone: String = "Asia/Shanghai", _ changes: [String: SettingInput] = [:]
    ) throws -> LimeSurveyConnector {
        try LimeSurveyConnector(
            settings: Settings(
                settings.merging(changes) { $1 }, against: LimeSurveyConnector.description.settings),
            context: context(service, zone: zone, now: service.now))
    }

    /// The page of one response, which has the number 17 and was handed in at 00:01:59 on 1 July in China.
    static func page(
        _ answers: [String: String], _ changes: [String: SettingInput] = [:],
        editing edit: (inout LimeSurveyEmulator) -> Void = { _ in }
    ) async throws -> Page {
        let service = alone(answers, editing: edit)
        let one: [String: SettingInput] = ["surveys": .list(["781923"])]
        let page = try await connector(service, one.merging(changes) { $1 }).page(of: "answers", after: nil)
        #expect(service.system.faults == [])
        return page
    }

    static func alone(_ answers: [String: String], editing edit: (inout LimeSurveyEmulator) -> Void) -> Service {
        var lime = LimeSurveyEmulator()
        lime.surveys["781923"] = survey()
        lime.put(17, answers, at: FixedClock("2026-06-30T16:01:59Z").moment)
        edit(&lime)
        return EmulatedService(lime)
    }

    static func run(
        _ ledger: inout StreamLedger, _ service: Service, zone: String = "Asia/Shanghai",
        _ changes: [String: SettingInput] = [:]
    ) async throws {
        try await ledger.run(try connector(service, zone: zone, changes)) { service.wait(seconds: $0) }
    }

    /// How many sessions cannot have been released, where this request failed.
    static func unreleased(_ service: Service, failing request: Int) -> Int {
        let method = try? JSON.parse(service.requests[request - 1].body)["method"]
        return method == "release_session_key" ? 1 : 0
    }

    /// The pseudonym that the connector gives a response.
    static func id(_ number: Int, of survey: String = "781923") -> String {
        pseudonym("response", survey, String(number))
    }

    static func pseudonym(_ parts: String...) -> String {
        let message = parts.map { "\($0.utf8.count):\($0)" }.joined()
        return Hex.encode(Array(HMACSHA256.code(for: Array(message.utf8), key: Array(hashKey.utf8)).prefix(16)))
    }

    static func survey(_ title: String = "行政服务满意度") -> LimeSurveyEmulator.Survey {
        LimeSurveyEmulator.Survey(
            title: title, questions: LimeSurveyEmulator.questions, options: LimeSurveyEmulator.options,
            columns: LimeSurveyEmulator.columns)
    }

    /// Two surveys; in the first the second response is incomplete, the fifth broken, and numbers 8 to 19 are a gap.
    static func two() -> LimeSurveyEmulator {
        var lime = LimeSurveyEmulator()
        lime.surveys["781923"] = survey()
        lime.surveys["781924"] = survey("年会")
        for number in Array(1...7) + [20, 21] { lime.put(number, ["Q1": "A\(number % 5 + 1)"], at: minute(number)) }
        lime.surveys["781923"]?.responses[2]?.submitted = nil
        lime.surveys["781923"]?.responses[5]?.lacks = "submitdate"
        for number in 1...4 { lime.put(number, ["Q1": "A2"], at: minute(number), in: "781924") }
        return lime
    }

    /// The score of each first question, by the names of records.
    static func facts(_ lime: LimeSurveyEmulator) -> [String: JSON] {
        var facts: [String: JSON] = [:]
        for (survey, content) in lime.surveys {
            for (number, response) in content.responses where response.submitted != nil && response.lacks == nil {
                guard let code = response.answers["Q1"] else { continue }
                facts[id(number, of: survey) + "/Q1"] = .int(6 - (Int(code.dropFirst()) ?? 0))
            }
        }
        return facts
    }

    static func expectExact(
        _ ledger: StreamLedger, _ service: Service, _ comment: Comment? = nil, unreleased: Int = 0,
        at place: SourceLocation = #_sourceLocation
    ) {
        let known = ledger.records.mapValues { $0.json["score"] ?? "missing" }
        #expect(known == facts(service.system), comment, sourceLocation: place)
        #expect(service.system.faults == [], comment, sourceLocation: place)
        #expect(service.system.sessions.count == unreleased, "sessions are released", sourceLocation: place)
    }
}

extension LimeSurveyEmulator {
    /// A choice, ticks, a text, a matrix with options of its own, 5 points, two rows of 10 points, yes or no, a typed number,
    /// a choice with a comment, a gender, and a matrix of two scales.
    static let questions: [JSON] =
        [
            question(11, "Q1", "L", "总体满意度"), question(12, "Q2", "M", "用过的服务"), question(13, "Q3", "T", "还想说的"),
            question(14, "Q4", "F", "各项评价"), question(15, "Q5", "5", "五分"), question(16, "Q6", "B", "十分"),
            question(17, "Q7", "Y", "是否解决"), question(18, "Q8", "N", "打分"), question(19, "Q9", "O", "意见"),
            question(20, "Q10", "G", "性别"), question(21, "Q11", "1", "双量表"),
        ]
        + [
            question(31, "SQ001", "T", "工单", of: 12), question(32, "SQ002", "T", "电话", of: 12),
            question(33, "SQ001", "T", "速度", of: 14), question(34, "SQ002", "T", "态度", of: 14),
            question(35, "SQ001", "T", "甲", of: 16), question(36, "SQ002", "T", "乙", of: 16),
            question(37, "SQ001", "T", "丙", of: 21),
        ]

    /// Those of the matrix have assessment values.
    static let options: [String: JSON] = [
        "11": list(["很满意", "满意", "一般", "不满意", "很不满意"], values: [0, 0, 0, 0, 0]),
        "14": list(["好", "中", "差"], values: [10, 5, 0]), "19": list(["赞成", "反对"], values: [0, 0]),
    ]

    static let columns = [
        "Q1", "Q1[other]", "Q2[SQ001]", "Q2[SQ002]", "Q2[other]", "Q3", "Q4[SQ001]", "Q4[SQ002]", "Q5", "Q6[SQ001]",
        "Q6[SQ002]", "Q7", "Q8", "Q9", "Q9[comment]", "Q10", "Q11[SQ001][1]", "Q11[SQ001][2]",
    ]

    static func question(_ id: Int, _ code: String, _ type: String, _ text: String, of parent: Int = 0) -> JSON {
        [
            "id": ["qid": .string(String(id)), "language": "zh-Hans"], "question": .string(text), "type": .string(type),
            "title": .string(code), "gid": "1", "parent_qid": .string(String(parent)), "mandatory": "N",
        ]
    }

    /// Options with codes from A1 on, written out of order.
    static func list(_ texts: [String], values: [Int]) -> JSON {
        .object(
            JSONObject(
                texts.enumerated().map { place, text in
                    let option: JSON = [
                        "answer": .string(text), "assessment_value": .string(String(values[place])), "scale_id": "0",
                        "order": .string(String(place)),
                    ]
                    return ("A\(place + 1)", option)
                }.reversed()))
    }

    mutating func put(_ number: Int, _ answers: [String: String], at moment: Instant, in survey: String = "781923") {
        surveys[survey]?.responses[number] = Response(answers: answers, begun: moment, submitted: moment)
    }

    /// Begins a response, which gets the next number.
    mutating func begin(at moment: Instant, in survey: String = "781923") {
        let number = (surveys[survey]?.responses.keys.max() ?? 0) + 1
        surveys[survey]?.responses[number] = Response(answers: ["Q1": "A3"], begun: moment, submitted: nil)
    }

    mutating func submit(_ number: Int, at moment: Instant, in survey: String = "781923") {
        surveys[survey]?.responses[number]?.submitted = moment
    }

    mutating func edit(_ number: Int, _ code: String, in survey: String = "781923") {
        surveys[survey]?.responses[number]?.answers["Q1"] = code
    }

    mutating func delete(_ number: Int, in survey: String = "781923") { surveys[survey]?.responses[number] = nil }
}
