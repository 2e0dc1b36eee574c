import PlumblineKit
import PlumblineTesting
import SurveyConnectors
import Testing

/// Which answers are ratings: a score is told where something tells it, and who answers is not described beside it.
@Suite struct WjxScoreTests {
    typealias Scene = WjxScene

    private static let texts: [String: SettingInput] = [
        "choice_scores": .map(["很不满意": "1", "不满意": "2", "一般": "3", "满意": "4", "很满意": "5"])
    ]

    private func service(_ data: String, _ questions: [JSON]? = nil) -> EmulatedService<WjxEmulator> {
        var wjx = WjxEmulator()
        wjx.surveys["5657754"] = WjxEmulator.Survey(
            questions: questions ?? WjxEmulator.questions + WjxEmulator.otherQuestions)
        wjx.put(17, data, at: Scene.minute(0))
        return EmulatedService(wjx)
    }

    private func page(
        _ data: String, _ changes: [String: SettingInput] = [:], questions: [JSON]? = nil
    ) async throws -> Page {
        try await Scene.connector(service(data, questions), Scene.settings, changes).page(of: "answers", after: nil)
    }

    private func told(_ page: Page) -> [[JSON]] {
        page.records.map { record in
            ["question", "score", "choice", "scale_min", "scale_max"].map { record.json[$0] ?? "missing" }
        }
    }

    // MARK: Choices

    @Test func `a choice that nothing gives a score, as a department, is not told at all`() async throws {
        let page = try await page("8$3}1$2", ["sojumpparm": .text("respondent")])
        #expect(page.records.map { $0.json["question"] } == ["1"] && page.rejected == [])
        let listing = try Scene.connector(service("8$3}1$2"), Scene.settings, ["surveys": .list(["5657754"])])
        let identifiers = try await listing.identifiers(of: "answers", after: nil).identifiers
        #expect(identifiers == [Scene.id(101_812_480_017) + "/1"], "what was stored of it before is swept away")
    }

    @Test func `a place among the options counts where the settings name the question`() async throws {
        let page = try await page("8$3", ["place_scores": .list(["5657754.8"])])
        #expect(told(page) == [["8", 3, "人力资源部", 1, 3]])
    }

    @Test func `a choice is told without a score where the settings name the question`() async throws {
        let page = try await page("8$3", ["told_choices": .list(["5657754.8"])])
        #expect(told(page) == [["8", .null, "人力资源部", .null, .null]])
    }

    @Test func `an option beside those with scores has none, and the range stays theirs`() async throws {
        #expect(told(try await page("9$5", Self.texts)) == [["9", 5, "很满意", 1, 5]])
        #expect(told(try await page("9$6", Self.texts)) == [["9", .null, "不了解", 1, 5]])
        let both = Self.texts.merging(["place_scores": .list(["5657754.9"])]) { $1 }
        #expect(told(try await page("9$6", both)) == [["9", .null, "不了解", 1, 5]])
    }

    @Test func `ticks are not told unless the settings name the question`() async throws {
        #expect(try await page("2$1|3", ["told_choices": .list([])]).records == [])
        #expect(try await page("2$1|3").records.map { $0.json["question"] } == ["2_1", "2_3"])
    }

    @Test func `rows of a matrix have scores where the settings give a range or name the question`() async throws {
        let unnamed: [String: SettingInput] = ["place_scores": .list([])]
        #expect(try await page("4$1!2,2!5", unnamed).records == [])
        let scales = unnamed.merging(["scales": .map(["5657754.4_2": "1-5"])]) { $1 }
        #expect(told(try await page("4$1!2,2!5", scales)) == [["4_2", 5, .null, 1, 5]])
        #expect(told(try await page("4$1!2")) == [["4_1", 2, .null, .null, .null]])
    }

    @Test func `what is written beside a choice may hold any mark`() async throws {
        let page = try await page("1$2^很好,谢谢|再见^3")
        #expect(told(page) == [["1", 4, "满意", 1, 5]] && page.rejected == [])
        #expect(try await self.page("1$2|3").rejected.count == 1, "two options are no single choice")
    }

    @Test(arguments: ["place_scores", "told_choices"], ["5657754", "5657754.", "5657754.4_1", "总体", "1.2.3"])
    func `what names no question is a mistake in the settings`(_ setting: String, _ name: String) {
        #expect(throws: ConnectorError.self) {
            try Scene.connector(service(""), Scene.settings, [setting: .list([name])])
        }
    }

    @Test func `a check tells which choices have no scores`() async throws {
        let changes: [String: SettingInput] = ["surveys": .list(["5657754"]), "told_choices": .list([])]
        let remarks = try await Scene.connector(service("1$1"), Scene.settings, changes).check().remarks
        #expect(remarks.last?.contains("choices without scores are not read (2, 8, 9)") == true, "got \(remarks)")
        let all = changes.merging([
            "told_choices": .list(["5657754.2", "5657754.8"]), "option_scores": .map(["5657754.9": "1,2,3,4,5,0"]),
        ]) { $1 }
        #expect(try await Scene.connector(service("1$1"), Scene.settings, all).check().remarks.count == 1)
    }

    // MARK: Sliders

    @Test func `a slider that reaches below zero has numbers there, save those that may say nothing`() async throws {
        #expect(told(try await page("10$-7")) == [["10", -7, .null, -10, 10]])
        let unclear = try await page("10$-3")
        #expect(unclear.records == [] && unclear.rejected.map(\.id) == [Scene.id(101_812_480_017) + "/10"])
        let clear = try await page("10$-3", ["skipped_values": .list(["-99"])])
        #expect(told(clear) == [["10", -3, .null, -10, 10]])
        for data in ["10$-11", "6$-3", "6$-7", "1$-3", "40$-3"] {
            let page = try await page(data)
            #expect(page.records == [] && page.rejected == [], "\(data) says that nothing was answered")
        }
    }

    // MARK: Questions

    /// Answers name questions by their place.
    @Test(arguments: ["q_index", "q_type"])
    func `a survey with a question that cannot be read is an error, as answers behind it would be another's`(
        _ member: String
    ) async throws {
        var questions = WjxEmulator.questions
        var broken = try #require(questions[1].object)
        broken[member] = nil
        questions[1] = .object(broken)
        let reason = "question 2 of survey 5657754 has no 'q_index' or no 'q_type'"
        await #expect(throws: ConnectorError.unexpected(reason: reason)) {
            try await page("1$2}5$11", questions: questions)
        }
    }

    @Test func `numbers of questions may be written as texts`() async throws {
        var question = try #require(WjxEmulator.questions[0].object)
        question["q_index"] = "1"
        question["q_type"] = "3"
        #expect(told(try await page("1$2", questions: [.object(question)])) == [["1", 4, "满意", 1, 5]])
    }
}
