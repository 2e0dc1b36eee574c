import PlumblineKit
import PlumblineTesting
import SurveyConnectors
import Testing

@Suite struct LimeSurveyTests {
    typealias Scene = LimeSurveyScene

    private func read(
        _ answers: [String: String], _ changes: [String: SettingInput] = [:],
        editing edit: (inout LimeSurveyEmulator) -> Void = { _ in }
    ) async throws -> Page {
        try await Scene.page(answers, changes, editing: edit)
    }

    private func told(_ page: Page) -> [[JSON]] {
        page.records.map { record in
            ["question", "score", "choice", "kind"].map { record.json[$0] ?? "-" }
        }
    }

    // MARK: Conformance

    private static var expected: Set<String> {
        let first = [1, 3, 4, 6, 7, 20, 21].map { Scene.id($0) + "/Q1" }
        return Set(first + (1...4).map { Scene.id($0, of: "781924") + "/Q1" })
    }

    @Test(arguments: [false, true], LimeSurveyEmulator.Nothing.allCases)
    func `answers conform, whatever the form of the file and of an empty answer`(
        nested: Bool, nothing: LimeSurveyEmulator.Nothing
    ) async throws {
        try await ConformanceSuite(
            LimeSurveyConnector.self, settings: Scene.settings, stream: "answers", records: Self.expected,
            rejected: [Scene.pseudonym("rejected", "781923", "5")]
        ) {
            var lime = Scene.two()
            (lime.isNested, lime.nothing) = (nested, nothing)
            let service = EmulatedService(lime)
            return Scene.context(service, now: service.now)
        }.run()
    }

    @Test func `a check names the surveys and how many responses were handed in`() async throws {
        let service = EmulatedService(Scene.two())
        let report = try await Scene.connector(service).check()
        #expect(
            report.remarks == [
                "survey 781923: 4 questions are read, 8 responses were handed in",
                "survey 781923: nothing gives Q2, Q7, Q8, Q9 a score, so they are not read; see option_scores, "
                    + "choice_scores, code_scores, place_scores, told_choices, scales",
                "survey 781924: 4 questions are read, 4 responses were handed in",
                "survey 781924: nothing gives Q2, Q7, Q8, Q9 a score, so they are not read; see option_scores, "
                    + "choice_scores, code_scores, place_scores, told_choices, scales",
            ])
        #expect(service.system.sessions == [] && service.system.faults == [])
    }

    // MARK: Records

    /// 00:01:59 on 1 July in China; A2 has 4 of 1 to 5.
    @Test func `an answer is a score with its text, month and scale`() async throws {
        let page = try await read(["Q1": "A2"])
        let id = Scene.id(17)
        #expect(
            page.records.map(\.json) == [
                [
                    "id": .string("\(id)/Q1"), "response": .string(id),
                    "respondent": .string(Scene.pseudonym("respondent", "781923", "token tokenCANARY7")),
                    "survey": "781923", "survey_title": "行政服务满意度", "month": "2026-07", "question": "Q1",
                    "question_title": "总体满意度", "row_title": .null, "kind": "single", "score": 4, "choice": "满意",
                    "scale_min": 1, "scale_max": 5,
                ]
            ])
        #expect(page.rejected == [])
    }

    /// The answer worked out by hand lies in the form of the notes: base64 of one response with a score and a matrix.
    @Test func `the answer of the fixture is read as it was worked out by hand`() async throws {
        let fixtures = Fixtures("limesurvey", in: .module)
        let names = ["login", "surveys", "questions", "export", "released"]
        let answers = try names.map { try CannedAnswer.file("\($0).json", of: fixtures) }
        let settings: [String: SettingInput] = [
            "surveys": .list(["781923"]), "scales": .map(["781923.NPS": "0-10"]), "page_size": .text("20"),
        ]
        let connector = try LimeSurveyConnector(
            settings: Settings(
                Scene.settings.merging(settings) { $1 }, against: LimeSurveyConnector.description.settings),
            context: Scene.context(CannedTransport(["*": .inTurn(answers)])))
        let page = try await connector.page(of: "answers", after: nil)
        let id = Scene.id(12)
        #expect(page.records.map(\.id) == ["\(id)/NPS", "\(id)/CSAT[SQ001]"])
        #expect(told(page) == [["NPS", 9, .null, "number"], ["CSAT[SQ001]", 4, .null, "matrix"]])
        #expect(page.records.map { $0.json["month"] } == ["2026-01", "2026-01"])
        #expect(page.records.map { $0.json["scale_max"] } == [10, 5] && page.rejected == [])
    }

    @Test func `ticks, rows, fixed scales and yes or no are records of their own`() async throws {
        let page = try await read(
            [
                "Q2[SQ001]": "Y", "Q2[SQ002]": "N", "Q4[SQ001]": "A1", "Q4[SQ002]": "A3", "Q5": "4", "Q6[SQ002]": "10",
                "Q7": "N", "Q8": "8", "Q9": "A1", "Q10": "F", "Q11[SQ001][1]": "A1", "Q1": "-oth-",
            ], ["told_choices": .list(["781923.Q2", "781923.Q7", "781923.Q9"])])
        #expect(
            told(page) == [
                ["Q1", .null, .null, "single"], ["Q2[SQ001]", .null, "工单", "multiple"],
                ["Q4[SQ001]", 10, "好", "matrix"], ["Q4[SQ002]", 0, "差", "matrix"], ["Q5", 4, .null, "single"],
                ["Q6[SQ002]", 10, .null, "matrix"], ["Q7", .null, "N", "single"], ["Q9", .null, "赞成", "single"],
            ])
        #expect(page.records[2].json["scale_min"] == 0 && page.records[2].json["row_title"] == "速度")
        #expect(page.records[5].json["scale_max"] == 10 && page.rejected == [])
    }

    @Test(arguments: [("8", "8"), ("7.5000000000", "7.5"), ("10.000", "10"), ("0", "0"), (".5", "0.5")])
    func `a typed number is read where a scale is told, and only then`(_ written: String, _ number: String) async throws
    {
        let scale: [String: SettingInput] = ["scales": .map(["781923.Q8": "0-10"])]
        let page = try await read(["Q8": written], scale)
        #expect(told(page) == [["Q8", .number(number), .null, "number"]])
        #expect(try await read(["Q8": written]).records == [])
    }

    @Test(arguments: ["10.5", "11", "-1", "13800138000", "1e1", "8.", ".", "zhang"])
    func `a typed number outside its scale is rejected, and not told`(_ written: String) async throws {
        let page = try await read(["Q8": written], ["scales": .map(["781923.Q8": "0-10"])])
        #expect(page.records == [] && page.rejected.map(\.id) == [Scene.id(17) + "/Q8"])
        #expect(page.rejected.allSatisfy { !"\($0.texts)".contains("'\(written)'") && !$0.raw.isEmpty })
    }

    @Test func `what cannot be an answer is rejected, and the others are read`() async throws {
        let page = try await read(
            ["Q1": "A9", "Q2[SQ001]": "1", "Q5": "6", "Q6[SQ001]": "3", "Q7": "X"],
            ["told_choices": .list(["781923.Q2", "781923.Q7"])])
        #expect(page.records.map { $0.json["question"] } == ["Q6[SQ001]"])
        #expect(page.rejected.map(\.id) == ["Q1", "Q2[SQ001]", "Q5", "Q7"].map { Scene.id(17) + "/\($0)" })
    }

    @Test func `a question without its column is rejected, not taken for unanswered`() async throws {
        let page = try await read(["Q1": "A1"]) { $0.surveys["781923"]?.responses[17]?.lacks = "Q5" }
        #expect(page.records.count == 1 && page.rejected.map(\.id) == [Scene.id(17) + "/Q5"])
    }

    // MARK: Months

    @Test func `without date stamps a survey's month is a setting, and no guess`() async throws {
        let undated = try await read(["Q1": "A1"]) { $0.surveys["781923"]?.stampsDates = false }
        #expect(undated.records == [] && undated.rejected.count == 1)
        let told = try await read(["Q1": "A1"], ["undated_months": .map(["781923": "2026-07"])]) {
            $0.surveys["781923"]?.stampsDates = false
        }
        #expect(told.records.map { $0.json["month"] } == ["2026-07"])
    }

    @Test func `a server in another zone has its offset told`() async throws {
        let page = try await read(["Q1": "A1"], ["server_utc_offset": .text("+00:00")]) { $0.utcOffset = { _ in 0 } }
        #expect(page.records.map { $0.json["month"] } == ["2026-07"], "16:01:59 in UTC is past midnight in China")
    }

    // MARK: Settings

    @Test(arguments: [
        ("surveys", SettingInput.list(["0781923"])), ("scales", .map(["781923.Q1": "5-1"])),
        ("option_scores", .map(["781923.Q1": "A1:5"])), ("choice_scores", .map(["好": "many"])),
        ("place_scores", .list(["Q1"])), ("code_scores", .list(["781923"])), ("told_choices", .list(["x.Q1"])),
        ("server_utc_offset", .text("8")), ("undated_months", .map(["781923": "2026-13"])),
    ])
    func `a setting that is none is named`(_ key: String, _ value: SettingInput) {
        let error = #expect(throws: ConnectorError.self) {
            try Scene.connector(EmulatedService(Scene.two()), [key: value])
        }
        guard case .settings(let field, _) = error else {
            Issue.record("expected a mistake in the settings, got \(String(describing: error))")
            return
        }
        #expect(field == key)
    }

    // MARK: Anonymity

    @Test(arguments: [nil, "submitdate", "Q1", "token", "startdate"])
    func `nothing that tells who answered leaves the connector`(_ lacks: String?) async throws {
        let answers = [
            "Q1": "-oth-", "Q1[other]": "其他的话", "Q2[other]": "其他的话", "Q3": "写在答案里的话", "Q9": "写在答案里的话",
            "Q9[comment]": "旁注", "Q5": "写在答案里的话", "Q8": "13800138000", "Q10": "GENDERCANARY",
        ]
        for nested in [false, true] {
            let changes: [String: SettingInput] = ["scales": .map(["781923.Q8": "0-10"])]
            let page = try await read(answers, changes) { lime in
                lime.isNested = nested
                lime.surveys["781923"]?.responses[17]?.lacks = lacks
            }
            #expect(!page.rejected.isEmpty)
            let rejects = page.rejected.map { "\($0.id) \($0.texts) \(String(decoding: $0.raw, as: UTF8.self))" }
            let told = (page.records.map(\.json.text) + rejects + [page.cursor?.text ?? ""]).joined()
            let more = ["00:01:59", "16:01:59", "06-30", "07-01", "13800138000", "GENDERCANARY"]
            for canary in LimeSurveyEmulator.canaries + more { #expect(!told.contains(canary), "\(canary) in \(told)") }
        }
    }

    @Test func `what was not handed in gives no record, even where it is broken`() async throws {
        let page = try await read(["Q1": "A1", "Q5": "写在答案里的话"]) {
            $0.surveys["781923"]?.responses[17]?.submitted = nil
        }
        #expect(page.records == [] && page.rejected == [] && page.hasMore)
    }

    @Test func `who answers twice under a token is one respondent, and another without`() async throws {
        let second: (inout LimeSurveyEmulator) -> Void = { lime in
            lime.put(18, ["Q1": "A1"], at: Scene.minute(1))
        }
        let named = try await read(["Q1": "A1"], editing: second).records.map { $0.json["respondent"] }
        #expect(named.count == 2 && Set(named).count == 1)
        let anonymous = try await read(["Q1": "A1"]) { lime in
            second(&lime)
            lime.surveys["781923"]?.isAnonymised = true
        }.records.map { $0.json["respondent"] }
        #expect(Set(anonymous).count == 2)
    }

    @Test func `another key gives other names`() async throws {
        let other = try await read(["Q1": "A1"], ["hash_key": .secret(Secret("another long text"))]).records.first?.id
        #expect(other != nil && other != Scene.id(17) + "/Q1")
    }
}
