import AttendanceConnectors
import PlumblineKit
import PlumblineTesting
import Testing
import ZKTecoTesting

/// What terminals hear, what is kept of what they send, and which days it makes.
@Suite struct ZKTecoTests {
    private static let lines = [
        "0007\t2026-03-02 08:50:00", "0007\t2026-03-02 18:10:00", "1001\t2026-03-02 09:12:40", "nonsense",
        "1001\t2026-03-02 18:00:30", "0007\t2026-03-03 08:50:00", "0007\t2026-03-03 18:10:00", "0\t2026-13-02 10:00:00",
    ]

    @Test func `conforms`() async throws {
        let noStates: [String: SettingInput] = [
            "in_values": .list([]), "out_values": .list([]), "page_size": .text("2"),
        ]
        let scene = try await ZKTecoScene.sent(Self.lines, noStates)
        try await ConformanceSuite(
            ZKTecoConnector.self, settings: scene.settings, stream: "attendance_days",
            records: ["0007/2026-03-02", "0007/2026-03-03", "1001/2026-03-02"],
            rejected: ["CJ9H1 entry 4", "CJ9H1 entry 8"]
        ) { scene.context }.run()
    }

    /// 08:50:05 to 18:10:00 and 09:03:00 to 18:00:00, each less an hour for lunch.
    @Test func `a request as a terminal writes it makes a day for each of its people`() async throws {
        let body = try Fixtures("zkteco", in: .module).text("attlog.txt")
        let scene = try await ZKTecoScene.sent(body.split(separator: "\n").map(String.init))
        let days = try await scene.read().records
        #expect(days.map(\.id) == ["0007/2026-03-02", "1001/2026-03-02"])
        #expect(days.map { $0.json["worked_seconds"] } == [28_620, 29_995])
        #expect(days.map { $0.json["late_seconds"] } == [180, 0])
    }

    /// In at 09:12:40, out at 01:20 on the next day: 16:07:20 less an hour for lunch; 12 minutes and 40 seconds late.
    @Test func `a day is what a hand works out of its lines`() async throws {
        let scene = try await ZKTecoScene.sent(["1001\t2026-03-02 09:12:40\t0\t1", "1001\t2026-03-03 01:20:00\t1\t1"])
        let page = try await scene.read()
        #expect(
            page.records.map(\.json) == [
                [
                    "id": "1001/2026-03-02", "employee": "1001", "date": "2026-03-02",
                    "first_in_at": "2026-03-02T01:12:40Z", "last_out_at": "2026-03-02T17:20:00Z",
                    "worked_seconds": 54_440, "missing_punch": false, "shift": "day", "planned_seconds": 28_800,
                    "planned_start_at": "2026-03-02T01:00:00Z", "planned_end_at": "2026-03-02T10:00:00Z",
                    "late_seconds": 760, "early_leave_seconds": 0, "worked_after_end_seconds": 26_400,
                    "punches": [
                        ["at": "2026-03-02T01:12:40Z", "type": "in"], ["at": "2026-03-02T17:20:00Z", "type": "out"],
                    ],
                ]
            ])
    }

    @Test func `the handshake has the marks in both spellings, and asks for punches alone`() async throws {
        let scene = try ZKTecoScene()
        let reply = try scene.reply(
            to: .init(method: .get, target: "/iclock/cdata?SN=CJ9H1&options=all&pushver=2.4.1", body: []))
        #expect(
            reply.text == """
                GET OPTION FROM: CJ9H1
                Stamp=0
                OpStamp=9999
                PhotoStamp=9999
                ATTLOGStamp=0
                OPERLOGStamp=9999
                ATTPHOTOStamp=9999
                ErrorDelay=60
                Delay=30
                TransTimes=00:00;14:05
                TransInterval=1
                TransFlag=TransData AttLog
                TimeZone=8
                Realtime=1
                Encrypt=None

                """)
    }

    @Test func `terminals begin at the start, and with a setting behind the mark that is held`() async throws {
        for (from, expected) in [("start", "0"), ("held", "3")] {
            let scene = try await ZKTecoScene.sent(Array(Self.lines.prefix(3)), ["send_from": .text(from)])
            let terminal = scene.terminal()
            try await terminal.connect()
            let options = await terminal.options
            #expect(options["ATTLOGStamp"] == expected && options["Stamp"] == expected)
        }
    }

    @Test func `what a terminal notes behind a log that was cleared is sent, whatever mark came last`() async throws {
        let scene = try await ZKTecoScene.sent((1...5).map { "7\t2026-03-0\($0) 08:50:00\t0\t1" })
        let terminal = scene.terminal()
        for day in 1...5 { await terminal.punch("7", "2026-03-0\(day) 08:50:00") }
        try await terminal.work()
        await terminal.clearLog()
        for day in 6...8 { await terminal.punch("7", "2026-03-0\(day) 08:50:00") }
        try await terminal.work()
        #expect(await terminal.isContent && scene.log.all.count == 8)
    }

    @Test func `a mark that only asks for news is not held`() async throws {
        let scene = try ZKTecoScene()
        for stamp in ["9999", "x1", "", "123456789012345678901"] {
            let line = Array("0007\t2026-03-02 08:50:00\t0\t1\n".utf8)
            let target = "/iclock/cdata?SN=CJ9H1&table=ATTLOG&Stamp=\(stamp)"
            #expect(try scene.reply(to: .init(method: .post, target: target, body: line)).text == "OK: 1\n")
        }
        #expect(scene.log.stamp(of: "CJ9H1") == nil && scene.log.all.count == 1)
    }

    @Test(arguments: [
        ("hours", "Asia/Kolkata", "5.5"), ("minutes", "Asia/Kolkata", "330"), ("hours", "America/St_Johns", "-3.5"),
        ("hours", "Asia/Kathmandu", "5.75"), ("none", "Asia/Kolkata", nil),
    ])
    func `zones are told in hours, in minutes, or not at all`(way: String, zone: String, told: String?) async throws {
        let scene = try ZKTecoScene(["send_time_zone": .text(way)], zone: zone, now: "2026-01-15T00:00:00Z")
        let terminal = scene.terminal()
        try await terminal.connect()
        #expect(await terminal.options["TimeZone"] == told)
    }

    @Test func `old firmware with other paths, line ends and marks is understood`() async throws {
        let scene = try ZKTecoScene()
        let terminal = scene.terminal(firmware: .old)
        await terminal.punch("0007", "2026-03-02 08:50:00")
        await terminal.punch("0007", "2026-03-02 18:10:00", status: "1")
        await terminal.punch("0007", "2026-03-03 08:50:00")
        try await terminal.work()
        try await terminal.poll()
        #expect(await terminal.isContent)
        #expect(scene.log.all.count == 3)
        #expect(try await scene.read().records.first?.json["worked_seconds"] == .int(9 * 3600 + 20 * 60 - 3600))
    }

    @Test(arguments: ["registry", "push", "ping", "getrequest", "devicecmd", "CData.ASPX"])
    func `what newer firmware asks has an answer`(path: String) throws {
        let reply = try ZKTecoScene().reply(to: .init(method: .get, target: "/iclock/\(path)?sn=CJ9H1", body: []))
        #expect(reply.status == 200 && !reply.text.isEmpty)
    }

    @Test func `punches sent again count once, and the terminal is told how many came`() async throws {
        let scene = try await ZKTecoScene.sent(Array(Self.lines.prefix(3)))
        let terminal = scene.terminal()
        for line in Self.lines.prefix(3) { await terminal.note(line) }
        await terminal.losePower(forgetting: 9)
        try await terminal.work()
        #expect(scene.log.all.count == 3)
        let body = Array("\r\n1\t2026-03-02 08:50:00\r\n\n2\t2026-03-02 08:50:00\n3\t2026-03-02 08:51:00".utf8)
        let reply = try scene.reply(
            to: .init(method: .post, target: "/iclock/cdata?SN=CJ9H1&table=attlog&Stamp=4", body: body))
        #expect(reply.text == "OK: 3\n" && scene.log.all.count == 6)
    }

    @Test func `the same punch at two terminals is two entries and one punch`() async throws {
        let scene = try ZKTecoScene(["devices": .nested(.map(["CJ9H1": .map([:]), "CJ9H2": .map([:])]))])
        for serial in ["CJ9H1", "CJ9H2"] {
            let terminal = scene.terminal(serial)
            await terminal.punch("0007", "2026-03-02 08:50:00")
            try await terminal.work()
        }
        #expect(scene.log.all.count == 2)
        #expect(try await scene.read().records.first?.json["punches"]?.array?.count == 1)
    }

    @Test func `names, cards, fingers, faces and pictures are answered and never kept`() async throws {
        let scene = try await ZKTecoScene.sent([
            "0007\t2026-03-02 08:50:00\t0\t1\tCanary-7731\tCanary-7731\t36.6 Canary-7731"
        ])
        let terminal = scene.terminal()
        try await terminal.sendPersonalData("Canary-7731")
        let page = try await scene.read()
        var seen = scene.log.all.map { "\($0.entry.key) \(String(decoding: $0.entry.contents, as: UTF8.self))" }
        seen += page.records.map(\.json.text) + page.rejected.map { String(decoding: $0.raw, as: UTF8.self) }
        #expect(scene.log.all.count == 1 && seen.count == 2)
        for text in seen { #expect(!text.contains("Canary") && !text.contains("36.6"), "\(text)") }
    }

    @Test func `a table that nobody knows is answered, and told to IT without its contents`() throws {
        let connector = try ZKTecoScene().connector()
        func complaint(_ table: String) -> String? {
            connector.answer(
                DeviceRequest(
                    serial: "CJ9H1", method: .post, path: "cdata",
                    parameters: DeviceParameters(query: "SN=CJ9H1&table=\(table)"), body: Array("secret".utf8),
                    received: Instant(microseconds: 0)), in: DeviceState()
            ).complaint
        }
        #expect(complaint("rtlog") == "table 'rtlog' is not read" && complaint("OPERLOG") == nil)
        #expect(
            complaint("%3Cb%3E%0A9999") == "table 'b' is not read"
                && complaint("") == "table without a name is not read")
    }

    @Test func `bytes that are no UTF-8 spoil no line but their own`() async throws {
        let scene = try ZKTecoScene()
        let name: [UInt8] = [0xD5, 0xC5, 0xC8, 0xFD]
        let body =
            Array("0007\t2026-03-02 08:50:00\t0\t1\t".utf8) + name + [0x0A] + name
            + Array("\t2026-03-02 08:51:00\t0\t1\n".utf8)
        _ = try scene.reply(to: .init(method: .post, target: "/iclock/cdata?SN=CJ9H1&table=ATTLOG&Stamp=1", body: body))
        let page = try await scene.read()
        #expect(page.records.map(\.id) == ["0007/2026-03-02"] && page.rejected.map(\.id) == ["CJ9H1 entry 2"])
    }

    @Test func `a terminal in another zone shows its own clock`() async throws {
        let scene = try await ZKTecoScene.sent(["7\t2026-03-02 08:00:00\t0\t1"], serial: "CJ9H2")
        #expect(try await scene.read().records.first?.json["first_in_at"] == "2026-03-02T07:00:00Z")
    }

    @Test(arguments: CutOff.all)
    func `a day starts by the clocks of the connection`(cutOff: CutOff) async throws {
        let changes: [String: SettingInput] = [
            "day_starts": .text("0s"), "duplicates_within": .text("0s"), "in_values": .list([]),
            "out_values": .list([]), "devices": .nested(.map(["CJ9H1": .map(["zone": .value("UTC")])])),
        ]
        let scene = try ZKTecoScene(changes, zone: cutOff.zone, now: "2027-02-01T00:00:00Z")
        let moments = [-1, 0, 1].map { cutOff.moment.advanced(bySeconds: $0) }
        let terminal = scene.terminal()
        for moment in moments {
            await terminal.punch("7", String(moment.rfc3339.prefix(19)).replacing("T", with: " "))
        }
        try await terminal.work()
        let offset = try #require(ZKTecoScene.offset(cutOff.zone))
        let days = moments.map { LocalDay(of: $0, secondsAhead: offset($0)).text }
        let records = try await scene.read().records
        #expect(records.map(\.id).sorted() == Set(days).map { "7/\($0)" }.sorted())
        #expect(records.reduce(0) { $0 + ($1.json["punches"]?.array?.count ?? 0) } == 3)
    }

    @Test func `states of firmware that puts them fourth, and people with shifts of their own`() async throws {
        let changes: [String: SettingInput] = [
            "status_column": .text("4"), "in_values": .list(["I"]), "out_values": .list(["O"]),
            "shifts": .map(["day": "09:00-18:00", "night": "22:00-06:00"]), "lunches": .map([:]),
            "shift_of": .map(["8": "night"]), "day_starts": .text("12h"),
        ]
        let scene = try await ZKTecoScene.sent(
            ["8\t2026-03-02 21:50:00\t1\tI", "8\t2026-03-03 06:10:00\t1\tO", "9\t2026-03-02 21:50:00\t1\tI"], changes)
        let records = try await scene.read().records
        #expect(records.map { $0.json["shift"] } == ["night", .null])
        #expect(records.first?.json["worked_seconds"] == .int(8 * 3600 + 20 * 60))
    }

    @Test(arguments: [
        ("devices", SettingInput.nested(.map([:]))),
        ("devices", .nested(.map(["A1": .map(["retired": .value("yes")])]))),
        ("devices", .nested(.map(["A1": .map(["place": .value(true)])]))),
        ("devices", .nested(.map(["A B": .map([:])]))),
        ("devices", .nested(.map(["A1": .map(["zone": .value("Mars/Olympus")])]))),
        ("devices", .nested(.map(["A1": .map(["room": .value("1")])]))), ("since", .text("yesterday")),
        ("out_values", .list(["0"])), ("status_column", .text("2")), ("shift_of", .map(["7": "late"])),
        ("shifts", .map(["day": "9 to 5"])),
    ])
    func `settings that do not fit are refused before anything is read`(key: String, value: SettingInput) throws {
        let scene = try ZKTecoScene([key: value])
        #expect(throws: ConnectorError.self) { try scene.connector() }
    }

    /// The first punch of a day would be the end of the night before, and the last one the beginning of the next.
    @Test(arguments: [("4h", true), ("12h", false)])
    func `without states no shift passes the moment at which a day starts`(starts: String, isRefused: Bool) throws {
        let scene = try ZKTecoScene([
            "in_values": .list([]), "out_values": .list([]), "shifts": .map(["night": "22:00-06:00"]),
            "lunches": .map([:]), "day_starts": .text(starts),
        ])
        let refused = (try? scene.connector()) == nil
        #expect(refused == isRefused)
    }
}
