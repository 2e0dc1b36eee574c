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

    /// A scene in which a terminal has sent lines with these states.
    private func sent(
        _ lines: [String], _ changes: [String: SettingInput] = [:], zone: String = "Asia/Shanghai",
        now: String = "2026-04-01T02:00:00Z", serial: String = "CJ9H1"
    ) async throws -> ZKTecoScene {
        let scene = try ZKTecoScene(changes, zone: zone, now: now)
        let terminal = scene.terminal(serial)
        for line in lines { await terminal.note(line) }
        try await terminal.work()
        #expect(await terminal.isContent)
        return scene
    }

    @Test func `conforms`() async throws {
        let noStates: [String: SettingInput] = [
            "in_values": .list([]), "out_values": .list([]), "page_size": .text("2"),
        ]
        let scene = try await sent(Self.lines, noStates)
        try await ConformanceSuite(
            ZKTecoConnector.self, settings: scene.settings, stream: "attendance_days",
            records: ["0007/2026-03-02", "0007/2026-03-03", "1001/2026-03-02"],
            rejected: ["CJ9H1 entry 4", "CJ9H1 entry 8"]
        ) { scene.context }.run()
    }

    /// In at 09:12:40, out at 01:20 on the next day: 16:07:20 less an hour for lunch; 12 minutes and 40 seconds late.
    @Test func `a day is what a hand works out of its lines`() async throws {
        let scene = try await sent(["1001\t2026-03-02 09:12:40\t0\t1", "1001\t2026-03-03 01:20:00\t1\t1"])
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
            let scene = try await sent(Array(Self.lines.prefix(3)), ["send_from": .text(from)])
            let terminal = scene.terminal()
            try await terminal.connect()
            let options = await terminal.options
            #expect(options["ATTLOGStamp"] == expected && options["Stamp"] == expected)
        }
    }

    @Test func `what a terminal notes behind a log that was cleared is sent, whatever mark came last`() async throws {
        let scene = try await sent((1...5).map { "7\t2026-03-0\($0) 08:50:00\t0\t1" })
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
        let scene = try await sent(Array(Self.lines.prefix(3)))
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
        let scene = try await sent(["0007\t2026-03-02 08:50:00\t0\t1\tCanary-7731\tCanary-7731\t36.6 Canary-7731"])
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

    @Test(arguments: [
        ("nonsense", "there is no employee's number"), ("0007\tyesterday", "there is no employee's number"),
        ("0007\t2026-03-02 24:30:00", "there is no employee's number"),
        ("\t2026-03-02 08:50:00", "there is no employee"),
        ("0007\t2000-01-01 00:00:12\t0\t1", "seems to have been reset"),
        ("0007\t2026-04-01 11:00:01\t0\t1", "before it"), ("0007\t2026-03-31 08:50:00\t9\t1", "the state '9'"),
    ])
    func `a line that is no punch is kept for people to see, and the terminal goes on`(line: String, reason: String)
        async throws
    {
        let scene = try await sent([line])
        let page = try await scene.read()
        #expect(page.rejected.count == 1 && page.rejected[0].reason.contains(reason), "\(page.rejected.map(\.reason))")
        #expect(page.rejected[0].id == "CJ9H1 entry 1" && !page.rejected[0].texts.zh.isEmpty)
        #expect(String(decoding: page.rejected[0].raw, as: UTF8.self).contains("CJ9H1"))
        #expect(page.records.allSatisfy { $0.json["missing_punch"] == true && $0.json["punches"] == [] })
        #expect(try await scene.read(after: page.cursor).rejected.isEmpty, "told once")
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

    /// In at 09:00, to lunch at 12:00, and out when the clock had been reset: without that the day would seem to end at noon.
    @Test func `a punch whose time is not known makes its day unknown, and no wrong number`() async throws {
        let noStates: [String: SettingInput] = ["in_values": .list([]), "out_values": .list([])]
        let scene = try ZKTecoScene(noStates, now: "2026-03-02T10:00:00Z")
        let terminal = scene.terminal()
        for time in ["2026-03-02 09:00:00", "2026-03-02 12:00:00", "2000-01-01 00:10:00"] {
            await terminal.punch("7", time)
        }
        try await terminal.work()
        try scene.set("2026-03-03T02:00:00Z")
        let day = try #require(try await scene.read().records.first).json
        #expect(day["missing_punch"] == true && day["worked_seconds"] == .null && day["first_in_at"] == .null)
        #expect(day["late_seconds"] == .null && day["punches"]?.array?.count == 2)
    }

    @Test(arguments: ["2018-01-01 00:10:00", "2000-01-01 00:10:00", "2026-02-28 23:59:00"], [1, 500])
    func `a clock that was set back to before the first day makes the day of receipt unknown`(
        shown: String, pageSize: Int
    ) async throws {
        let changes: [String: SettingInput] = [
            "in_values": .list([]), "out_values": .list([]), "page_size": .text("\(pageSize)"),
        ]
        let scene = try ZKTecoScene(changes, now: "2026-03-02T10:10:00Z")
        let terminal = scene.terminal()
        for time in ["2026-03-02 09:00:00", "2026-03-02 12:00:00", shown] { await terminal.punch("7", time) }
        await terminal.punch("8", "2026-03-02 18:05:00")
        try await terminal.work()
        let first = try await scene.read()
        #expect(first.records.isEmpty && first.rejected.map(\.id) == ["CJ9H1 entry 3"])
        try scene.set("2026-03-03T02:00:00Z")
        // As the day ends, and once more from the start.
        for cursor in [first.cursor, nil] {
            let day = try #require(try await scene.read(after: cursor).records.last { $0.id == "7/2026-03-02" }).json
            #expect(day["missing_punch"] == true && day["worked_seconds"] == .null && day["first_in_at"] == .null)
        }
    }

    @Test func `what a terminal noted before the first day, and sends first, is left out without a word`() async throws
    {
        let old = (1...9).map { "7\t2025-12-0\($0) 08:50:00\t0\t1" }
        let scene = try await sent(old + ["7\t2026-03-02 08:50:00\t0\t1", "7\t2026-03-02 18:10:00\t1\t1"])
        let again = scene.terminal()
        for line in old { await again.note(line) }
        try await again.work()
        let page = try await scene.read()
        #expect(page.records.map(\.id) == ["7/2026-03-02"] && page.rejected.isEmpty)
        #expect(page.records.first?.json["missing_punch"] == false)
    }

    @Test(arguments: ["2026-03-02 24:10:00", "18:10", ""])
    func `a punch whose time cannot be read makes its day unknown as well`(shown: String) async throws {
        let noStates: [String: SettingInput] = ["in_values": .list([]), "out_values": .list([])]
        let scene = try ZKTecoScene(noStates, now: "2026-03-02T10:10:00Z")
        let terminal = scene.terminal()
        for time in ["2026-03-02 09:00:00", "2026-03-02 12:00:00", shown] { await terminal.punch("7", time) }
        try await terminal.work()
        try scene.set("2026-03-03T02:00:00Z")
        let page = try await scene.read()
        let day = try #require(page.records.first).json
        #expect(page.records.count == 1 && page.rejected.count == 1)
        #expect(day["missing_punch"] == true && day["worked_seconds"] == .null)
    }

    @Test(arguments: [("2026-10-25 02:30:00", "twice"), ("2026-03-29 02:30:00", "never show")])
    func `an hour that comes twice or never is told, and not guessed`(shown: String, reason: String) async throws {
        let scene = try await sent(
            ["7\t\(shown)\t1\t1", "7\t\(shown.prefix(10)) 09:00:00\t0\t1"], zone: "Europe/Berlin",
            now: "2026-12-01T00:00:00Z")
        let page = try await scene.read()
        #expect(page.rejected.count == 1 && page.rejected[0].reason.contains(reason))
        #expect(page.records.contains { $0.json["missing_punch"] == true && $0.json["worked_seconds"] == .null })
        #expect(page.records.allSatisfy { $0.json["worked_seconds"] == .null })
    }

    @Test func `a terminal in another zone shows its own clock`() async throws {
        let scene = try await sent(["7\t2026-03-02 08:00:00\t0\t1"], serial: "CJ9H2")
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
        let scene = try await sent(
            ["8\t2026-03-02 21:50:00\t1\tI", "8\t2026-03-03 06:10:00\t1\tO", "9\t2026-03-02 21:50:00\t1\tI"], changes)
        let records = try await scene.read().records
        #expect(records.map { $0.json["shift"] } == ["night", .null])
        #expect(records.first?.json["worked_seconds"] == .int(8 * 3600 + 20 * 60))
    }

    /// Four lines of a terminal whose keys nobody presses: by day the third would be a day of 15 hours and 40 minutes.
    @Test(arguments: [[:], ["9": "day", "8": "night"], ["8": "night"]])
    func `punches without a state make no days of nights`(shiftOf: [String: String]) async throws {
        let changes: [String: SettingInput] = [
            "shifts": .map(
                shiftOf.isEmpty ? ["night": "22:00-06:00"] : ["day": "09:00-18:00", "night": "22:00-06:00"]),
            "lunches": .map([:]), "shift_of": .map(shiftOf),
        ]
        let times = ["02 21:50", "03 06:10", "03 21:50", "04 06:10"]
        let scene = try await sent(times.map { "8\t2026-03-\($0):00\t255\t1" }, changes)
        let days = try await scene.read().records.map(\.json)
        #expect(days.map { $0["date"] } == ["2026-03-02", "2026-03-03", "2026-03-04"])
        #expect(days.allSatisfy { $0["missing_punch"] == true && $0["worked_seconds"] == .null })
    }

    @Test func `a punch without a state beside others that have one makes its day unknown`() async throws {
        let times = [("09:00", "0"), ("12:00", "1"), ("14:00", "0"), ("18:00", "1"), ("18:10", "255")]
        let scene = try await sent(times.map { "7\t2026-03-02 \($0.0):00\t\($0.1)\t1" })
        let day = try #require(try await scene.read().records.first).json
        #expect(day["missing_punch"] == true && day["worked_seconds"] == .null && day["late_seconds"] == .null)
        #expect(day["punches"]?.array?.count == 5)
    }

    @Test func `punches without a state alone, inside a day, are the first and the last one`() async throws {
        let scene = try await sent(["08:50", "12:00", "18:10"].map { "7\t2026-03-02 \($0):00\t255\t1" })
        let day = try #require(try await scene.read().records.first).json
        #expect(day["missing_punch"] == false && day["worked_seconds"] == .int(9 * 3600 + 20 * 60 - 3600))
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
