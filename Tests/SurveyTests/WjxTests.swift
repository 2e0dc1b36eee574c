import OpenSSLCrypto
import PlumblineKit
import PlumblineTesting
import SurveyConnectors
import Testing

@Suite struct WjxTests {
    typealias Scene = WjxScene

    private func records(
        _ data: String, parameter: String = "", _ changes: [String: SettingInput] = [:]
    ) async throws -> Page {
        var wjx = WjxEmulator()
        wjx.surveys["5657754"] = WjxEmulator.Survey(questions: WjxEmulator.questions)
        wjx.put(17, data, at: FixedClock("2026-06-30T16:01:59Z").moment)
        wjx.surveys["5657754"]?.answers[17]?.parameter = parameter
        let service = EmulatedService(wjx)
        let page = try await Scene.connector(service, Scene.settings, changes).page(of: "answers", after: nil)
        #expect(service.system.faults == [])
        return page
    }

    // MARK: Conformance

    private var expected: (records: Set<String>, rejected: Set<String>) {
        let first = [1, 2, 3, 4, 6, 7].map { Scene.id(101_812_480_000 + $0) + "/1" }
        let second = (1...4).map { Scene.id(101_812_480_000 + $0, of: "5657755") + "/1" }
        return (Set(first + second), [Scene.pseudonym("rejected", "5657754", "5")])
    }

    @Test(arguments: [Scene.settings, Scene.signed, Scene.signed.merging(["signature": .text("sha256")]) { $1 }])
    func `answers conform, with a key or signed`(_ settings: [String: SettingInput]) async throws {
        try await ConformanceSuite(
            WjxConnector.self, settings: settings, stream: "answers", records: expected.records,
            rejected: expected.rejected
        ) {
            var wjx = Scene.two()
            if settings["signature"] != nil { wjx.digest = .sha256 }
            let service = EmulatedService(wjx)
            return Scene.context(service, now: service.now)
        }.run()
    }

    // MARK: Proof

    /// The rule, with its worked value: page 1 of 50 of survey 5657754, appid 1000, at 1767571200, with the key K3y.
    @Test func `the sign is the hash of all values in the order of their names, and the key`() async throws {
        let worked = "1001002" + "1000" + "1" + "50" + "0123456789abcdef0123456789abcdef" + "1767571200" + "5657754"
        #expect(Scene.sha1("\(worked)K3y") == "e34026b480c067ccb50cf20e54b4ab8a0ddbb150")
        let seconds = try #require(Instant(seconds: 1_767_571_200))
        let transport = CannedTransport(always: .json(#"{"result":true,"data":{"answers":[]}}"#))
        let settings = Scene.signed.merging(["app_key": .secret(Secret("K3y"))]) { $1 }
        let connector = try WjxConnector(
            settings: Settings(settings, against: WjxConnector.description.settings),
            context: Scene.context(transport, now: { seconds }))
        _ = try await connector.page(of: "answers", after: nil)
        let request = EmulatedRequest(try #require(transport.requests.first))
        let body = try JSON.parse(request.body)
        let trace = try #require(request["traceid"])
        let text = "1001002" + "1000" + "0" + "1" + "3" + "0" + trace + "1767571200" + "5657754"
        #expect(body["sign"]?.string == Scene.sha1("\(text)K3y") && body["ts"] == "1767571200")
    }

    @Test(arguments: [-120, -31, 0, 31, 3600])
    func `a clock that is off is corrected by the server's date`(_ skew: Int) async throws {
        var wjx = Scene.two()
        wjx.skew = skew
        let service = EmulatedService(wjx)
        var ledger = StreamLedger("answers")
        try await ledger.run(try Scene.connector(service, Scene.signed)) { service.wait(seconds: $0) }
        Scene.expectExact(ledger, service)
        let signed = service.requests.count
        var other = StreamLedger("answers")
        let right = EmulatedService(Scene.two())
        try await other.run(try Scene.connector(right, Scene.signed)) { right.wait(seconds: $0) }
        #expect(signed - right.requests.count == (skew == 0 ? 0 : 1), "signed anew once in a run")
    }

    @Test func `what wjx says is told, without our key`() async throws {
        let answer = CannedAnswer.json(#"{"result":false,"errormsg":"ApiKey 无效 \#(WjxEmulator.apiKey)"}"#)
        let connector = try WjxConnector(
            settings: Settings(Scene.settings, against: WjxConnector.description.settings),
            context: Scene.context(CannedTransport(always: answer)))
        await #expect(throws: ConnectorError.unexpected(reason: "action 1001002: wjx says ApiKey 无效 ***")) {
            try await connector.page(of: "answers", after: nil)
        }
    }

    @Test func `neither a key nor what signatures need is a mistake in the settings`() {
        var settings = Scene.signed
        settings["app_key"] = nil
        #expect(throws: ConnectorError.settings(field: "api_key", reason: "give api_key, or app_id and app_key")) {
            try Scene.connector(EmulatedService(Scene.two()), settings)
        }
    }

    // MARK: Records

    /// 00:01:59 on 1 July in China; option 2 of the choice has 4 of 1 to 5.
    @Test func `an answer is a score with its text, month and scale`() async throws {
        let page = try await records("1$2")
        let id = Scene.id(101_812_480_017)
        #expect(
            page.records.map(\.json) == [
                [
                    "id": .string("\(id)/1"), "response": .string(id),
                    "respondent": .string(Scene.pseudonym("respondent", "5657754", "101812480017")),
                    "survey": "5657754", "survey_title": "满意度", "month": "2026-07", "question": "1",
                    "question_title": "总体满意度", "kind": "single", "subject": .null, "score": 4, "choice": "满意",
                    "scale_min": 1, "scale_max": 5,
                ]
            ])
    }

    @Test func `ticks, rows of a matrix, scales and sliders are records of their own`() async throws {
        let page = try await records("2$1|3}3$写在答案里的话}4$1!2,2!5}5$11}6$72.5}7$2,1")
        let told = page.records.map { record in
            [record.json["question"], record.json["score"], record.json["choice"], record.json["kind"]].map {
                $0 ?? "-"
            }
        }
        #expect(
            told == [
                ["2_1", .null, "工单", "multiple"], ["2_3", .null, "邮件", "multiple"], ["3", .null, .null, "text"],
                ["4_1", 2, .null, "matrix"], ["4_2", 5, .null, "matrix"], ["5", 10, "10", "single"],
                ["6", .number("72.5"), .null, "slider"],
            ])
        #expect(page.records[5].json["scale_min"] == 0 && page.records[5].json["scale_max"] == 10)
        #expect(page.records[6].json["scale_max"] == 100 && page.rejected == [])
    }

    @Test func `scores come from the settings first`() async throws {
        let texts: [String: SettingInput] = ["choice_scores": .map(["满意": "9"])]
        #expect(try await records("1$2", texts).records.first?.json["score"] == 9)
        let options: [String: SettingInput] = [
            "choice_scores": .map(["满意": "9"]), "option_scores": .map(["5657754.1": "50,40,30,20,10"]),
            "scales": .map(["5657754.4": "1-5"]),
        ]
        let page = try await records("1$2}4_1$3", options)
        #expect(page.records.map { $0.json["score"] } == [40, 3])
        #expect(page.records.map { $0.json["scale_max"] } == [50, 5])
    }

    @Test func `what was skipped gives no record, and what cannot be is rejected`() async throws {
        let page = try await records("1$-3}2$(跳过)}4$-2}5$12}9$1}6$many}3$")
        #expect(page.records == [])
        let id = Scene.id(101_812_480_017)
        #expect(page.rejected.map(\.id) == ["\(id)/5", "\(id)/9", "\(id)/6"])
        #expect(page.rejected.allSatisfy { !String(decoding: $0.raw, as: UTF8.self).contains("many") })
    }

    /// Who writes `}1$1` into a text must not answer for the choice.
    @Test func `a question that seems answered twice is rejected`() async throws {
        let page = try await records("1$5}3$好}1$1")
        #expect(page.records.map { $0.json["question"] } == ["3"])
        #expect(page.rejected.map(\.id) == [Scene.id(101_812_480_017) + "/1"])
    }

    @Test func `notes and page breaks are passed over when questions are counted, unless a setting says not`()
        async throws
    {
        var questions = WjxEmulator.questions
        questions.insert(["q_index": 100, "q_type": 2, "q_title": "说明"], at: 0)
        var wjx = WjxEmulator()
        wjx.surveys["5657754"] = WjxEmulator.Survey(questions: questions)
        wjx.put(1, "1$2", at: Scene.minute(0))
        let page = try await Scene.connector(EmulatedService(wjx), Scene.settings).page(of: "answers", after: nil)
        #expect(page.records.first?.json["question_title"] == "总体满意度")
        wjx.put(1, "100$2", at: Scene.minute(0))
        let all = try await Scene.connector(EmulatedService(wjx), Scene.settings, ["numbers_all": .text("true")])
            .page(of: "answers", after: nil)
        #expect(all.records == [] && all.rejected == [], "a note is not answered")
    }

    // MARK: Anonymity

    @Test(arguments: ["ignored", "subject", "respondent"])
    func `nothing that tells who answered leaves the connector`(_ parameter: String) async throws {
        for data in ["1$2}3$写在答案里的话", "1$9^写在答案里的话", "6$写在答案里的话", "写在答案里的话"] {
            for lacks in [nil, "submittime", "jid", "submitdata"] {
                var wjx = WjxEmulator()
                wjx.surveys["5657754"] = WjxEmulator.Survey(questions: WjxEmulator.questions)
                wjx.put(17, data, at: FixedClock("2026-06-30T16:01:59Z").moment)
                wjx.surveys["5657754"]?.answers[17]?.parameter = "emp01"
                wjx.surveys["5657754"]?.answers[17]?.lacks = lacks
                let changes: [String: SettingInput] = ["sojumpparm": .text(parameter)]
                let page = try await Scene.connector(EmulatedService(wjx), Scene.settings, changes)
                    .page(of: "answers", after: nil)
                let rejects = page.rejected.map { "\($0.id) \($0.texts) \(String(decoding: $0.raw, as: UTF8.self))" }
                let told = (page.records.map(\.json.text) + rejects + [page.cursor?.text ?? ""]).joined()
                let times = ["00:01:59", "16:01:59", "06-30", "07-01", "101812480017"]
                for canary in WjxEmulator.canaries + times + (parameter == "subject" ? [] : ["emp01"]) {
                    #expect(!told.contains(canary), "\(canary) in \(told)")
                }
            }
        }
    }

    @Test func `the link's parameter says who is rated, or who answers as a hash, or nothing`() async throws {
        let ignored = try await records("1$2", parameter: "emp01").records.first?.json
        #expect(ignored?["subject"] == .null)
        let subject = try await records("1$2", parameter: "emp01", ["sojumpparm": .text("subject")]).records.first?.json
        #expect(subject?["subject"] == "emp01" && subject?["respondent"] == ignored?["respondent"])
        let person = try await records("1$2", parameter: "emp01", ["sojumpparm": .text("respondent")]).records.first?
            .json
        #expect(person?["subject"] == .null && person?["respondent"] != ignored?["respondent"])
        #expect(person?["respondent"]?.string == Scene.pseudonym("respondent", "5657754", "parameter emp01"))
    }

    @Test func `another key gives other names`() async throws {
        let other = try await records("1$2", ["hash_key": .secret(Secret("another long text"))]).records.first?.id
        #expect(other != nil && other != Scene.id(101_812_480_017) + "/1")
    }
}
