import PlumblineKit
import PlumblineTesting
import SurveyConnectors
import Testing

/// What servers do in different ways: how they refuse, log in, and write what there is and what there is not.
@Suite struct LimeSurveyServerTests {
    typealias Scene = LimeSurveyScene

    private func service(_ change: (inout LimeSurveyEmulator) -> Void) -> EmulatedService<LimeSurveyEmulator> {
        var lime = Scene.two()
        change(&lime)
        return EmulatedService(lime)
    }

    @Test(arguments: [false, true], ["list_surveys", "list_questions", "get_question_properties", "export_responses"])
    func `what our user may not see stops the run, and is no empty survey`(byError: Bool, method: String) async throws {
        let service = service { lime in
            lime.denied = [method]
            lime.refusesByError = byError
        }
        await #expect(throws: ConnectorError.unexpected(reason: "\(method): LimeSurvey says 'No permission'")) {
            try await Scene.connector(service).page(of: "answers", after: nil)
        }
        #expect(service.system.sessions == [] && service.system.faults == [])
    }

    @Test(arguments: ["get_summary", nil])
    func `a sweep that cannot count responses does not believe that there are none`(denied: String?) async throws {
        let service = service { lime in
            lime.surveys["781923"]?.responses = [:]
            if let denied { lime.denied = [denied] } else { lime.hasCounts = false }
        }
        await #expect(throws: ConnectorError.self) {
            try await Scene.connector(service).identifiers(of: "answers", after: nil)
        }
    }

    @Test func `a login names the plugin where the settings do`() async throws {
        let service = service { $0.plugin = "AuthLDAP" }
        var ledger = StreamLedger("answers")
        try await Scene.run(&ledger, service, ["login_plugin": .text("AuthLDAP")])
        Scene.expectExact(ledger, service)
        await #expect(throws: ConnectorError.self) {
            try await Scene.connector(service).page(of: "answers", after: nil)
        }
    }

    /// Databases have null where nothing was answered and where a response was not handed in; members may be numbers.
    @Test(arguments: [false, true], [false, true])
    func `empty and null say the same, and so do texts and numbers`(nulls: Bool, numbers: Bool) async throws {
        let write: (inout LimeSurveyEmulator) -> Void = { ($0.writesNull, $0.writesNumbers) = (nulls, numbers) }
        let service = service(write)
        var ledger = StreamLedger("answers")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
        let scale: [String: SettingInput] = ["scales": .map(["781923.Q8": "0-10"])]
        let page = try await Scene.page(["Q5": "4", "Q8": "7"], scale, editing: write)
        #expect(page.records.map { $0.json["score"] } == [4, 7] && page.rejected == [])
    }

    @Test func `of a question in several languages the first is taken, once`() async throws {
        let service = service { $0.languages = ["zh-Hans", "en"] }
        var ledger = StreamLedger("answers")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
        #expect(Set(ledger.records.values.map { $0.json["question_title"] }) == ["总体满意度"])
    }
}
