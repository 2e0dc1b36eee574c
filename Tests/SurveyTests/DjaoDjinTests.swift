import PlumblineKit
import PlumblineTesting
import SurveyConnectors
import Testing

@Suite struct DjaoDjinTests {
    private let fixtures = Fixtures("djaodjin", in: .module)
    private static let survey = "admin-2026q3"

    private let settings = DjaoDjinSurroundings.settings.merging([
        "surveys": .list([survey]), "since": .text("2026-09-10"), "page_size": .text("3"),
        "place_scores": .list(["satisfaction"]),
    ]) { $1 }

    /// Eight responses, one of them begun before the first day that is wanted.
    private func transport() throws -> CannedTransport {
        let answers = "GET /api/plumbline/sample/\(Self.survey)"
        return CannedTransport([
            "GET /api/plumbline/responses?o=created_at&start_at=2026-09-07&campaign=admin-2026q3":
                try .file("responses.json", of: fixtures),
            "\(answers)-028/answers": try .file("answers-028.json", of: fixtures),
            "\(answers)-031/answers": try .file("answers-031.json", of: fixtures),
            "\(answers)-033/answers": try .file("answers-033.json", of: fixtures),
            "\(answers)-034/answers": try .file("answers-034.json", of: fixtures),
            "\(answers)-035/answers": try .file("answers-035.json", of: fixtures),
            "\(answers)-036/answers": try .file("answers-036.json", of: fixtures),
            "\(answers)-037/answers": try .file("answers-037.json", of: fixtures),
            "GET /api/units": try .file("units.json", of: fixtures),
            "GET /api/units/satisfaction/choices": try .file("choices.json", of: fixtures),
            "GET /api/editables/plumbline/campaigns/admin-2026q3": try .file("campaign.json", of: fixtures),
        ])
    }

    private static func id(_ number: String, _ question: String) -> String {
        DjaoDjinSurroundings.id("\(survey)-\(number)", of: survey) + "/" + question
    }

    /// The questions that each response answers.
    private static let answered: KeyValuePairs<String, [String]> = [
        "028": ["overall", "quality", "attitude", "nps", "comment"], "037": ["overall", "speed", "quality"],
        "031": ["overall", "speed", "quality", "attitude", "nps"],
        "033": ["overall", "speed", "quality", "attitude", "nps"], "035": ["speed", "attitude", "nps", "comment"],
        "036": ["overall", "speed", "quality", "attitude", "nps", "comment"],
        "034": ["overall", "speed", "quality", "nps", "comment"],
    ]

    private func records(
        _ transport: CannedTransport? = nil, _ changes: [String: SettingInput] = [:]
    ) async throws -> [String: JSON] {
        let connector = try DjaoDjinSurroundings.connector(
            transport ?? self.transport(), settings.merging(changes) { $1 })
        var records: [String: JSON] = [:]
        for try await page in connector.pages(of: "answers") {
            for record in page.records { records[record.id] = record.json }
        }
        return records
    }

    @Test func `conforms`() async throws {
        let ids = Self.answered.flatMap { response in response.value.map { Self.id(response.key, $0) } }
        try await ConformanceSuite(
            DjaoDjinConnector.self, settings: settings, stream: "answers", records: Set(ids),
            rejected: [Self.id("035", "overall")]
        ) { DjaoDjinSurroundings.context(try transport()) }.run()
    }

    @Test func `a choice has its place as score where the settings say so, a number its own scale`() async throws {
        let records = try await records()
        let choice = try #require(records[Self.id("028", "overall")])
        #expect(choice["kind"] == "enum" && choice["choice"] == "满意" && choice["score"] == 4)
        #expect(choice["scale_min"] == 1 && choice["scale_max"] == 5)
        #expect(choice["survey"] == "admin-2026q3" && choice["survey_description"] == "department=ADM")
        #expect(choice["month"] == "2026-09" && choice["question"] == "overall")
        let number = try #require(records[Self.id("028", "nps")])
        #expect(number["kind"] == "rank" && number["score"] == 9 && number["choice"] == .null)
        #expect(number["scale_min"] == 0 && number["scale_max"] == 10)
    }

    @Test func `choices have the scores that the settings say`() async throws {
        let scores: [String: SettingInput] = ["choice_scores": .map(["满意": "100", "很满意": "50", "还行": "3"])]
        let records = try await records(nil, scores)
        #expect(records[Self.id("028", "overall")]?["score"] == 100)
        #expect(records[Self.id("028", "quality")]?["score"] == 50)
        #expect(records[Self.id("037", "speed")]?["choice"] == "不满意")
        #expect(
            records[Self.id("037", "speed")]?["score"] == .null, "one not listed has none, and its place is no score")
        #expect(records[Self.id("028", "overall")]?["scale_min"] == 50)
        #expect(records[Self.id("035", "overall")]?["score"] == 3, "also one that is no choice any more")
    }

    /// What the choices are is not said anywhere: they may as well be departments.
    @Test func `choices that nothing gives a score are not told, and are swept away`() async throws {
        let unnamed: [String: SettingInput] = ["place_scores": .list([])]
        let records = try await records(nil, unnamed)
        #expect(Set(records.values.compactMap { $0["question"]?.string }) == ["nps", "comment"])
        let connector = try DjaoDjinSurroundings.connector(transport(), settings.merging(unnamed) { $1 })
        let listed = try await connector.identifiers(of: "answers", after: nil).identifiers
        #expect(Set(listed).isSuperset(of: records.keys))
        #expect(Set(listed.compactMap { $0.split(separator: "/").last.map(String.init) }) == ["nps", "comment"])
    }

    @Test func `choices without a score are told where the settings name their unit`() async throws {
        let told: [String: SettingInput] = ["place_scores": .list([]), "told_choices": .list(["satisfaction"])]
        let choice = try #require(try await records(nil, told)[Self.id("028", "overall")])
        #expect(choice["choice"] == "满意" && choice["score"] == .null && choice["scale_min"] == .null)
    }

    @Test func `nothing tells who answered, when, or in what words`() async throws {
        let text = JSON.array(Array(try await records().values)).text
        for word in ["user-", "admin-2026q3-0", "T10:26", "2026-09-11", "等了两天", "slow", "gateway"] {
            #expect(!text.contains(word), "\(word)")
        }
        let comment = try #require(try await records()[Self.id("036", "comment")])
        #expect(comment["kind"] == "freetext" && comment["score"] == .null && comment["choice"] == .null)
    }

    @Test func `what is rejected tells neither who nor when`() async throws {
        let list = #"{"count":1,"next":null,"results":[{"slug":"s-1","account":"user-1","created_at":"2026-09-12"}]}"#
        let transport = CannedTransport(["GET /api/plumbline/responses": .json(list)])
        let page = try await DjaoDjinSurroundings.connector(transport).page(of: "answers", after: nil)
        #expect(page.rejected.map { String(decoding: $0.raw, as: UTF8.self) } == ["{}"])
        var answers: [String] = []
        for try await page in try DjaoDjinSurroundings.connector(self.transport(), settings).pages(of: "answers") {
            answers += page.rejected.map { String(decoding: $0.raw, as: UTF8.self) }
        }
        let answer = try #require(answers.first)
        #expect(answers.count == 1 && answer.contains("还行"))
        #expect(!answer.contains("gateway") && !answer.contains("2026-09-15"))
    }

    @Test func `cursors hold no name of the server's`() async throws {
        let connector = try DjaoDjinSurroundings.connector(transport(), settings)
        let page = try await connector.page(of: "answers", after: nil)
        #expect(page.hasMore && page.cursor?.text.contains("admin-2026q3") == false)
    }

    @Test func `another key gives other names`() async throws {
        let records = try await records(nil, ["hash_key": .secret(Secret("another"))])
        #expect(records[Self.id("028", "overall")] == nil)
        let id = DjaoDjinSurroundings.id("admin-2026q3-028", of: Self.survey, key: "another")
        #expect(records[id + "/overall"]?["response"] == .string(id))
    }

    @Test func `one respondent is the same in one survey and another in the next`() async throws {
        let records = try await records()
        let respondents = Dictionary(grouping: records.values) { $0["respondent"]?.string ?? "" }
        #expect(respondents.allSatisfy { $0.key.count == 32 })
        let responses = Set(records.values.compactMap { $0["response"]?.string })
        #expect(responses.count == 7)
        for response in responses {
            #expect(
                Set(records.values.filter { $0["response"]?.string == response }.map { $0["respondent"] }).count == 1)
        }
    }

    @Test func `a host without a keyed hash reads nothing`() async throws {
        let context = ConnectorContext(
            transport: try transport(), files: NoFiles(), now: FixedClock().now, zone: "UTC", log: { _ in })
        let connector = try DjaoDjinConnector(
            settings: Settings(settings, against: DjaoDjinConnector.description.settings), context: context)
        await #expect(throws: ConnectorError.self) { try await connector.page(of: "answers", after: nil) }
    }

    @Test func `a response that vanished between list and answers is passed over`() async throws {
        let transport = CannedTransport([
            "GET /api/plumbline/responses": try .file("responses.json", of: fixtures),
            "GET /api/plumbline/sample/*": .json(#"{"detail":"Cannot find Sample"}"#, status: 404),
        ])
        let page = try await DjaoDjinSurroundings.connector(transport, settings).page(of: "answers", after: nil)
        #expect(page.records.isEmpty && page.rejected.isEmpty && page.hasMore)
    }

    @Test(arguments: [
        ["scales": SettingInput.map(["score-5": "one to five"])], ["scales": .map(["score-5": "5-1"])],
        ["choice_scores": .map(["满意": "good"])], ["since": .text("soon")],
    ])
    func `scales, scores and days that are none are mistakes in the settings`(_ wrong: [String: SettingInput]) throws {
        #expect(throws: ConnectorError.self) { try DjaoDjinSurroundings.connector(CannedTransport(), wrong) }
    }

    @Test func `a survey that is not there is a mistake in the settings`() async throws {
        let missing = CannedAnswer.json(#"{"detail":"Not found."}"#, status: 404)
        let connector = try DjaoDjinSurroundings.connector(CannedTransport(always: missing), settings)
        let reason = "there is no survey 'admin-2026q3' that our user may see"
        await #expect(throws: ConnectorError.settings(field: "surveys", reason: reason)) { try await connector.check() }
    }
}
