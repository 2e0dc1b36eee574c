import Foundation
import OpenSSLCrypto
import PlumblineKit
import PlumblineTesting
import SurveyConnectors
import Testing

/// An emulated wjx, the connector's settings for it, and what must be known of its answers in the end.
enum WjxScene {
    static let hashKey = "a long random text"

    static let settings: [String: SettingInput] = [
        "base_url": .text("https://wjx.example"), "api_key": .secret(Secret(WjxEmulator.apiKey)),
        "hash_key": .secret(Secret(hashKey)), "surveys": .list(["5657754", "5657755"]), "page_size": .text("3"),
        "place_scores": .list(["5657754.4"]), "told_choices": .list(["5657754.2"]),
    ]

    static let signed: [String: SettingInput] = [
        "base_url": .text("https://wjx.example"), "app_id": .text("1000"),
        "app_key": .secret(Secret(WjxEmulator.appKey)), "hash_key": .secret(Secret(hashKey)),
        "surveys": .list(["5657754", "5657755"]), "page_size": .text("3"),
    ]

    static func minute(_ minute: Int) -> Instant {
        FixedClock("2026-07-01T00:00:00Z").moment.advanced(bySeconds: minute * 60)
    }

    static func context(
        _ transport: any Transport, zone: String = "Asia/Shanghai",
        now: @escaping @Sendable () -> Instant = FixedClock().now
    ) -> ConnectorContext {
        let rules = TimeZone(identifier: zone)
        return ConnectorContext(
            transport: transport, files: NoFiles(), now: now, zone: zone,
            utcOffset: { moment in
                rules?.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.microseconds / 1_000_000))) ?? 0
            },
            hmacSHA256: { HMACSHA256.code(for: $0, key: $1) },
            digest: { kind, message in (kind == .sha1 ? HashFunction.sha1 : .sha256).digest(of: message) },
            log: { _ in })
    }

    static func connector(
        _ service: EmulatedService<WjxEmulator>, zone: String = "Asia/Shanghai", _ settings: [String: SettingInput],
        _ changes: [String: SettingInput] = [:]
    ) throws -> WjxConnector {
        try WjxConnector(
            settings: Settings(settings.merging(changes) { $1 }, against: WjxConnector.description.settings),
            context: context(service, zone: zone, now: service.now))
    }

    static func run(
        _ ledger: inout StreamLedger, _ service: EmulatedService<WjxEmulator>, zone: String = "Asia/Shanghai",
        _ changes: [String: SettingInput] = [:]
    ) async throws {
        try await ledger.run(try connector(service, zone: zone, settings, changes)) { service.wait(seconds: $0) }
    }

    /// The pseudonym that the connector gives a submission.
    static func id(_ number: Int, of survey: String = "5657754") -> String {
        pseudonym("response", survey, String(number))
    }

    static func pseudonym(_ parts: String...) -> String {
        let message = parts.map { "\($0.utf8.count):\($0)" }.joined()
        return Hex.encode(Array(HMACSHA256.code(for: Array(message.utf8), key: Array(hashKey.utf8)).prefix(16)))
    }

    /// SHA-1 in hexadecimal digits.
    static func sha1(_ text: String) -> String { Hex.encode(HashFunction.sha1.digest(of: Array(text.utf8))) }

    /// Two surveys; the fifth answer of the first is broken.
    static func two() -> WjxEmulator {
        var wjx = WjxEmulator()
        wjx.surveys["5657754"] = WjxEmulator.Survey(questions: WjxEmulator.questions)
        wjx.surveys["5657755"] = WjxEmulator.Survey(title: "年会", questions: [WjxEmulator.questions[0]])
        for index in 1...7 { wjx.put(index, "1$\(index % 5 + 1)", at: minute(index * 1440)) }
        wjx.surveys["5657754"]?.answers[5]?.lacks = "submittime"
        for index in 1...4 { wjx.put(index, "1$2", at: minute(index), in: "5657755") }
        return wjx
    }

    /// The score of each single choice, by the names of records.
    static func facts(_ wjx: WjxEmulator) -> [String: JSON] {
        var facts: [String: JSON] = [:]
        for (survey, content) in wjx.surveys {
            for answer in content.answers.values where answer.isValid && answer.lacks == nil {
                facts[id(answer.number, of: survey) + "/1"] = .int(6 - (Int(answer.data.dropFirst(2).prefix(1)) ?? 0))
            }
        }
        return facts
    }

    static func expectExact(
        _ ledger: StreamLedger, _ service: EmulatedService<WjxEmulator>, _ comment: Comment? = nil,
        at place: SourceLocation = #_sourceLocation
    ) {
        let known = ledger.records.mapValues { $0.json["score"] ?? "missing" }
        #expect(known == facts(service.system), comment, sourceLocation: place)
        #expect(service.system.faults == [], comment, sourceLocation: place)
    }
}

extension WjxEmulator {
    /// A choice from very satisfied to not at all (5 to 1), ticks, a text, a matrix of two rows, a scale from 0 to 10, a
    /// slider, a ranking.
    static let questions: [JSON] = [
        question(1, 3, 3, "总体满意度", ["很满意", "满意", "一般", "不满意", "很不满意"], scores: [5, 4, 3, 2, 1]),
        question(2, 4, 4, "用过的服务", ["工单", "电话", "邮件"], scores: [0, 0, 0]),
        question(3, 5, 5, "还想说的", [], scores: []),
        question(4, 7, 702, "各项评价", [], scores: []),
        question(5, 3, 302, "是否愿意推荐", (0...10).map(String.init), scores: Array(repeating: 0, count: 11)),
        .object(["q_index": 6, "q_type": 10, "q_subtype": 10, "q_title": "打分", "min_value": 0, "max_value": 100]),
        question(7, 4, 402, "排序", ["甲", "乙"], scores: [0, 0]),
    ]

    /// Behind them: a department, satisfaction with a way out, a slider from -10 to 10. The server has no scores of these.
    static let otherQuestions: [JSON] = [
        question(8, 3, 3, "您所在的部门", ["研发部", "销售部", "人力资源部"], scores: [0, 0, 0]),
        question(9, 3, 3, "行政服务", ["很不满意", "不满意", "一般", "满意", "很满意", "不了解"], scores: [0, 0, 0, 0, 0, 0]),
        .object(["q_index": 10, "q_type": 10, "q_subtype": 10, "q_title": "变化", "min_value": -10, "max_value": 10]),
    ]

    private static func question(
        _ index: Int, _ type: Int, _ subtype: Int, _ title: String, _ options: [String], scores: [Int]
    ) -> JSON {
        [
            "q_index": .int(index), "q_type": .int(type), "q_subtype": .int(subtype), "q_title": .string(title),
            "items": .array(
                options.enumerated().map { place, text in
                    [
                        "q_index": .int(index), "item_index": .int(place + 1), "item_title": .string(text),
                        "item_score": .int(scores[place]),
                    ]
                }),
        ]
    }

    mutating func put(_ index: Int, _ data: String, at moment: Instant, in survey: String = "5657754") {
        surveys[survey]?.answers[index] = Answer(number: 101_812_480_000 + index, data: data, submitted: moment)
    }

    mutating func edit(_ index: Int, _ data: String, in survey: String = "5657754") {
        surveys[survey]?.answers[index]?.data = data
    }

    mutating func delete(_ index: Int, in survey: String = "5657754") { surveys[survey]?.answers[index] = nil }
}
