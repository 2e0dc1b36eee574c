import Foundation
import PlumblineKit
import Testing
import ZKTecoTesting

/// Terminals that call a served workspace over sockets.
@Suite(.serialized, .timeLimit(.minutes(10))) struct DeviceTests {
    private static let files = [
        "connectors/gates.yaml": """
        connection: gates
        connector: attendance.zkteco
        settings:
          devices: {CJ9H1: {place: Gate 1}, CJ9H2: {zone: Europe/Berlin}}
          since: 2026-01-01
          shifts: {day: "09:00-18:00"}
          device_requests_per_second: 1000
        zone: Asia/Shanghai
        streams:
          attendance_days:
            record: day
            deletes: reported
            map:
              id: source.id
              who: account(source.employee)
              worked: source.worked_seconds
              missing: source.missing_punch
        """,
        "indicators/days.yaml":
            "record_types: {day: {fields: {id: string, who: employee_ref, worked: int?, missing: bool}}}\n",
    ]

    @Test func `terminals of two ages and zones send over sockets, and their days are pulled`() async throws {
        let served = try await ServedFolder(Self.files)
        let terminals = [served.terminal("CJ9H1"), served.terminal("CJ9H2", firmware: .old)]
        for terminal in terminals {
            for day in 1...3 {
                await terminal.punch("7700123", "2026-07-0\(day) 08:50:00")
                await terminal.punch("7700123", "2026-07-0\(day) 18:10:00", status: "1")
            }
            try await terminal.work()
            try await terminal.sendPersonalData("Canary-7731")
            try await terminal.poll()
            await terminal.losePower(forgetting: 4)
            try await terminal.work()
            #expect(await terminal.isContent)
        }
        let stranger = served.terminal("OTHER1")
        await stranger.punch("7700123", "2026-07-01 08:50:00")
        try await stranger.work()
        #expect(await stranger.pending == 1)
        let pulled = try await served.program.json("pull", "gates")
        #expect(pulled["streams"]?.array?.first?["inserted"] == 3)
        let rows = try Database(served.folder.url.appending(path: "plumbline.sqlite")).rows(
            "SELECT COUNT(*), COUNT(DISTINCT account) FROM device_entries")
        #expect(rows == [["12", "1"]])
        let metrics = try await served.get("/metrics").text
        #expect(metrics.contains(#"plumbline_hook_requests_total{connection="gates",outcome="received"}"#))
        let log = try await served.stop().errors
        #expect(log.contains("device OTHER1 is not listed") && !log.contains("Canary") && !log.contains("7700123"))
        let file = served.folder.url.appending(path: "plumbline.sqlite")
        #expect(try Data(contentsOf: file).range(of: Data("Canary".utf8)) == nil)
    }

    @Test(arguments: ["received:1", "stored:1"])
    func `a kill before or behind the disk loses no punch and doubles none`(point: String) async throws {
        let served = try await ServedFolder(Self.files, crashPoint: point)
        let terminal = served.terminal("CJ9H1")
        for hour in 10..<16 { await terminal.punch("7700123", "2026-07-01 \(hour):00:00") }
        try await terminal.work()
        #expect(await terminal.pending == 6, "it heard nothing")
        #expect(try await served.process.finish(timeout: .seconds(60)).wasKilled)
        let again = try await ServedFolder(reviving: served)
        let revived = again.terminal("CJ9H1")
        for hour in 10..<16 { await revived.punch("7700123", "2026-07-01 \(hour):00:00") }
        try await revived.work()
        #expect(await revived.isContent)
        let rows = try Database(again.folder.url.appending(path: "plumbline.sqlite")).rows(
            "SELECT COUNT(*) FROM device_entries")
        #expect(rows == [["6"]])
        _ = try await again.stop()
    }

    @Test func `what a terminal hears has its length and no chunks, and other verbs are refused`() async throws {
        let served = try await ServedFolder(Self.files)
        let greeting = try await served.get("/iclock/cdata?SN=CJ9H1&options=all", "--http1.0")
        #expect(greeting.status == 200 && greeting.text.hasPrefix("GET OPTION FROM: CJ9H1\n"))
        #expect(greeting.fields["content-length"] == "\(greeting.text.utf8.count)")
        #expect(greeting.fields["transfer-encoding"] == nil && greeting.fields["content-type"] == "text/plain")
        #expect(try await served.get("/iclock/ping?SN=CJ9H1", "-X", "DELETE").status == 405)
        #expect(try await served.get("/iclock/ping?SN=CJ9H1", "-I").status == 405)
        #expect(try await served.get("/iclock/nothing?SN=CJ9H1").status == 404)
        _ = try await served.stop()
    }
}

extension ServedFolder {
    /// A terminal that calls here.
    fileprivate func terminal(
        _ serial: String, firmware: ZKTecoTerminal.Firmware = ZKTecoTerminal.Firmware()
    ) -> ZKTecoTerminal {
        ZKTecoTerminal(serial, firmware: firmware) { [port] in try await Self.send($0, to: port) }
    }

    /// With curl, without a Content-Type.
    private static func send(
        _ request: ZKTecoTerminal.Request, to port: Int
    ) async throws -> ZKTecoTerminal.Reply? {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "body")
        try Data(request.body).write(to: file)
        let body = request.method == .post ? ["--data-binary", "@\(file.path)", "-H", "Content-Type:"] : []
        let finished = try await RunningProcess(
            URL(filePath: "/usr/bin/curl"),
            ["-s", "--max-time", "20", "-w", "\n%{http_code}"] + body + ["http://127.0.0.1:\(port)\(request.target)"]
        ).finish(timeout: .seconds(30))
        guard let end = finished.output.lastIndex(of: "\n"),
            let status = Int(finished.output[finished.output.index(after: end)...]), status > 0
        else { return nil }
        return ZKTecoTerminal.Reply(status: status, text: String(finished.output[..<end]))
    }
}
