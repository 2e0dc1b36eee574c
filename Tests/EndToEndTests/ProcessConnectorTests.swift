import Foundation
import PlumblineKit
import PlumblineTesting
import Synchronization
import Testing

/// A real Singer tap and a real Airbyte source, installed from PyPI, run by the program over a source on loopback.
@Suite(.serialized, .timeLimit(.minutes(15))) struct ProcessConnectorTests {
    /// The folder of the programs of an environment with one package; nil where it cannot be had.
    private static func programs(_ name: String, _ package: String, module: String) -> String? {
        PythonEnvironment.python(named: name, packages: [package], modules: [module]).map {
            URL(filePath: $0).deletingLastPathComponent().path
        }
    }

    private static let tap = programs("singer", "tap-rest-api-msdk==1.4.2", module: "tap_rest_api_msdk")
    private static let source = programs("airbyte", "airbyte-cdk==7.39.1", module: "airbyte_cdk")

    /// A connection whose program reads the tickets of `url`, with the key that it must send.
    struct Reader: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What it tells where the key is refused.
        let refusal: String
        let connection: @Sendable (_ url: String) throws -> String
        var files: @Sendable (_ url: String) -> [String: String] = { _ in [:] }
    }

    private static let streams = """
        streams:
          tickets:
            record: ticket
            map:
              id: string(source.id)
              assignee_id: account(source.agent)
              requester_id: "'nobody'"
              created_at: source.created_at
              status: source.status
              priority: "'normal'"
              is_deleted: "false"
              is_spam: "false"
        """

    private static let singer = Reader(testDescription: "process.singer", refusal: "the key *** is wrong") { url in
        """
        connection: desk
        connector: process.singer
        settings:
          command: [\(try #require(tap, "the tap cannot be had"))/tap-rest-api-msdk]
          config:
            api_url: \(url)
            auth_method: api_key
            api_keys: {X-Key: "${file:key}"}
            start_date: "2026-01-01T00:00:00Z"
            streams:
              - name: tickets
                path: /tickets
                records_path: "$.tickets[*]"
                primary_keys: [id]
                replication_key: updated_at
                source_search_field: since
                source_search_query: $last_run_date
                num_inference_records: 10
        \(streams)
        """
    }

    private static let airbyte = Reader(testDescription: "process.airbyte", refusal: "401") { _ in
        """
        connection: desk
        connector: process.airbyte
        settings:
          command: [\(try #require(source, "the source cannot be had"))/source-declarative-manifest]
          arguments: [--manifest-path, manifest.yaml]
          files: {manifest.yaml: manifest.yaml}
          config: {key: "${file:key}"}
        \(streams)
        """
    } files: { url in
        ["data/manifest.yaml": manifest(url)]
    }

    private static func manifest(_ url: String) -> String {
        """
        version: 6.0.0
        type: DeclarativeSource
        check: {type: CheckStream, stream_names: [tickets]}
        spec: {type: Spec, connection_specification: {type: object, required: [key], properties: {key: {type: string, airbyte_secret: true}}}}
        streams:
          - type: DeclarativeStream
            name: tickets
            primary_key: id
            retriever:
              type: SimpleRetriever
              requester:
                type: HttpRequester
                url_base: "\(url)"
                path: /tickets
                http_method: GET
                request_headers: {X-Key: "{{ config['key'] }}"}
              record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [tickets]}}
            incremental_sync:
              type: DatetimeBasedCursor
              cursor_field: updated_at
              datetime_format: "%Y-%m-%dT%H:%M:%SZ"
              start_datetime: "2026-01-01T00:00:00Z"
              start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: since}
            schema_loader:
              type: InlineSchemaLoader
              schema: {type: object, properties: {id: {type: integer}, agent: {type: [string, "null"]}}}
        """
    }

    @Test(arguments: [singer, airbyte])
    func `a program of others is read into values, and a second pull asks for what changed`(
        reader: Reader
    ) async throws {
        let desk = try TicketDesk()
        defer { desk.server.stop() }
        let folder = try TemporaryFolder()
        let program = try await workspace(in: folder, reader, desk)

        let check = try await program.json("check")["connections"]?.array?.first
        #expect(check?["ok"] == true, "\(check ?? .null)")
        let remarks = check?["remarks"]?.array?.compactMap(\.string) ?? []
        #expect(remarks.contains { $0.hasPrefix("stream tickets: key id, ") }, "\(remarks)")

        try await pull(program, [("inserted", 6), ("updated", 0), ("rejected", 0)])
        #expect(try await counts(program) == ["S001": "3", "S002": "3"])

        desk.change()
        let before = desk.requests.count
        try await pull(program, [("inserted", 1), ("updated", 1), ("rejected", 0)])
        #expect(try await counts(program) == ["S001": "4", "S002": "3"])
        let asked = desk.requests.dropFirst(before).compactMap { $0.query("since") }
        #expect(asked.contains("2026-07-06T08:00:00Z"), "the state was given back: \(asked)")
        #expect(desk.requests.allSatisfy { $0.headers["X-Key"] == "a-key-to-keep" })
        #expect(try files(with: "a-key-to-keep") == [])
    }

    @Test(arguments: [singer, airbyte])
    func `a program that is refused fails its run, says why and no secret, and keeps what was there`(
        reader: Reader
    ) async throws {
        let desk = try TicketDesk()
        defer { desk.server.stop() }
        let folder = try TemporaryFolder()
        let program = try await workspace(in: folder, reader, desk)
        try await pull(program, [("inserted", 6)])
        desk.refuse()
        let failed = try await program.run("pull", "--format", "json")
        let stream = try failed.json()["streams"]?.array?.first
        #expect(failed.status == 1 && stream?["state"] == "failed")
        #expect(stream?["message"]?.string?.contains(reader.refusal) == true, "\(stream ?? .null)")
        #expect(!(failed.output + failed.errors).contains("a-key-to-keep"))
        #expect(try await counts(program) == ["S001": "3", "S002": "3"])
    }

    @Test(arguments: ["auto", "off"])
    func `a program does not outlive us, and no secret lies about when we are killed`(namespaces: String) async throws {
        let seconds = Int.random(in: 1_000_000..<9_000_000)
        let folder = try TemporaryFolder()
        let program = Plumbline(workspace: folder.url)
        #expect(try await program.run("init").status == 0)
        try folder.write(
            """
            connection: desk
            connector: process.singer
            settings:
              command: [sh, -c, "cp config.json cache; (setsid sleep \(seconds) &) ; sleep \(seconds)"]
              config: {key: "${file:key}"}
            sandbox: {namespaces: \(namespaces)}
            streams: {}

            """, to: "connectors/desk.yaml")
        try folder.write("a-key-that-is-\(seconds)", to: "secrets/key")
        let running = try program.start(["check"])
        _ = try await ServedFolder.wanted("the program runs") { sleeping(seconds).count == 2 ? true : nil }
        running.kill()
        _ = try await ServedFolder.wanted("the program has ended") { sleeping(seconds).isEmpty ? true : nil }
        // Its keeper deletes what it was given, and what it wrote, once it has ended.
        _ = try await ServedFolder.wanted("its files are gone") {
            try files(with: "a-key-that-is-\(seconds)").isEmpty ? true : nil
        }
        _ = try await running.finish(timeout: .seconds(10))
    }

    /// The processes that sleep for so long.
    private func sleeping(_ seconds: Int) -> [String] {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.filter { Int($0) != nil } ?? []
        return numbers.filter { number in
            FileManager.default.contents(atPath: "/proc/\(number)/cmdline") == Data("sleep\0\(seconds)\0".utf8)
        }
    }

    /// Files of working folders that hold a text.
    private func files(with text: String) throws -> [String] {
        try leftovers().flatMap { folder in
            let path = FileManager.default.temporaryDirectory.appending(path: folder).path
            // The folder may go while it is looked at.
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            return names.filter { name in
                FileManager.default.contents(atPath: "\(path)/\(name)")?.range(of: Data(text.utf8)) != nil
            }
        }
    }

    // MARK: The scene

    private func workspace(in folder: TemporaryFolder, _ reader: Reader, _ desk: TicketDesk) async throws -> Plumbline {
        let program = Plumbline(workspace: folder.url)
        #expect(try await program.run("init").status == 0)
        try folder.write(try reader.connection(desk.server.baseURL), to: "connectors/desk.yaml")
        for (name, text) in reader.files(desk.server.baseURL) { try folder.write(text, to: name) }
        try folder.write("a-key-to-keep", to: "secrets/key")
        try folder.write(
            """
            indicators:
              - id: assigned
                name: {zh: 工单数, en: Tickets}
                unit: count
                scale_digits: 0
                record: ticket
                aggregate: count
                anchor: record.created_at
                subject: record.assignee_id

            """, to: "indicators/tickets.yaml")
        try folder.write(
            """
            staff_number,name_zh,name_en,emails,phones,unit,position,manager,responsible_for,valid_from,valid_to
            S001,陈洁,Chen Jie,chen.jie@plumbline.example,,支持中心,工程师,,,2024-01-01,
            S002,李娜,Li Na,li.na@plumbline.example,,支持中心,工程师,,,2024-01-01,

            """, to: "people.csv")
        #expect(try await program.run("people", "import").status == 0)
        return program
    }

    private func pull(_ program: Plumbline, _ expected: [(counter: String, count: Int)]) async throws {
        let report = try await program.json("pull")
        let stream = try #require(report["streams"]?.array?.first)
        #expect(stream["state"] == "succeeded" && report["failures"] == [], "\(stream)")
        for (counter, count) in expected { #expect(stream[counter] == .int(count), "\(counter) of \(stream)") }
    }

    /// The tickets of July by staff number.
    private func counts(_ program: Plumbline) async throws -> [String: String] {
        let values = try await program.values().values.filter {
            $0.key.indicator == "assigned" && $0.key.kind == "employee" && $0.key.period == "2026-07"
        }
        return Dictionary(uniqueKeysWithValues: values.map { ($0.key.subject, $0.decimal ?? $0.status) })
    }

    /// Working folders that programs left behind.
    private func leftovers() throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: FileManager.default.temporaryDirectory.path)
        return names.filter { $0.hasPrefix("plumbline-programs-") }.flatMap { parent in
            let path = FileManager.default.temporaryDirectory.appending(path: parent).path
            return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).map { "\(parent)/\($0)" }
        }
    }
}

/// A help desk on loopback: seven tickets at most, of two people, for those who have the key.
private final class TicketDesk: Sendable {
    private struct State {
        var rows: [JSON] = (1...6).map { row($0, agent: $0 % 2 == 0 ? "li.na" : "chen.jie", changed: $0) }
        var isOpen = true
    }

    private let state: Shared
    let server: TestHTTPServer

    private final class Shared: Sendable {
        let state = Mutex(State())
    }

    init() throws {
        let state = Shared()
        self.state = state
        server = try TestHTTPServer { request, _ in
            let (rows, isOpen) = state.state.withLock { ($0.rows, $0.isOpen) }
            guard isOpen, request.headers["X-Key"] == "a-key-to-keep" else {
                return .json(#"{"error":"the key a-key-to-keep is wrong"}"#, status: 401)
            }
            let since = request.query("since") ?? ""
            let found = rows.filter { ($0["updated_at"]?.string ?? "") >= since }
            return .json(JSON.object(["tickets": .array(found)]).text)
        }
    }

    var requests: [TestHTTPServer.Request] { server.requests }

    /// Gives a ticket to somebody else and adds one.
    func change() {
        state.state.withLock { state in
            state.rows[1] = row(2, agent: "chen.jie", changed: 9)
            state.rows.append(row(7, agent: "li.na", changed: 10))
        }
    }

    func refuse() { state.state.withLock { $0.isOpen = false } }
}

private func row(_ id: Int, agent: String, changed day: Int) -> JSON {
    [
        "id": .int(id), "agent": .string("\(agent)@plumbline.example"), "status": "open",
        "created_at": .string("2026-07-0\(min(id, 9))T08:00:00Z"),
        "updated_at": .string("2026-07-\(day < 10 ? "0" : "")\(day)T08:00:00Z"),
    ]
}
