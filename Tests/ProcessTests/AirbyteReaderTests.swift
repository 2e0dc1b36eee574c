import PlumblineKit
import PlumblineTesting
import Synchronization
import Testing

@testable import ProcessConnectors

@Suite struct AirbyteReaderTests {
    private static let stream: JSON = [
        "name": "deeds", "supported_sync_modes": ["full_refresh", "incremental"],
        "source_defined_primary_key": [["id"]],
        "json_schema": ["properties": ["id": ["type": "integer"], "note": ["type": ["null", "string"]]]],
    ]

    private func reader(
        _ json: JSON = stream, keys: RecordKeys? = nil, isIncremental: Bool = true, state: JSON? = nil,
        config: JSON = [:], log: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> AirbyteReader {
        AirbyteReader(
            try #require(AirbyteStream(json)), keys: keys, isIncremental: isIncremental, state: state, config: config,
            redaction: Redaction(secrets: ["hush-hush"]), log: log)
    }

    private func record(_ id: Int, stream: String = "deeds") -> String {
        #"{"type":"RECORD","record":{"stream":"\#(stream)","data":{"id":\#(id)},"emitted_at":1}}"#
    }

    private func state(_ at: Int, count: String? = nil, stream: String = "deeds") -> String {
        let stats = count.map { #","sourceStats":{"recordCount":\#($0)}"# } ?? ""
        return #"{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"\#(stream)"},"#
            + #""stream_state":{"at":\#(at)}}\#(stats)}}"#
    }

    private func status(_ word: String, stream: String = "deeds") -> String {
        #"{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1.5,"stream_status":{"stream_descriptor":{"name":"#
            + #""\#(stream)"},"status":"\#(word)"}}}"#
    }

    private func error(_ kind: String, _ message: String = "no way, hush-hush") -> String {
        #"{"type":"TRACE","trace":{"type":"ERROR","error":{"message":"\#(message)","failure_type":"\#(kind)"}}}"#
    }

    private func kept(_ at: Int) -> JSON {
        [["type": "STREAM", "stream": ["stream_descriptor": ["name": "deeds"], "stream_state": ["at": .int(at)]]]]
    }

    // MARK: Recordings

    private func recorded(
        _ file: String, _ stream: String, end: ProgramEnd = ProgramEnd(.exited(0))
    ) throws -> (lines: [String], replay: Replay) {
        let catalog = try JSON.parse(Array(try #require(try Replay.recorded("airbyte/discover.jsonl").first).utf8))
        let entry = try AirbyteCatalog(try #require(catalog["catalog"])).stream(stream)
        let lines = try Replay.recorded("airbyte/\(file).jsonl")
        let reader = AirbyteReader(entry, keys: RecordKeys(fields: ["id"]), isIncremental: entry.isIncremental)
        return (lines, Replay(lines, by: reader, end: end))
    }

    @Test(
        .enabled(if: SharedFolder.isExpected, "needs the shared folder's recordings"),
        arguments: [
            ("read-incremental", "2024-05-05T00:00:00Z", 0), ("read-one-stream-fails", "2024-05-03T08:00:00Z", 1),
        ])
    func `a recorded source gives its records and its state, whatever became of other streams`(
        file: String, at: String, status: Int
    ) throws {
        let (lines, replay) = try recorded(file, "tickets", end: ProgramEnd(.exited(status)))
        #expect(replay.failure == nil && replay.page.rejected.isEmpty)
        #expect(replay.page.records.map(\.id) == ["1", "2", "3"])
        #expect(replay.page.records.map(\.json) == (try Replay.objects(lines, "record", "data", of: "tickets")))
        let state: JSON = ["stream_descriptor": ["name": "tickets"], "stream_state": ["updated_at": .string(at)]]
        #expect(replay.state == [["type": "STREAM", "stream": state]])
    }

    @Test(.enabled(if: SharedFolder.isExpected, "needs the shared folder's recordings"))
    func `the recorded stream that failed fails with what is wrong with it, and keeps no state`() throws {
        let replay = try recorded("read-one-stream-fails", "denied", end: ProgramEnd(.exited(1))).replay
        guard case .settings("config", let reason) = replay.failure else {
            Issue.record("expected a mistake in the settings, got \(String(describing: replay.failure))")
            return
        }
        #expect(reason.contains("401") && replay.page.records.isEmpty && replay.state == nil)
    }

    @Test(.enabled(if: SharedFolder.isExpected, "needs the shared folder's recordings"))
    func `a recorded source with a wrong configuration says which key is missing`() throws {
        let replay = try recorded("read-bad-config", "tickets", end: ProgramEnd(.exited(1))).replay
        #expect(
            replay.failure
                == .settings(
                    field: "config",
                    reason: "the source says: Config validation error: 'k' is a required property"))
    }

    // MARK: States

    @Test func `of a state the form counts in which it goes back`() throws {
        let stream = Replay([record(1), state(1)], by: try reader())
        #expect(stream.state == kept(1))
        let global =
            #"{"type":"STATE","state":{"type":"GLOBAL","global":{"shared_state":{"lsn":7},"stream_states":[]}}}"#
        #expect(
            Replay([record(1), global], by: try reader()).state
                == [["type": "GLOBAL", "global": ["shared_state": ["lsn": 7], "stream_states": []]]])
        let legacy = #"{"type":"STATE","state":{"data":{"deeds":{"at":3}}}}"#
        #expect(Replay([record(1), legacy], by: try reader()).state == ["deeds": ["at": 3]])
        let none = state(1).replacing(#"{"at":1}"#, with: #"{"__ab_no_cursor_state_message":true}"#)
        #expect(Replay([none], by: try reader(state: kept(0))).state == kept(0))
    }

    @Test func `another stream's state is left out`() throws {
        let replay = Replay([record(1), state(9, stream: "others")], by: try reader(state: kept(0)))
        #expect(replay.state == kept(0) && replay.page.anomalies.count == 1)
    }

    @Test func `with full refresh no state is kept`() throws {
        let replay = Replay([record(1), state(1)], by: try reader(isIncremental: false, state: kept(0)))
        #expect(replay.state == nil && replay.page.records.count == 1)
    }

    @Test func `a state that speaks of records which did not come stops the run before it counts`() throws {
        let lie = Replay([record(1), state(1, count: "1.0"), record(2), state(3, count: "2.0")], by: try reader())
        guard case .unexpected(let reason) = lie.failure else {
            Issue.record("expected the run to stop, got \(String(describing: lie.failure))")
            return
        }
        #expect(reason.contains("speaks of 2 records, 1 came") && lie.state == kept(1))
    }

    @Test func `a line that could not be read counts as the record that it may have been`() throws {
        let replay = Replay([record(1), #"{"type":"RECORD""#, state(2, count: "2")], by: try reader())
        #expect(replay.failure == nil && replay.page.rejected.count == 1 && replay.state == kept(2))
    }

    // MARK: Ends

    @Test(arguments: [
        (["COMPLETE"], 1, true), (["STARTED", "RUNNING", "COMPLETE"], 0, true), ([], 0, true), ([], 1, false),
        (["STARTED"], 0, false), (["RUNNING", "INCOMPLETE"], 0, false),
    ])
    func `the stream's status decides, and the exit code where there is none`(
        words: [String], code: Int, isGood: Bool
    ) throws {
        let replay = Replay([record(1)] + words.map { status($0) }, by: try reader(), end: ProgramEnd(.exited(code)))
        #expect((replay.failure == nil) == isGood)
        let other = Replay([status("INCOMPLETE", stream: "others"), status("COMPLETE")], by: try reader())
        #expect(other.failure == nil)
    }

    @Test func `an error says whether it may pass, and no secret`() throws {
        let lines = [status("INCOMPLETE")]
        let ends = try ["config_error", "transient_error", "system_error"].map { kind in
            Replay([error(kind), error("config_error", "summary")] + lines, by: try reader()).failure
        }
        #expect(
            ends == [
                .settings(field: "config", reason: "the source says: no way, ***"),
                .unavailable(reason: "no way, ***", retryAfter: nil),
                .unexpected(reason: "the source failed: no way, ***"),
            ])
    }

    @Test func `a configuration that is to be replaced fails the run, the same one does not`() throws {
        func control(_ token: String) -> String {
            #"{"type":"CONTROL","control":{"type":"CONNECTOR_CONFIG","connectorConfig":{"config":{"token":"\#(token)"}}}}"#
        }
        let config: JSON = ["token": "one"]
        #expect(Replay([control("one")], by: try reader(config: config)).failure == nil)
        guard case .settings("config", let reason)? = Replay([control("two")], by: try reader(config: config)).failure
        else {
            Issue.record("expected the run to fail")
            return
        }
        #expect(!reason.contains("two") && reason.contains("token"))
    }

    // MARK: Records

    @Test func `what the schema names and a record lacks is null`() throws {
        let replay = Replay([record(1)], by: try reader())
        #expect(replay.page.records.first?.json == ["id": 1, "note": .null] && replay.page.anomalies.isEmpty)
    }

    private func stream(in namespace: String?) throws -> JSON {
        var object = try #require(Self.stream.object)
        object["namespace"] = namespace.map(JSON.string)
        return .object(object)
    }

    @Test func `a stream with a namespace is known by both, and what comes from elsewhere stops the run`() throws {
        let line = record(1).replacing(#""stream":"deeds""#, with: #""stream":"deeds","namespace":"hr""#)
        let hr = try reader(stream(in: "hr"))
        #expect(Replay([line], by: hr).page.records.map(\.id) == ["1"])
        let stray = Replay([line, record(2)], by: hr)
        guard case .unexpected(let reason) = stray.failure else {
            Issue.record("expected the run to stop, got \(String(describing: stray.failure))")
            return
        }
        #expect(reason.contains("'hr.deeds'") && stray.page.records.map(\.id) == ["1"])
        let empty = record(2).replacing(#""stream":"deeds""#, with: #""stream":"deeds","namespace":"""#)
        #expect(Replay([empty], by: try reader()).page.records.map(\.id) == ["2"], "an empty one is none")
        let catalog = AirbyteCatalog(["streams": [try stream(in: "hr")]])
        #expect(try catalog.stream("hr.deeds").title == "hr.deeds" && catalog.stream("deeds").title == "hr.deeds")
    }

    @Test func `where the source has two of a name, the connection must say which, and the other one is left out`()
        throws
    {
        for order in [["hr", "it"], ["it", "hr"]] {
            let catalog = AirbyteCatalog(["streams": .array(try order.map { try stream(in: $0) })])
            let error = #expect(throws: ConnectorError.self) { try catalog.stream("deeds") }
            #expect("\(error, default: "-")".contains("hr.deeds, it.deeds"))
            let entry = try catalog.stream("hr.deeds")
            let other = record(1).replacing(#""stream":"deeds""#, with: #""stream":"deeds","namespace":"it""#)
            let replay = Replay([other], by: AirbyteReader(entry, keys: nil, isIncremental: true))
            #expect(replay.failure == nil && replay.page.records.isEmpty && replay.page.anomalies.count == 1)
        }
        let both = AirbyteCatalog(["streams": [try stream(in: nil), try stream(in: "hr")]])
        #expect(try both.stream("deeds").title == "deeds")
    }

    @Test func `a record that says when it was deleted is a deletion`() throws {
        func at(_ time: String) -> String {
            record(7).replacing(#"{"id":7}"#, with: #"{"id":7,"_ab_cdc_deleted_at":\#(time)}"#)
        }
        let gone = Replay([record(1), record(7), at(#""2026-07-01""#)], by: try reader()).page
        #expect(gone.records.map(\.id) == ["1"] && gone.deleted == ["7"])
        #expect(Replay([at(#""2026-07-01""#), at("null")], by: try reader()).page.records.map(\.id) == ["7"])
    }

    @Test(.timeLimit(.minutes(1))) func `wide streams are no slower for each field than narrow ones`() throws {
        let names = (0..<20_000).map { "field\($0)" }
        let fields = names.map { #""\#($0)":{"type":"string"}"# }.joined(separator: ",")
        let json = try JSON.parse(Array(#"{"name":"deeds","json_schema":{"properties":{\#(fields)}}}"#.utf8))
        let entry = try #require(AirbyteStream(json))
        let data: JSONObject = ["field7": "x", "other": 1]
        let begun = ContinuousClock.now
        for _ in 0..<10 {
            let completed = entry.completed(data)
            #expect(completed.members.count == 20_001 && completed["field7"] == "x" && completed["field8"] == .null)
        }
        let other = SchemaShape(["properties": ["new": [:]]])
        let told = try #require(entry.schema.difference(to: other))
        #expect(told.contains("+new") && told.count < 2000)
        #expect(ContinuousClock.now - begun < .seconds(15))
    }

    @Test func `a stream without a key is refused, a key may be a path`() throws {
        var object = try #require(Self.stream.object)
        object["source_defined_primary_key"] = nil
        #expect(Replay([record(1)], by: try reader(.object(object))).failure == .noKeys("deeds"))
        object["source_defined_primary_key"] = [["meta", "id"]]
        let line = record(1).replacing(#""id":1"#, with: #""meta":{"id":"x"}"#)
        #expect(Replay([line], by: try reader(.object(object))).page.records.map(\.id) == ["x"])
    }

    @Test func `of its log warnings and errors are told, without secrets`() throws {
        let told = Mutex<[String]>([])
        let lines = ["INFO", "WARN", "ERROR"].map { #"{"type":"LOG","log":{"level":"\#($0)","message":"hush-hush"}}"# }
        _ = Replay(lines, by: try reader { line in told.withLock { $0.append(line) } })
        #expect(told.withLock { $0 } == ["WARN: ***", "ERROR: ***"])
    }
}
