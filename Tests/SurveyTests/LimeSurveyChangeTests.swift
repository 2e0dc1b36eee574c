import PlumblineKit
import PlumblineTesting
import SurveyConnectors
import Testing

/// Surveys whose questions, tables and responses become others.
@Suite struct LimeSurveyChangeTests {
    typealias Scene = LimeSurveyScene

    /// Neither looks back nor reads again by itself.
    private static let never: [String: SettingInput] = ["reread_every": .text("366d"), "look_back": .text("5")]

    @Test func `a response that can no longer be read keeps what was read of it`() async throws {
        let service = EmulatedService(Scene.two(), at: Scene.minute(1000))
        var ledger = StreamLedger("answers")
        try await Scene.run(&ledger, service)
        let before = ledger.records
        service.edit { $0.surveys["781923"]?.responses[3]?.lacks = "submitdate" }
        try await Scene.run(&ledger, service, ["reread_every": .text("0s")])
        #expect(before[Scene.id(3) + "/Q1"] != nil && ledger.records == before)
    }

    @Test func `where date stamps are switched off, nothing that was read is swept away`() async throws {
        let service = EmulatedService(Scene.two(), at: Scene.minute(1000))
        var ledger = StreamLedger("answers")
        try await Scene.run(&ledger, service)
        let before = ledger.records
        service.edit { $0.surveys["781923"]?.stampsDates = false }
        try await Scene.run(&ledger, service)
        #expect(ledger.records == before)
    }

    @Test func `a question that is renamed is read under its new name, however far back`() async throws {
        let service = EmulatedService(Scene.two(), at: Scene.minute(1000))
        var ledger = StreamLedger("answers")
        let names: [String: SettingInput] = [
            "option_scores": .map(
                Dictionary(
                    uniqueKeysWithValues: ["781923.Q1", "781923.SAT", "781924.Q1"].map {
                        ($0, "A1=5 A2=4 A3=3 A4=2 A5=1")
                    }))
        ]
        let settings = Self.never.merging(names) { $1 }
        try await Scene.run(&ledger, service, settings)
        let scores = Dictionary(
            uniqueKeysWithValues: Scene.facts(service.system).map { name, score in
                (service.system.isFirst(name) ? name.replacing("/Q1", with: "/SAT") : name, score)
            })
        service.edit { lime in
            lime.surveys["781923"]?.questions[0] = LimeSurveyEmulator.question(11, "SAT", "L", "总体满意度")
            lime.surveys["781923"]?.columns[0] = "SAT"
            for number in lime.surveys["781923"]?.responses.keys.sorted() ?? [] {
                let answer = lime.surveys["781923"]?.responses[number]?.answers.removeValue(forKey: "Q1")
                lime.surveys["781923"]?.responses[number]?.answers["SAT"] = answer
            }
        }
        try await Scene.run(&ledger, service, settings)
        #expect(ledger.records.mapValues { $0.json["score"] ?? "missing" } == scores)
        try await Scene.run(&ledger, service, settings)
        #expect(ledger.lastRun == [], "it is read again once")
    }

    /// At each request of the second run.
    @Test(arguments: 1...20)
    func `scores that the survey corrects count for all of its answers`(request: Int) async throws {
        var lime = Scene.two()
        for number in [1, 3, 20] { lime.surveys["781923"]?.responses[number]?.answers["Q4[SQ001]"] = "A2" }
        let service = EmulatedService(lime, at: Scene.minute(1000))
        var ledger = StreamLedger("answers")
        try await Scene.run(&ledger, service, Self.never)
        service.edit { $0.put(23, ["Q1": "A1", "Q4[SQ001]": "A2"], at: Scene.minute(1001)) }
        let first = service.requests.count
        service.meanwhile { lime, number, _ in
            guard number == request else { return }
            // Both surveys have the same questions.
            for survey in ["781923", "781924"] {
                lime.surveys[survey]?.options["14"] = LimeSurveyEmulator.list(["好", "中", "差"], values: [3, 2, 1])
            }
        }
        try await Scene.run(&ledger, service, Self.never)
        #expect(service.requests.count > first + request)
        service.meanwhile(nil)
        try await Scene.run(&ledger, service, Self.never)
        let rows = [1, 3, 20, 23].map { ledger.records[Scene.id($0) + "/Q4[SQ001]"]?.json["score"] }
        #expect(rows == [2, 2, 2, 2])
    }

    @Test func `a survey that is not active is named, with what to do`() async throws {
        let service = EmulatedService(Scene.two())
        service.edit { $0.deactivate("781924") }
        let error = await #expect(throws: ConnectorError.self) {
            try await Scene.connector(service, ["surveys": .list(["781924"])]).page(of: "answers", after: nil)
        }
        guard case .settings("surveys", let reason) = error else {
            Issue.record("expected a mistake in the settings, got \(String(describing: error))")
            return
        }
        #expect(reason.contains("'781924'") && reason.contains("deletes: never_known"))
    }

    @Test func `activated anew, a survey gives its new responses, whose numbers go on`() async throws {
        let service = EmulatedService(Scene.two(), at: Scene.minute(1000))
        var ledger = StreamLedger("answers")
        try await Scene.run(&ledger, service)
        service.edit { lime in
            lime.deactivate("781923")
            lime.activate("781923", from: 22, [["Q1": "A1"], ["Q1": "A2"]], at: Scene.minute(1001))
        }
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun == [22, 23].map { Scene.id($0) + "/Q1" })
        Scene.expectExact(ledger, service)
    }
}

extension LimeSurveyEmulator {
    /// Whether a record is of the first survey.
    fileprivate func isFirst(_ name: String) -> Bool {
        surveys["781923"]?.responses.keys.contains { name.hasPrefix(LimeSurveyScene.id($0) + "/") } == true
    }
}
