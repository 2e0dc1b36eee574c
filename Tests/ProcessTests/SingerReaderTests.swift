import PlumblineKit
import PlumblineTesting
import Testing

@testable import ProcessConnectors

@Suite struct SingerReaderTests {
    private static let schema =
        #"{"type":"SCHEMA","stream":"deeds","schema":{"properties":{"id":{"type":"integer"},"points":{"type":["null","number"]}}},"key_properties":["id"]}"#

    private func record(_ id: Int, _ more: String = "") -> String {
        #"{"type":"RECORD","stream":"deeds","record":{"id":\#(id)\#(more)}}"#
    }

    private func state(_ at: Int) -> String { #"{"type":"STATE","value":{"bookmarks":{"deeds":{"at":\#(at)}}}}"# }

    private func replay(_ lines: String..., keys: RecordKeys? = nil, end: ProgramEnd = ProgramEnd(.exited(0))) -> Replay
    {
        Replay(lines, by: SingerReader(stream: "deeds", keys: keys), end: end)
    }

    // MARK: Recordings

    @Test(
        .enabled(if: SharedFolder.isExpected, "needs the shared folder's recordings"),
        arguments: [
            ("tap-jsonl.sync", "people", ["1", "2", "3"]),
            ("tap-rest-api-msdk.sync", "tickets", ["1", "2", "3", "4", "5", "6", "7"]),
            ("tap-rest-api-msdk.state", "tickets", ["1", "2", "3", "4", "5", "6", "7"]),
            ("tap-freshdesk.sync", "groups", ["10", "11"]), ("tap-freshdesk.sync", "roles", ["10", "11"]),
        ])
    func `a recorded tap gives its records, whole and in order, and its last state`(
        file: String, stream: String, ids: [String]
    ) throws {
        let lines = try Replay.recorded("singer/\(file).jsonl")
        let replay = Replay(lines, by: SingerReader(stream: stream))
        #expect(replay.failure == nil && replay.page.rejected.isEmpty)
        #expect(replay.page.records.map(\.id) == ids)
        #expect(replay.page.records.map(\.json) == (try Replay.objects(lines, "record", of: stream)))
        #expect(replay.state == (try JSON.parse(Array((lines.last ?? "").utf8)))["value"])
    }

    @Test(.enabled(if: SharedFolder.isExpected, "needs the shared folder's recordings"))
    func `numbers and texts of a recorded tap keep their own form`() throws {
        let people = Replay(try Replay.recorded("singer/tap-jsonl.sync.jsonl"), by: SingerReader(stream: "people"))
        #expect(people.page.records.map { $0.json["score"] } == [.number("3.5"), .null, .number("4")])
        #expect(people.page.records.last?.json["name"] == "赵")
    }

    @Test(.enabled(if: SharedFolder.isExpected, "needs the shared folder's recordings"))
    func `a stream that was not selected gives a state and nothing else`() throws {
        let lines = try Replay.recorded("singer/tap-rest-api-msdk.deselected.jsonl")
        let replay = Replay(lines, by: SingerReader(stream: "tickets"))
        #expect(replay.page == Page(cursor: Cursor(text: ""), hasMore: false) && replay.state == [:])
    }

    @Test(.enabled(if: SharedFolder.isExpected, "needs the shared folder's recordings"))
    func `a tap that was refused fails with what it said last`() throws {
        let lines = try Replay.recorded("singer/tap-rest-api-msdk.http401.jsonl")
        let end = ProgramEnd(.exited(1), diagnostics: ["401 Client Error"])
        let replay = Replay(lines, by: SingerReader(stream: "tickets"), end: end)
        guard case .unavailable(let reason, _) = replay.failure else {
            Issue.record("expected a failure that may pass, got \(String(describing: replay.failure))")
            return
        }
        #expect(reason.contains("exit code 1") && reason.contains("401 Client Error") && replay.state == nil)
    }

    @Test(.enabled(if: SharedFolder.isExpected, "needs the shared folder's recordings"))
    func `records in files of the tap's own are refused, and no state behind them counts`() throws {
        let lines = try Replay.recorded("singer/tap-jsonl.batch.jsonl")
        let replay = Replay(lines, by: SingerReader(stream: "people"))
        guard case .settings("config", let reason) = replay.failure else {
            Issue.record("expected a mistake in the settings, got \(String(describing: replay.failure))")
            return
        }
        #expect(reason.contains("batch_config") && replay.state == nil)
    }

    @Test(.enabled(if: SharedFolder.isExpected, "needs the shared folder's recordings"))
    func `a recorded catalog is selected stream by stream, fields that were left out stay out`() throws {
        for name in [
            "tap-rest-api-msdk.discover", "tap-rest-api-msdk.catalog-agent_name-deselected", "tap-jsonl.discover",
        ] {
            let json = try JSON.parse(Array(try Replay.recorded("singer/\(name).json").joined(separator: "\n").utf8))
            let catalog = SingerCatalog(json)
            let stream = try #require(catalog.names.first)
            let selected = try catalog.selecting(stream)["streams"]?.array?.first
            let metadata = try #require(selected?["metadata"]?.array)
            for entry in metadata {
                let isLeftOut = name.contains("deselected") && entry["breadcrumb"] == ["properties", "agent_name"]
                #expect(entry["metadata"]?["selected"] == .bool(!isLeftOut), "\(name) \(entry)")
            }
            #expect(throws: ConnectorError.self) { try catalog.selecting("no_such_stream") }
        }
    }

    // MARK: States

    @Test func `a state that is not to be gone on from does not count`() {
        let unfinished = #"{"type":"STATE","value":{"bookmarks":{"deeds":{"progress_markers":{"at":9}}}}}"#
        #expect(
            replay(Self.schema, record(1), state(1), record(2), unfinished).state == ["bookmarks": ["deeds": ["at": 1]]]
        )
        let stuck = replay(Self.schema, record(1), unfinished)
        #expect(
            stuck.state == nil && stuck.page.anomalies.map(\.reason).contains { $0.contains("cannot be gone on from") })
        #expect(replay(Self.schema, record(1), unfinished, state(1)).page.anomalies.isEmpty)
    }

    @Test func `a state that is nested too deeply is left out, and what is kept can be read again`() throws {
        for depth in 90...124 {
            let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            let replay = replay(Self.schema, record(1), state(1), #"{"type":"STATE","value":{"a":\#(nested)}}"#)
            _ = try ProgramCursor(ProgramCursor(state: replay.state).cursor)
            #expect(replay.failure == nil && replay.page.rejected.isEmpty)
            #expect((replay.state?["a"] != nil) == (depth < 100))
            #expect(replay.page.anomalies.count == (depth < 100 ? 0 : 1))
        }
    }

    @Test func `a state before everything, one that goes back and one that is none stop nothing`() {
        let early = replay(state(5), Self.schema, record(1), state(3))
        #expect(early.failure == nil && early.state == ["bookmarks": ["deeds": ["at": 3]]])
        let none = replay(Self.schema, state(3), #"{"type":"STATE","value":null}"#, #"{"type":"STATE"}"#)
        #expect(none.state == ["bookmarks": ["deeds": ["at": 3]]] && none.page.anomalies.count == 1)
    }

    @Test func `a state that came before a failure is kept`() {
        let crash = replay(Self.schema, record(1), state(1), record(2), end: ProgramEnd(.signal(9)))
        #expect(crash.failure != nil && crash.state == ["bookmarks": ["deeds": ["at": 1]]])
        #expect(crash.page.records.map(\.id) == ["1", "2"])
    }

    // MARK: Keys and schemas

    @Test func `a record before its schema, and a stream without a key, are refused`() {
        #expect(replay(record(1)).failure == .unexpected(reason: "a record of 'deeds' came before its SCHEMA"))
        let keyless = #"{"type":"SCHEMA","stream":"deeds","schema":{},"key_properties":[]}"#
        #expect(replay(keyless, record(1)).failure == .noKeys("deeds"))
        #expect(replay(keyless, record(1), keys: RecordKeys(fields: ["id"])).page.records.map(\.id) == ["1"])
    }

    @Test func `keys of several fields are one identifier, and a record without one is rejected`() {
        let keys = RecordKeys(fields: ["order", "line"])
        let replay = replay(
            Self.schema, #"{"type":"RECORD","stream":"deeds","record":{"order":"A/1","line":2}}"#, record(3), keys: keys
        )
        #expect(replay.page.records.map(\.id) == ["A%2F1/2"])
        #expect(replay.page.rejected.map(\.line) == [3] && replay.page.rejected[0].reason.contains("'order'"))
    }

    @Test func `a key that changes in the middle stops the run`() {
        let other = Self.schema.replacing(#"["id"]"#, with: #"["points"]"#)
        let changed = replay(Self.schema, record(1), other, record(2))
        guard case .unexpected = changed.failure else {
            Issue.record("expected the run to stop")
            return
        }
        #expect(changed.page.records.count == 1)
    }

    @Test func `records that differ from their schema are taken and told`() {
        let replay = replay(
            Self.schema, record(1, #","points":"many""#), record(2, #","points":"more""#),
            record(3, #","points":1.50"#),
            Self.schema.replacing("points", with: "score"), record(4))
        #expect(replay.page.records.count == 4 && replay.page.rejected.isEmpty)
        #expect(
            replay.page.anomalies == [
                Anomaly(id: "1", reason: "'points' is text, its schema says null or number (2 times)"),
                Anomaly(id: "deeds", reason: "the schema changed during the run: +score, -points"),
            ])
        #expect(replay.page.records[2].json["points"] == .number("1.50"))
    }

    // MARK: What is no message

    @Test func `another stream's records and unknown messages are left out and told`() {
        let other = #"{"type":"RECORD","stream":"others","record":{"id":9}}"#
        let replay = replay(Self.schema, other, other, record(1), #"{"type":"NEWS"}"#, #"{"no":"type"}"#)
        #expect(replay.page.records.map(\.id) == ["1"] && replay.failure == nil)
        #expect(replay.page.anomalies.count == 3 && replay.page.anomalies[0].reason.hasSuffix("(2 times)"))
    }

    @Test func `what was perhaps a record is rejected, what programs print besides is counted`() {
        let broken = record(2).dropLast(1)
        let replay = replay(
            "Loading...", Self.schema, record(1), String(broken), "", "  ", "\u{0}\u{0}", record(3),
            #"{"type":"RECORD","stream":"deeds","record":{"id":NaN}}"#,
            #"{"type":"RECORD","stream":"deeds","record":7}"#,
            state(3))
        #expect(replay.page.records.map(\.id) == ["1", "3"])
        #expect(replay.page.rejected.map(\.line) == [4, 9, 10])
        #expect(String(decoding: replay.page.rejected[0].raw, as: UTF8.self) == broken)
        #expect(
            replay.page.anomalies.map(\.reason) == [
                "the program printed lines among its messages that are none (2 times)"
            ])
        #expect(replay.state != nil)
    }

    @Test func `what cannot be read is known by its contents, not by where it stands`() {
        let (one, other) = (#"{"type":"RECORD""#, #"{"type":"RECORD","#)
        func ids(_ lines: String...) -> [String] {
            Replay([Self.schema] + lines, by: SingerReader(stream: "deeds")).page.rejected.map(\.id)
        }
        #expect(ids(one) != ids(other) && ids(one) == ids(state(1), state(2), one).suffix(1))
        let keyless = #"{"type":"RECORD","stream":"deeds","record":{"points":1}}"#
        let later = keyless.replacing(#""record""#, with: #""time_extracted":"2026-07-01","record""#)
        #expect(ids(keyless) == ids(later) && ids(keyless).count == 1)
        #expect(ids(one).allSatisfy { $0.hasPrefix("line-") && $0.count == 21 })
    }

    @Test func `a message behind other text on its line is not passed over`() throws {
        for text in ["Loading ", "\r 99%\r", "[", "\u{FEFF}"] {
            let replay = replay(Self.schema, text + record(1).replacing(#""type":"#, with: #""type" : "#), state(1))
            #expect(replay.page.records.isEmpty && replay.page.rejected.count == 1, "\(text)")
            #expect(throws: ConnectorError.self) { try replay.page.identifiers() }
        }
        let plain = replay(Self.schema, "Loading...", #"INFO METRIC: {"type": "counter", "value": 1}"#, record(1))
        #expect(plain.page.rejected.isEmpty && plain.page.anomalies.count == 1)
        #expect(replay("\u{FEFF}" + Self.schema, record(1)).page.records.count == 1, "a mark of the order of bytes")
    }

    @Test func `a program that prints garbage without end is stopped, and its state is kept`() {
        let lines = [Self.schema, record(1), state(1)] + [String](repeating: "{", count: 20_000)
        let replay = Replay(lines, by: SingerReader(stream: "deeds"))
        guard case .unexpected(let reason) = replay.failure else {
            Issue.record("expected the run to stop, got \(String(describing: replay.failure))")
            return
        }
        #expect(reason.contains("10000 lines") && replay.state != nil && replay.page.rejected.count <= 10_001)
        let name = String(repeating: "n", count: 5000)
        let wide = Self.schema.replacing("points", with: name)
        let odd = Replay([wide, record(1, #","\#(name)":"x""#)], by: SingerReader(stream: "deeds"))
        #expect(odd.page.anomalies.count == 1 && odd.page.anomalies[0].reason.count < 200)
    }

    // MARK: Deletions

    @Test func `a record that says when it was deleted is a deletion, and the last that is told counts`() {
        let gone = record(1, #","_sdc_deleted_at":"2026-07-01T00:00:00Z""#)
        let there = record(1, #","_sdc_deleted_at":null"#)
        #expect(replay(Self.schema, there).page.records.map(\.id) == ["1"])
        let deleted = replay(Self.schema, record(2), there, gone).page
        #expect(deleted.records.map(\.id) == ["2"] && deleted.deleted == ["1"])
        let back = replay(Self.schema, gone, gone, there).page
        #expect(back.records.map(\.id) == ["1"] && back.deleted.isEmpty)
    }

    @Test func `bytes that are no text, and lines that are too long, are rejected`() {
        let lines = [Self.schema, record(1)].map { ProgramLine(bytes: Array($0.utf8)[...]) }
        let bad = ProgramLine(bytes: Array(record(2, #","x":""#).utf8.dropLast(2)) + [0xFF, 0x22, 0x7D, 0x7D][...])
        let cut = ProgramLine(bytes: Array(record(3).utf8.prefix(9))[...], isCut: true)
        let replay = Replay(lines + [bad, cut], by: SingerReader(stream: "deeds"))
        #expect(replay.page.records.count == 1 && replay.page.rejected.map(\.line) == [3, 4])
        #expect(replay.page.rejected[1].reason.contains("max_line_bytes"))
    }

    @Test func `half a line counts where the program ended well, and says nothing where it died`() {
        let half = ProgramLine(bytes: Array(record(1).utf8.dropLast(3))[...], isClosed: false)
        let whole = ProgramLine(bytes: Array(record(2).utf8)[...], isClosed: false)
        let schema = ProgramLine(bytes: Array(Self.schema.utf8)[...])
        let reader = SingerReader(stream: "deeds")
        #expect(Replay([schema, half], by: reader).page.rejected.map(\.line) == [2])
        #expect(Replay([schema, half], by: reader, end: ProgramEnd(.signal(9))).page.rejected.isEmpty)
        #expect(Replay([schema, whole], by: reader).page.records.map(\.id) == ["2"])
    }
}
