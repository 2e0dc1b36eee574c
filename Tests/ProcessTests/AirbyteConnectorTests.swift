import PlumblineKit
import PlumblineTesting
import Testing

@testable import ProcessConnectors

@Suite struct AirbyteConnectorTests {
    /// A source with one stream, whose records came in the order of `at`; a state behind every second one, with its count.
    private static func play(_ order: ProgramOrder, rows: Int = 7, modes: JSON = ["full_refresh", "incremental"])
        -> PlayedPrograms.Play
    {
        switch order.command.dropFirst().first {
        case "check":
            let isGood =
                order.files["config.json"].map { String(decoding: $0, as: UTF8.self) } == #"{"key":"hush-hush"}"#
            let answer: JSON = isGood ? ["status": "SUCCEEDED"] : ["status": "FAILED", "message": "no key"]
            return PlayedPrograms.Play([JSON.object(["type": "CONNECTION_STATUS", "connectionStatus": answer]).text])
        case "discover":
            let stream: JSON = [
                "name": "deeds", "supported_sync_modes": modes, "source_defined_primary_key": [["id"]],
                "json_schema": ["properties": ["id": [:], "at": [:]]],
            ]
            return PlayedPrograms.Play([JSON.object(["type": "CATALOG", "catalog": ["streams": [stream]]]).text])
        default: return read(order, rows: rows)
        }
    }

    private static func read(_ order: ProgramOrder, rows: Int) -> PlayedPrograms.Play {
        let state = order.files["state.json"].flatMap { try? JSON.parse($0) }?.array?.first
        let begun = state?["stream"]?["stream_state"]?["at"]?.int ?? 0
        var lines: [JSON] = []
        for at in (begun + 1)..<(max(begun, rows) + 1) {
            lines.append(["type": "RECORD", "record": ["stream": "deeds", "data": ["id": .int(at), "at": .int(at)]]])
            if at % 2 == 0 || at == rows {
                let stats: JSON = ["recordCount": .number(at % 2 == 0 && at > begun + 1 ? "2.0" : "1.0")]
                let whose: JSON = ["name": "deeds"]
                let stream: JSON = ["stream_descriptor": whose, "stream_state": ["at": .int(at)]]
                lines.append(["type": "STATE", "state": ["type": "STREAM", "stream": stream, "sourceStats": stats]])
            }
        }
        let done: JSON = ["stream_descriptor": ["name": "deeds"], "status": "COMPLETE"]
        lines.append(["type": "TRACE", "trace": ["type": "STREAM_STATUS", "stream_status": done]])
        return PlayedPrograms.Play(lines.map(\.text))
    }

    private static let settings: [String: SettingInput] = [
        "command": .list(["source-deeds"]), "page_size": .text("2"),
        "config": .nested(.map(["key": .secret(Secret("hush-hush"))])),
    ]

    private static func context(_ programs: PlayedPrograms) -> ConnectorContext {
        ConnectorContext(
            transport: CannedTransport([:]), files: NoFiles(), programs: programs, now: FixedClock().now, zone: "UTC",
            log: { _ in })
    }

    private func connector(
        _ programs: PlayedPrograms, _ changes: [String: SettingInput] = [:]
    ) throws -> AirbyteConnector {
        try AirbyteConnector(
            settings: Settings(
                Self.settings.merging(changes) { $1 }, against: AirbyteConnector.description.settings),
            context: Self.context(programs))
    }

    @Test func `conforms`() async throws {
        try await ConformanceSuite(
            AirbyteConnector.self, settings: Self.settings, stream: "deeds", records: Set((1...7).map(String.init))
        ) { Self.context(PlayedPrograms { Self.play($0) }) }.run()
    }

    private func pages(_ connector: AirbyteConnector, after cursor: Cursor? = nil) async throws -> [Page] {
        var pages: [Page] = []
        var cursor = cursor
        repeat {
            pages.append(try await connector.page(of: "deeds", after: cursor))
            cursor = pages.last?.cursor
        } while pages.last?.hasMore == true && pages.count < 20
        return pages
    }

    @Test func `an incremental stream is given its state back, a whole one is read whole each time`() async throws {
        for (changes, again) in [([:], 0), (["full_refresh": SettingInput.list(["deeds"])], 7)] {
            let programs = PlayedPrograms { Self.play($0) }
            let first = try await pages(connector(programs, changes))
            #expect(first.flatMap(\.records).count == 7)
            let second = try await pages(connector(programs, changes), after: first.last?.cursor)
            #expect(second.flatMap(\.records).count == again)
            #expect((programs.orders.last?.files["state.json"] != nil) == (again == 0))
        }
    }

    @Test func `the catalog selects the stream with its key and its way`() async throws {
        let programs = PlayedPrograms { Self.play($0, modes: ["full_refresh"]) }
        _ = try await connector(programs).page(of: "deeds", after: nil)
        let catalog = try JSON.parse(try #require(programs.orders.last?.files["catalog.json"]))
        let entry = try #require(catalog["streams"]?.array?.first)
        #expect(entry["sync_mode"] == "full_refresh" && entry["destination_sync_mode"] == "overwrite")
        #expect(entry["primary_key"] == [["id"]] && entry["stream"]?["name"] == "deeds")
    }

    @Test func `check asks the source and tells its streams, or what it says is wrong`() async throws {
        let report = try await connector(PlayedPrograms { Self.play($0) }).check()
        #expect(report.remarks == ["is played", "stream deeds: key id, incremental, fields id, at"])
        let wrong = try connector(PlayedPrograms { Self.play($0) }, ["config": .nested(.map([:]))])
        await #expect(throws: ConnectorError.settings(field: "config", reason: "the source says: no key")) {
            try await wrong.check()
        }
    }

    @Test func `a sweep reads everything, without a state`() async throws {
        let programs = PlayedPrograms { Self.play($0) }
        let page = try await connector(programs).identifiers(of: "deeds", after: nil)
        #expect(page.identifiers == (1...7).map(String.init))
    }

    // MARK: What must not change unseen

    @Test(arguments: [false, true])
    func `a key that changes between runs stops the next one before it gives anything`(isWhole: Bool) async throws {
        let changes: [String: SettingInput] = isWhole ? ["full_refresh": .list(["deeds"])] : [:]
        let first = try await pages(connector(PlayedPrograms { Self.play($0) }, changes))
        let other = PlayedPrograms { order in
            var play = Self.play(order, rows: 9)
            play.lines = play.lines.map { $0.replacing(#"[["id"]]"#, with: #"[["id"],["at"]]"#) }
            return play
        }
        let error = await #expect(throws: ConnectorError.self) {
            try await connector(other, changes).page(of: "deeds", after: first.last?.cursor)
        }
        #expect("\(error, default: "-")".contains("was id and is id, at"))
    }

    @Test(arguments: ["check", "discover"])
    func `a configuration that check or discover want replaced is told before a token is used up`(
        verb: String
    ) async throws {
        let config: JSON = ["key": "hush-hush", "refresh_token": "new-token"]
        let control: JSON = [
            "type": "CONTROL", "control": ["type": "CONNECTOR_CONFIG", "connectorConfig": ["config": config]],
        ]
        let programs = PlayedPrograms { order in
            var play = Self.play(order)
            if order.command.dropFirst().first == verb { play.lines.insert(control.text, at: 0) }
            return play
        }
        let error = await #expect(throws: ConnectorError.self) { try await connector(programs).check() }
        guard case .settings("config", let reason)? = error else {
            Issue.record("expected a mistake in the configuration, got \(String(describing: error))")
            return
        }
        #expect(reason.contains("refresh_token") && !reason.contains("new-token") && !reason.contains("'key'"))
    }

    @Test(arguments: [
        ("keys", SettingInput.nested(.map(["deads": .value("id")]))), ("cursor_fields", .map(["deads": "at"])),
        ("full_refresh", .list(["deads"])),
    ])
    func `a name that no stream has is a mistake`(key: String, value: SettingInput) async throws {
        for isCheck in [true, false] {
            let connector = try connector(PlayedPrograms { Self.play($0) }, [key: value])
            let error = await #expect(throws: ConnectorError.self) {
                if isCheck { _ = try await connector.check() } else { _ = try await pages(connector) }
            }
            #expect("\(error, default: "-")".contains("'\(key)'") && "\(error, default: "-")".contains("deads"))
        }
    }

    @Test func `a stream is known to the settings with and without its namespace`() async throws {
        for name in ["deeds", "hr.deeds"] {
            let programs = PlayedPrograms { order in
                var play = Self.play(order)
                play.lines = play.lines.map {
                    $0.replacing(#""name":"deeds""#, with: #""name":"deeds","namespace":"hr""#)
                        .replacing(#""stream":"deeds""#, with: #""stream":"deeds","namespace":"hr""#)
                }
                return play
            }
            let changes: [String: SettingInput] = [
                "full_refresh": .list([name]), "keys": .nested(.map([name: .value("at")])),
            ]
            let found = try await connector(programs, changes).page(of: "hr.deeds", after: nil)
            #expect(!found.records.isEmpty)
            let catalog = try JSON.parse(try #require(programs.orders.last?.files["catalog.json"]))
            #expect(catalog["streams"]?.array?.first?["sync_mode"] == "full_refresh")
            #expect(catalog["streams"]?.array?.first?["primary_key"] == [["at"]])
        }
    }
}
