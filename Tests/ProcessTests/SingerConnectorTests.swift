import PlumblineKit
import PlumblineTesting
import Testing

@testable import ProcessConnectors

@Suite struct SingerConnectorTests {
    private static let settings: [String: SettingInput] = [
        "command": .list(["tap-deeds"]), "page_size": .text("2"),
        "config": .nested(.map(["token": .secret(Secret("hush-hush")), "deep": .list([.value(1)])])),
    ]

    private func connector(_ tap: EmulatedTap, _ changes: [String: SettingInput] = [:]) throws -> SingerConnector {
        let input = Self.settings.merging(changes) { $1 }
        return try SingerConnector(
            settings: Settings(input, against: SingerConnector.description.settings), context: Self.context(tap))
    }

    private static func context(_ tap: EmulatedTap) -> ConnectorContext {
        ConnectorContext(
            transport: CannedTransport([:]), files: NoFiles(), programs: tap.programs, now: FixedClock().now,
            zone: "UTC",
            log: { _ in withExtendedLifetime(tap) {} })
    }

    @Test func `conforms`() async throws {
        // Two bad lines fill the first page, so that the pages behind it end with a state.
        let bad = [#"{"type":"RECORD","stream":"deeds","record":{"at":1}}"#, #"{"type":"RECORD","stream":"deeds"}"#]
        let tap = EmulatedTap(rows: 7, noise: bad)
        try await ConformanceSuite(
            SingerConnector.self, settings: Self.settings, stream: "deeds",
            records: Set((1...7).map(String.init)),
            rejected: [ContentHash.line(#"{"at":1}"#.utf8), ContentHash.line(bad[1].utf8)]
        ) { Self.context(tap) }.run()
    }

    /// A run that ends where the program dies, as the host leads it: pages are kept, and so is the last cursor.
    private func pull(
        _ tap: EmulatedTap, into rows: inout [String: JSON], after cursor: Cursor?
    ) async throws -> (cursor: Cursor?, isWhole: Bool) {
        let connector = try connector(tap)
        var cursor = cursor
        while true {
            do throws(ConnectorError) {
                let page = try await connector.page(of: "deeds", after: cursor)
                for record in page.records { rows[record.id] = record.json }
                if page.hasMore { #expect(page.cursor != cursor, "a page moves on") }
                cursor = page.cursor
                if !page.hasMore { return (cursor, true) }
            } catch {
                return (cursor, false)
            }
        }
    }

    @Test func `a tap that dies after any line loses nothing, and its runs come to an end`() async throws {
        for dies in 0...14 {
            let tap = EmulatedTap(rows: 7)
            var rows: [String: JSON] = [:]
            tap.die(after: dies)
            var end = try await pull(tap, into: &rows, after: nil)
            for id in [2, 5] { tap.change(id) }
            tap.die(after: 4)
            var runs = 0
            repeat {
                runs += 1
                if runs == 4 { tap.die(after: nil) }
                end = try await pull(tap, into: &rows, after: end.cursor)
            } while !end.isWhole && runs < 20
            #expect(end.isWhole && rows == tap.rows, "died after \(dies) lines")
            #expect(tap.programs.running == 0, "every program has ended")
        }
    }

    @Test func `a second run gives what changed and nothing else`() async throws {
        let tap = EmulatedTap(rows: 7)
        var rows: [String: JSON] = [:]
        let first = try await pull(tap, into: &rows, after: nil)
        tap.change(3)
        var news: [String: JSON] = [:]
        _ = try await pull(tap, into: &news, after: first.cursor)
        #expect(Set(news.keys) == ["3"] && tap.rows["3"] == news["3"])
    }

    @Test func `a sweep reads without a state and lists what is there`() async throws {
        let tap = EmulatedTap(rows: 5)
        tap.remove(2)
        let page = try await connector(tap).identifiers(of: "deeds", after: nil)
        #expect(Set(page.identifiers) == ["1", "3", "4", "5"] && !page.hasMore)
        #expect(tap.programs.orders.allSatisfy { $0.files["state.json"] == nil })
    }

    @Test func `the tap is given its configuration, the one stream, its state, and no word of secrets in arguments`()
        async throws
    {
        let tap = EmulatedTap(rows: 1)
        let connector = try connector(
            tap, ["environment": .nested(.map(["TZ": .value("UTC"), "KEY": .secret(Secret("hush"))]))])
        let page = try await connector.page(of: "deeds", after: nil)
        _ = try await connector.page(of: "deeds", after: page.cursor)
        let order = try #require(tap.programs.orders.last)
        #expect(
            order.command == [
                "tap-deeds", "--config", "config.json", "--catalog", "catalog.json", "--state", "state.json",
            ])
        #expect(
            order.files["config.json"].map { String(decoding: $0, as: UTF8.self) }
                == #"{"deep":[1],"token":"hush-hush"}"#)
        #expect(order.files["state.json"].map { String(decoding: $0, as: UTF8.self) } == #"{"at":1}"#)
        #expect(order.environment == ["TZ": "UTC", "KEY": "hush"])
        #expect(order.redaction.conceal("it is hush-hush") == "it is ***")
    }

    @Test func `check tells the streams with their keys and fields`() async throws {
        let report = try await connector(EmulatedTap(rows: 1)).check()
        #expect(report.remarks == ["is played", "stream deeds: key id, fields id, at"])
    }

    @Test(arguments: [
        ("config", SettingInput.nested(.value("x"))), ("environment", .nested(.map(["A=B": .value("x")]))),
        ("keys", .nested(.map(["deeds": .map([:])]))), ("files", .map(["../x": "y"])),
    ])
    func `a setting that makes no sense is named`(key: String, value: SettingInput) throws {
        let error = #expect(throws: ConnectorError.self) { try connector(EmulatedTap(rows: 1), [key: value]) }
        guard case .settings(key, _)? = error else {
            Issue.record("expected a mistake in \(key), got \(String(describing: error))")
            return
        }
    }

    // MARK: What must not change unseen

    @Test func `a key that changes between runs stops the next one before it gives anything`() async throws {
        for (keys, now) in [(["id", "at"] as JSON, "id, at"), (["at"], "at")] {
            let tap = EmulatedTap(rows: 3)
            var rows: [String: JSON] = [:]
            let first = try await pull(tap, into: &rows, after: nil)
            tap.change(2)
            tap.declare(keys: keys)
            let error = await #expect(throws: ConnectorError.self) {
                try await connector(tap).page(of: "deeds", after: first.cursor)
            }
            guard case .unexpected(let reason)? = error else {
                Issue.record("expected the run to stop, got \(String(describing: error))")
                return
            }
            #expect(reason.contains("was id and is \(now)") && reason.contains("'keys'"))
            tap.declare(keys: ["id"])
            #expect(try await connector(tap).page(of: "deeds", after: first.cursor).records.map(\.id) == ["2"])
        }
    }

    @Test func `what an argument names is part of how a stream is read, data is not`() async throws {
        let tap = EmulatedTap(rows: 3)
        func page(_ manifest: String, _ data: String, after cursor: Cursor?) async throws -> Page {
            let files = CannedFiles(["m": manifest, "d": data])
            let settings = try Settings(
                Self.settings.merging([
                    "page_size": .text("10"), "arguments": .list(["--manifest=manifest.yaml"]),
                    "files": .map(["manifest.yaml": "m", "rows.json": "d"]),
                ]) { $1 }, against: SingerConnector.description.settings)
            let context = ConnectorContext(
                transport: CannedTransport([:]), files: files, programs: tap.programs, now: FixedClock().now,
                zone: "UTC", log: { _ in withExtendedLifetime(tap) {} })
            return try await SingerConnector(settings: settings, context: context).page(of: "deeds", after: cursor)
        }
        let first = try await page("one", "a", after: nil)
        #expect(first.records.count == 3)
        #expect(try await page("one", "b", after: first.cursor).records.isEmpty, "data may change")
        let anew = try await page("two", "b", after: first.cursor)
        #expect(anew.records.count == 3, "all is read anew")
        #expect(try await page("two", "b", after: anew.cursor).records.isEmpty)
        let old = Cursor(text: #"{"state":{"at":3}}"#)
        #expect(try await page("two", "b", after: old).records.isEmpty, "a cursor of before goes on")
    }

    // MARK: What is asked

    @Test func `without a catalog check starts the tap once, so that its command is tried`() async throws {
        let tap = EmulatedTap(rows: 1)
        _ = try await connector(tap, ["catalog": .text("none")]).check()
        #expect(tap.programs.orders.map(\.command) == [["tap-deeds", "--help"]] && tap.programs.running == 0)
    }

    @Test func `a name under keys that no stream has is a mistake`() async throws {
        let keys = SettingInput.nested(.map(["deads": .value("id")]))
        for work in [
            { _ = try await $0.check() }, { _ = try await $0.page(of: "deeds", after: nil) },
        ] as [(SingerConnector) async throws -> Void] {
            let error = await #expect(throws: ConnectorError.self) {
                try await work(connector(EmulatedTap(rows: 1), ["keys": keys]))
            }
            #expect("\(error, default: "-")".contains("'keys'") && "\(error, default: "-")".contains("deads"))
        }
    }

    @Test func `two streams of one name in the catalog are told apart by their own names alone`() throws {
        let entries: [JSON] = ["a", "b"].map { ["tap_stream_id": .string("\($0)-deeds"), "stream": "deeds"] }
        for order in [entries, entries.reversed()] {
            let catalog = SingerCatalog(["streams": .array(order)])
            let error = #expect(throws: ConnectorError.self) { try catalog.selecting("deeds") }
            #expect("\(error, default: "-")".contains("a-deeds, b-deeds"))
            #expect(try catalog.selecting("b-deeds")["streams"]?.array?.count == 2)
        }
    }

    @Test func `a catalog that is longer than a line may be is told as such`() throws {
        let line = ProgramLine(bytes: Array(#"{"streams":[{"#.utf8)[...], isCut: true)
        let error = #expect(throws: ConnectorError.self) { try SingerCatalog(([line], ProgramEnd(.exited(0)))) }
        #expect("\(error, default: "-")".contains("max_line_bytes"))
    }

    @Test func `a key that the catalog alone knows counts`() {
        let schema = #"{"type":"SCHEMA","stream":"deeds","schema":{},"key_properties":[]}"#
        let catalog = SingerCatalog([
            "streams": [
                [
                    "tap_stream_id": "deeds",
                    "metadata": [["breadcrumb": [], "metadata": ["table-key-properties": ["id"]]]],
                ]
            ]
        ])
        let reader = SingerReader(stream: "deeds", catalogKeys: catalog.keys(of: "deeds"))
        let record = #"{"type":"RECORD","stream":"deeds","record":{"id":5}}"#
        #expect(Replay([schema, record], by: reader).page.records.map(\.id) == ["5"])
    }
}
