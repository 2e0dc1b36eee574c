import PlumblineKit
import PlumblineTesting
import SurveyConnectors
import Testing

/// Reading a LimeSurvey that changes, loses sessions and breaks meanwhile.
@Suite struct LimeSurveyPagingTests {
    typealias Scene = LimeSurveyScene

    private static let eachTime: [String: SettingInput] = ["reread_every": .text("0s"), "look_back": .text("100000")]

    /// A run and its sweep ask 43 times.
    private static let wide: [String: SettingInput] = ["page_size": .text("8")]
    private static let requests = 1...43

    private func ids(_ numbers: Int...) -> [String] { numbers.map { Scene.id($0) + "/Q1" } }

    // MARK: Sessions

    private func two(_ nothing: LimeSurveyEmulator.Nothing) -> EmulatedService<LimeSurveyEmulator> {
        var lime = Scene.two()
        lime.nothing = nothing
        return EmulatedService(lime)
    }

    @Test(arguments: LimeSurveyEmulator.Nothing.allCases)
    func `each page has a session, which is released`(nothing: LimeSurveyEmulator.Nothing) async throws {
        let service = two(nothing)
        var ledger = StreamLedger("answers")
        try await Scene.run(&ledger, service, Self.wide)
        #expect(service.requests.count == Self.requests.count)
        Scene.expectExact(ledger, service)
        let methods = service.requests.compactMap { try? JSON.parse($0.body)["method"]?.string }
        #expect(methods.count { $0 == "get_session_key" } == methods.count { $0 == "release_session_key" })
        #expect(methods.first == "get_session_key" && methods.last == "release_session_key")
    }

    @Test(arguments: requests)
    func `a session that is lost is begun anew, once`(request: Int) async throws {
        let service = EmulatedService(Scene.two())
        var ledger = StreamLedger("answers")
        service.meanwhile { lime, number, _ in if number == request { lime.loseSessions() } }
        try await Scene.run(&ledger, service, Self.wide)
        Scene.expectExact(ledger, service)
    }

    @Test func `a server that forgets every session is unavailable, not asked for ever`() async throws {
        let service = EmulatedService(Scene.two())
        service.meanwhile { lime, _, _ in lime.loseSessions() }
        await #expect(
            throws: ConnectorError.unavailable(
                reason: "the session ended as soon as it had begun", retryAfter: nil)
        ) { try await Scene.connector(service).page(of: "answers", after: nil) }
        #expect(service.requests.count == 4 && service.system.sessions == [])
    }

    @Test(arguments: [CannedAnswer.broken, .html, .cutOff, .rateLimited, .json(#"{"id":1,"result":{},"error":null}"#)])
    func `a page that fails releases its session as well`(_ answer: CannedAnswer) async throws {
        for request in 2...4 {
            let service = EmulatedService(Scene.two())
            service.fail(request: request, with: answer)
            await #expect(throws: ConnectorError.self) {
                try await Scene.connector(service).page(of: "answers", after: nil)
            }
            #expect(service.system.logins == 1 && service.system.sessions == [])
        }
    }

    @Test func `a wrong password is refused after one attempt, and not told`() async throws {
        let service = EmulatedService(Scene.two())
        let wrong: [String: SettingInput] = ["password": .secret(Secret("Invalid"))]
        let error = await #expect(throws: ConnectorError.self) {
            try await Scene.connector(service, wrong).page(of: "answers", after: nil)
        }
        #expect(error == .refused(status: 200, hint: "LimeSurvey says '*** user name or password'"))
        #expect(service.system.badLogins == 1 && service.requests.count == 1)
    }

    @Test func `an interface that is switched off is named as such`() async throws {
        var lime = Scene.two()
        lime.isOn = false
        let service = EmulatedService(lime)
        await #expect(
            throws: ConnectorError.unexpected(
                reason: "get_session_key: an empty answer; RemoteControl must be set to JSON-RPC in the server")
        ) { try await Scene.connector(service).page(of: "answers", after: nil) }
    }

    // MARK: Breaks

    @Test(arguments: requests)
    func `a proxy's limit and a broken server only take time`(request: Int) async throws {
        let service = EmulatedService(Scene.two())
        var ledger = StreamLedger("answers")
        service.fail(request: request, with: request % 2 == 0 ? .rateLimited : .broken)
        try await Scene.run(&ledger, service, Self.wide)
        Scene.expectExact(ledger, service, unreleased: Scene.unreleased(service, failing: request))
    }

    @Test(arguments: requests, LimeSurveyEmulator.Nothing.allCases)
    func `a run that dies goes on where it stood`(
        request: Int, nothing: LimeSurveyEmulator.Nothing
    ) async throws {
        let service = two(nothing)
        var ledger = StreamLedger("answers")
        service.fail(request: request, with: .html)
        try? await Scene.run(&ledger, service, Self.wide)
        try await Scene.run(&ledger, service, Self.wide)
        Scene.expectExact(ledger, service, unreleased: Scene.unreleased(service, failing: request))
    }

    // MARK: Changes

    @Test func `what is handed in later is read by the next run, alone`() async throws {
        let service = EmulatedService(Scene.two(), at: Scene.minute(1000))
        var ledger = StreamLedger("answers")
        try await Scene.run(&ledger, service)
        #expect(ledger.records[Scene.id(2) + "/Q1"] == nil)
        service.edit { lime in
            lime.begin(at: Scene.minute(1001))
            lime.submit(2, at: Scene.minute(1002))
            lime.put(23, ["Q1": "A1"], at: Scene.minute(1003))
        }
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun == ids(2, 23), "22 is not handed in")
        service.edit { $0.submit(22, at: Scene.minute(1004)) }
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun == ids(22))
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun == [])
        Scene.expectExact(ledger, service)
    }

    @Test func `edited responses are found once a day, those deleted by the sweep`() async throws {
        let service = EmulatedService(Scene.two(), at: Scene.minute(1000))
        var ledger = StreamLedger("answers")
        try await Scene.run(&ledger, service)
        service.edit { lime in
            lime.edit(1, "A1")
            lime.delete(4)
        }
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun == [] && ledger.records[Scene.id(4) + "/Q1"] == nil)
        service.wait(seconds: 86_400)
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun.contains(Scene.id(1) + "/Q1"), "it lies before all that are open")
        Scene.expectExact(ledger, service)
    }

    @Test func `responses that lie further back than is looked are neither waited for nor read again`() async throws {
        let service = EmulatedService(Scene.two(), at: Scene.minute(1000))
        var ledger = StreamLedger("answers")
        let near: [String: SettingInput] = ["look_back": .text("15"), "reread_every": .text("0s")]
        try await Scene.run(&ledger, service, near)
        service.edit { lime in
            for number in [2, 6, 7] { lime.submit(number, at: Scene.minute(5)) }
        }
        try await Scene.run(&ledger, service, near)
        #expect(ledger.lastRun.prefix(4) == ids(7, 20, 21)[...] + [Scene.id(1, of: "781924") + "/Q1"])
    }

    /// At every request a response is begun, handed in, edited or deleted, or all sessions are lost.
    @Test(arguments: 0..<6)
    func `responses that change, come and go meanwhile are known in the end`(seed: Int) async throws {
        let service = EmulatedService(Scene.two(), at: Scene.minute(1000))
        var ledger = StreamLedger("answers")
        service.meanwhile { lime, number, now in
            if number > 60 { return }
            switch (number * 7 + seed) % 6 {
            case 0: lime.begin(at: now)
            case 1:
                lime.begin(at: now)
                lime.submit(lime.surveys["781923"]?.responses.keys.max() ?? 0, at: now)
            case 2:
                lime.submit(lime.surveys["781923"]?.responses.first { $0.value.submitted == nil }?.key ?? 0, at: now)
            case 3: lime.edit((number * 3 + seed) % 21 + 1, "A\(number % 5 + 1)")
            case 4: if number % 3 == seed % 3 { lime.delete((number * 5 + seed) % 7 + 1) }
            default: if number % 5 == 0 { lime.loseSessions() }
            }
        }
        try await Scene.run(&ledger, service)
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "none doubled")
        service.meanwhile(nil)
        try await Scene.run(&ledger, service, Self.eachTime)
        Scene.expectExact(ledger, service, "seed \(seed)")
    }

    /// Nothing is edited, so nothing has to be read again: the next run alone knows what the one before could not.
    @Test(arguments: 0..<6)
    func `what comes and is handed in meanwhile is not lost without reading again`(seed: Int) async throws {
        let service = EmulatedService(Scene.two(), at: Scene.minute(1000))
        var ledger = StreamLedger("answers")
        let never: [String: SettingInput] = ["reread_every": .text("366d"), "look_back": .text("1000")]
        service.meanwhile { lime, number, now in
            if number > 60 { return }
            let open = lime.surveys["781923"]?.responses.filter { $0.value.submitted == nil }.keys.sorted() ?? []
            if (number + seed) % 3 == 0, let first = open.first { lime.submit(first, at: now) }
            if (number * 3 + seed) % 4 == 0, let last = open.last { lime.submit(last, at: now) }
            for _ in 0..<(number + seed) % 3 { lime.begin(at: now) }
        }
        try await Scene.run(&ledger, service, never)
        let first = ledger.lastRun
        service.meanwhile(nil)
        try await Scene.run(&ledger, service, never)
        let both = first + ledger.lastRun
        #expect(Set(both).count == both.count, "none doubled")
        Scene.expectExact(ledger, service, "seed \(seed)")
    }

    @Test func `an export holds no more than a page, but for the one behind a gap`() async throws {
        var lime = Scene.two()
        for number in 8...19 { lime.put(number, ["Q1": "A1"], at: Scene.minute(number)) }
        let service = EmulatedService(lime)
        var ledger = StreamLedger("answers")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
        #expect(service.system.largest == 3)
    }

    // MARK: What is no answer

    @Test func `a survey that is not active or not there stops the run and the sweep`() async throws {
        for change: @Sendable (inout LimeSurveyEmulator) -> Void in [
            { $0.surveys["781924"]?.isActive = false }, { $0.surveys["781924"] = nil },
        ] {
            var lime = Scene.two()
            change(&lime)
            let service = EmulatedService(lime)
            await #expect(throws: ConnectorError.self) {
                var ledger = StreamLedger("answers")
                try await Scene.run(&ledger, service)
            }
            await #expect(throws: ConnectorError.self) {
                try await Scene.connector(service, ["surveys": .list(["781924"])])
                    .identifiers(of: "answers", after: nil)
            }
            #expect(service.system.sessions == [])
        }
    }

    @Test(arguments: LimeSurveyEmulator.Nothing.allCases)
    func `a survey without responses has none`(nothing: LimeSurveyEmulator.Nothing) async throws {
        let service = two(nothing)
        service.edit { lime in for survey in ["781923", "781924"] { lime.surveys[survey]?.responses = [:] } }
        var ledger = StreamLedger("answers")
        try await Scene.run(&ledger, service)
        #expect(ledger.records.isEmpty)
        Scene.expectExact(ledger, service)
    }

    private func exporting(_ export: CannedAnswer, then summary: CannedAnswer) throws -> LimeSurveyConnector {
        let fixtures = Fixtures("limesurvey", in: .module)
        let begin = try ["login", "surveys", "questions"].map { try CannedAnswer.file("\($0).json", of: fixtures) }
        return try LimeSurveyConnector(
            settings: Settings(
                Scene.settings.merging(["surveys": .list(["781923"])]) { $1 },
                against: LimeSurveyConnector.description.settings),
            context: Scene.context(CannedTransport(["*": .inTurn(begin + [export, summary])])))
    }

    @Test(arguments: [
        #"{"status":"No permission"}"#, #"{"status":"No Data, survey table does not exist."}"#, "null", "[]",
        #""bm8=""#, #""eyJyZXNwb25zZXMiOlt7IlExIjoiQTEifV19""#,
        // {"responses":[{"id":"","Q1":"A1"}]}, {"responses":[{"Q1":""}]}
        #""eyJyZXNwb25zZXMiOlt7ImlkIjoiIiwiUTEiOiJBMSJ9XX0=""#, #""eyJyZXNwb25zZXMiOlt7IlExIjoiIn1dfQ==""#,
    ])
    func `an export that is none, or is refused, is an error and no empty survey`(_ result: String) async throws {
        let answer = CannedAnswer.json(#"{"id":4,"result":\#(result),"error":null}"#)
        let connector = try exporting(answer, then: answer)
        let error = await #expect(throws: ConnectorError.self) {
            try await connector.page(of: "answers", after: nil)
        }
        let text = "\(String(describing: error))"
        #expect(text.contains("export_responses: LimeSurvey says") || text.contains("export_responses of survey"))
    }

    @Test func `a response outside the range that was asked for is an error`() async throws {
        let fixtures = Fixtures("limesurvey", in: .module)
        let connector = try exporting(.file("export.json", of: fixtures), then: .file("released.json", of: fixtures))
        let cursor = Cursor([
            "surveys": ["781923": ["top": 20, "open": []]], "reread": .time(FixedClock().moment),
        ])
        await #expect(
            throws: ConnectorError.unexpected(
                reason: "export_responses of survey 781923 gave responses that were not asked for")
        ) { try await connector.page(of: "answers", after: cursor) }
    }

    @Test func `a sweep does not believe in an empty survey whose responses are counted`() async throws {
        let empty = #"{"id":NUMBER,"result":{"status":"No Data, could not get max id."},"error":null}"#
        let count = #"{"id":6,"result":{"full_responses":"9"},"error":null}"#
        let connector = try exporting(
            .json(empty.replacing("NUMBER", with: "4")),
            then: .inTurn([.json(empty.replacing("NUMBER", with: "5")), .json(count)]))
        await #expect(
            throws: ConnectorError.unexpected(reason: "survey 781923 counts 9 responses and exports none")
        ) { try await connector.identifiers(of: "answers", after: nil) }
    }

    @Test func `a survey that the settings name twice is read once`() async throws {
        let service = EmulatedService(Scene.two())
        var ledger = StreamLedger("answers")
        try await Scene.run(&ledger, service, ["surveys": .list(["781923", "781924", "781923"])])
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count)
        Scene.expectExact(ledger, service)
    }

    @Test func `a survey that the settings no longer name ends the run that was in it`() async throws {
        let service = EmulatedService(Scene.two())
        let page = try await Scene.connector(service).page(of: "answers", after: nil)
        let other = try Scene.connector(service, ["surveys": .list(["781924"])])
        let next = try await other.page(of: "answers", after: page.cursor)
        #expect(next.records.map(\.id) == (1...3).map { Scene.id($0, of: "781924") + "/Q1" })
    }
}
