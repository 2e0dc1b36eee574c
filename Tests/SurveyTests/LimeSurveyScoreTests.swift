import PlumblineKit
import PlumblineTesting
import SurveyConnectors
import Testing

/// Which answers are ratings: a score is told where something tells it, and who answers is not described beside it.
@Suite struct LimeSurveyScoreTests {
    typealias Scene = LimeSurveyScene

    private static let none: [String: SettingInput] = ["option_scores": .map([:])]
    private static let texts: [String: SettingInput] = [
        "option_scores": .map([:]),
        "choice_scores": .map(["很不满意": "1", "不满意": "2", "一般": "3", "满意": "4", "很满意": "5"]),
    ]

    /// Scores of the first question, whose sixth option says that it does not apply.
    private static func sixth(_ lime: inout LimeSurveyEmulator) {
        lime.surveys["781923"]?.options["11"] = LimeSurveyEmulator.list(
            ["很满意", "满意", "一般", "不满意", "很不满意", "不适用"], values: [0, 0, 0, 0, 0, 0])
    }

    private func told(_ page: Page) -> [[JSON]] {
        page.records.map { record in
            ["question", "score", "scale_min", "scale_max"].map { record.json[$0] ?? "missing" }
        }
    }

    // MARK: Where scores come from

    @Test func `scores come from the settings first, and nothing is guessed without one`() async throws {
        func score(_ changes: [String: SettingInput]) async throws -> JSON? {
            try await Scene.page(["Q1": "A2"], Self.none.merging(changes) { $1 }).records.first?.json["score"]
        }
        #expect(try await score([:]) == nil)
        #expect(try await score(["code_scores": .list(["781923.Q1"])]) == 2)
        #expect(try await score(["place_scores": .list(["781923.Q1"]), "choice_scores": .map(["满意": "9"])]) == 9)
        let settings: [String: SettingInput] = [
            "option_scores": .map(["781923.Q1": "A1=50,A2=40", "781923.Q7": "Y=1 N=0", "781923.Q4[SQ002]": "A1=7"]),
            "choice_scores": .map(["满意": "9"]), "scales": .map(["781923.Q1": "1-50"]),
        ]
        let page = try await Scene.page(["Q1": "A2", "Q7": "N", "Q4[SQ001]": "A1", "Q4[SQ002]": "A1"], settings)
        #expect(page.records.map { $0.json["score"] } == [40, 10, 7, 0])
        #expect(page.records.map { $0.json["scale_max"] } == [50, 10, .null, 1])
    }

    @Test func `a score by place follows the order of the options, not of the answer`() async throws {
        let changes: [String: SettingInput] = ["option_scores": .map([:]), "place_scores": .list(["781923.Q1"])]
        #expect(try await Scene.page(["Q1": "A5"], changes).records.first?.json["score"] == 5)
    }

    @Test(arguments: [[:], texts])
    func `an option that nothing scores has none, and the scale is that of the others`(
        settings: [String: SettingInput]
    ) async throws {
        let second = try await Scene.page(["Q1": "A2"], settings, editing: Self.sixth)
        #expect(told(second) == [["Q1", 4, 1, 5]])
        let sixth = try await Scene.page(["Q1": "A6"], settings, editing: Self.sixth)
        #expect(told(sixth) == [["Q1", .null, 1, 5]] && sixth.rejected == [])
    }

    @Test func `where texts score some options, neither codes nor the survey score the others`() async throws {
        let code = Self.texts.merging(["code_scores": .list(["781923.Q1"])]) { $1 }
        #expect(told(try await Scene.page(["Q1": "A6"], code, editing: Self.sixth)) == [["Q1", .null, 1, 5]])
        #expect(told(try await Scene.page(["Q1": "A1"], code, editing: Self.sixth)) == [["Q1", 5, 1, 5]])
        let good: [String: SettingInput] = ["choice_scores": .map(["好": "5"])]
        let page = try await Scene.page(["Q4[SQ001]": "A1", "Q4[SQ002]": "A2"], good)
        #expect(told(page) == [["Q4[SQ001]", 5, .null, .null], ["Q4[SQ002]", .null, .null, .null]])
    }

    @Test func `codes that a question has not do not widen its scale`() async throws {
        let settings: [String: SettingInput] = [
            "option_scores": .map([
                "781923.Q1": "A1=5 A2=4 A3=3 A4=2 A5=1 -oth-=0 A7=9", "781923.Q5": "1=5 2=4 3=3 4=2 5=1 9=100",
            ])
        ]
        #expect(
            told(try await Scene.page(["Q1": "A3", "Q5": "2"], settings)) == [["Q1", 3, 1, 5], ["Q5", 4, 1, 5]])
    }

    /// Codes from 0 on come as a list.
    @Test(arguments: [
        ["code_scores": SettingInput.list(["781923.Q1"])],
        ["option_scores": .map(["781923.Q1": "0=0 1=1 2=2 3=3 4=4 5=5 6=6 7=7 8=8 9=9 10=10"])],
    ])
    func `options with codes from 0 on are read, although they come as a list`(
        settings: [String: SettingInput]
    ) async throws {
        let page = try await Scene.page(["Q1": "9"], Self.none.merging(settings) { $1 }) { lime in
            lime.surveys["781923"]?.options["11"] = .array(
                (0...10).map { ["answer": .string("\($0) 分"), "assessment_value": "0", "order": .int($0)] })
        }
        #expect(told(page) == [["Q1", 9, 0, 10]] && page.rejected == [])
        #expect(page.records.map { $0.json["choice"] } == ["9 分"])
    }

    // MARK: Who answers

    /// A question of the department, and the first one.
    private static func departments(_ lime: inout LimeSurveyEmulator) {
        lime.surveys["781923"]?.questions.append(LimeSurveyEmulator.question(22, "Q12", "!", "部门"))
        lime.surveys["781923"]?.options["22"] = LimeSurveyEmulator.list(["研发部", "财务部", "人力资源部"], values: [0, 0, 0])
        lime.surveys["781923"]?.columns.append("Q12")
    }

    @Test(arguments: ["place_scores", "code_scores"])
    func `a choice that nothing scores, as a department, is not told at all`(setting: String) async throws {
        let answers = ["Q1": "A2", "Q2[SQ001]": "Y", "Q7": "Y", "Q9": "A1", "Q12": "A3"]
        for changes: [String: SettingInput] in [[:], [setting: .list(["781923.Q1"])]] {
            let page = try await Scene.page(answers, changes, editing: Self.departments)
            #expect(page.records.map { $0.json["question"] } == ["Q1"] && page.rejected == [])
        }
        let one: [String: SettingInput] = ["surveys": .list(["781923"])]
        let listing = try Scene.connector(Scene.alone(answers, editing: Self.departments), one)
        let identifiers = try await listing.identifiers(of: "answers", after: nil).identifiers
        #expect(identifiers == [Scene.id(17) + "/Q1"], "what was stored of it before is swept away")
    }

    @Test func `a choice is told without a score where the settings name its question`() async throws {
        let changes: [String: SettingInput] = ["told_choices": .list(["781923.Q12", "781923.Q2[SQ001]"])]
        let answers = ["Q12": "A3", "Q2[SQ001]": "Y", "Q2[SQ002]": "Y"]
        let page = try await Scene.page(answers, changes, editing: Self.departments)
        #expect(told(page) == [["Q2[SQ001]", .null, .null, .null], ["Q12", .null, .null, .null]])
        #expect(page.records.map { $0.json["choice"] } == ["工单", "人力资源部"])
    }

    // MARK: What settings name in vain

    @Test func `a check says what the settings name that there is not`() async throws {
        let changes: [String: SettingInput] = [
            "surveys": .list(["781923"]), "scales": .map(["781923.Nps": "0-10", "781923.Q8": "0-10"]),
            "option_scores": .map(["781923.Q1": "A1=5 A2=4 -oth-=0", "781999.Q1": "A1=5"]),
            "place_scores": .list(["781923.Q4[SQ009]"]), "undated_months": .map(["781999": "2026-07"]),
        ]
        let report = try await Scene.connector(EmulatedService(Scene.two()), changes).check()
        #expect(
            report.remarks == [
                "survey 781923: 5 questions are read, 8 responses were handed in",
                "survey 781923: nothing gives Q2, Q7, Q9 a score, so they are not read; see option_scores, "
                    + "choice_scores, code_scores, place_scores, told_choices, scales",
                "survey 781923: option_scores of 781923.Q1 says -oth-, which it has not",
                "survey 781923: place_scores names 781923.Q4[SQ009], which is no question of it that can be read",
                "survey 781923: scales names 781923.Nps, which is no question of it that can be read",
                "option_scores names 781999.Q1, of a survey that is not read",
                "undated_months names 781999, a survey that is not read",
            ])
    }
}
