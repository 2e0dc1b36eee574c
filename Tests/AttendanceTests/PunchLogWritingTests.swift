import AttendanceConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// How dates, times, numbers and whole files are written.
@Suite struct PunchLogWritingTests {
    @Test(arguments: [
        "2026-03-02 08:31:00", "2026/3/2 8:31", "20260302 08:31", "2026年3月2日 08:31", "2026/03/02 星期一 08:31",
        "2026-03-02T00:31:00Z", "2026-03-02 上午8:31", "2026-03-01 32:31", "2026-03-01 次日 08:31", "2026-03-02 08：31",
    ])
    func `times as people write them`(text: String) async throws {
        let page = try await PunchLogScene(times: [text]).read()
        #expect(page.rejected.isEmpty)
        #expect(page.records.first?.json["punches"] == [["at": "2026-03-02T00:31:00Z", "type": .null]])
    }

    @Test(arguments: [
        ("26-03-02 周一", "08:31", "2026-03-02T00:31:00Z"), ("26-03-02 星期一", "次日 01:10", "2026-03-02T17:10:00Z"),
        ("26-03-02", "24:30", "2026-03-02T16:30:00Z"), ("2026-03-02", "8:31", "2026-03-02T00:31:00Z"),
    ])
    func `dates in a column of their own`(date: String, time: String, expected: String) async throws {
        let scene = PunchLogScene(
            "id,date,time\n7,\(date),\(time)\n",
            ["date_column": .text("date"), "date_order": .text("ymd"), "complete": .text("true")])
        #expect(try await scene.read().records.first?.json["punches"] == [["at": .string(expected), "type": .null]])
    }

    @Test(arguments: [("1900", "46083.375"), ("1904", "44621.375")])
    func `serial numbers are dates where a setting says so, and refused elsewhere`(year: String, text: String)
        async throws
    {
        let page = try await PunchLogScene(times: [text], ["serial_dates": .text(year)]).read()
        #expect(page.records.first?.json["punches"] == [["at": "2026-03-02T01:00:00Z", "type": .null]])
        #expect(try await PunchLogScene(times: [text]).read().rejected.map(\.line) == [2])
    }

    @Test(arguments: [
        ("46083", "08:31"), ("46083", "0.354861111"), ("46083.0", ".354861111"), ("2026-03-02", "0.354861111"),
        ("46082", "次日 08:31"),
    ])
    func `dates and times of day in columns of their own may be serial numbers, too`(date: String, time: String)
        async throws
    {
        let text = "id,date,time\n7,\(date),\(time)\n"
        let columns: [String: SettingInput] = ["date_column": .text("date"), "serial_dates": .text("1900")]
        let page = try await PunchLogScene(text, columns).read()
        #expect(page.records.first?.json["punches"] == [["at": "2026-03-02T00:31:00Z", "type": .null]])
        let refused = try await PunchLogScene(text, columns.merging(["serial_dates": .text("none")]) { $1 }).read()
        #expect(refused.rejected.map(\.line) == (date.hasPrefix("4") || time.contains(".") ? [2] : []))
    }

    @Test(arguments: ["未打卡", "缺卡", "--", "-"])
    func `words for no punch are an empty time`(word: String) async throws {
        let scene = PunchLogScene(
            "id,date,in,out\n7,2026-03-02,08:50,\(word)\n7,2026-03-03,\(word),\"\(word)\n18:02\"\n",
            ["date_column": .text("date"), "time_columns": .list(["in", "out"])])
        let page = try await scene.read()
        #expect(page.records.map { $0.json["punches"]?.array?.count } == [1, 1] && page.rejected == [])
    }

    @Test func `a day off in the column of shifts is a day without a shift, and no bad row`() async throws {
        let scene = PunchLogScene(
            "id,date,s,time\n7,2026-03-02,day,08:50\n7,2026-03-07,休息,\n7,2026-03-08,未排班,10:00\n",
            ["date_column": .text("date"), "shift_column": .text("s")])
        let page = try await scene.read()
        #expect(page.records.map { $0.json["shift"] } == ["day", .null, .null] && page.rejected == [])
    }

    @Test(arguments: [
        ("2026-03-02", "has no time of day"), ("08:31", "is no date"), ("", "there is no time"),
        ("02/03/26 08:31", "two digits"), ("2026-03-02 08:61", "time that the day does not have"),
        ("2026-05-02 08:31", "lies ahead"),
    ])
    func `a time that cannot be read is no punch`(text: String, reason: String) async throws {
        let page = try await PunchLogScene(times: [text]).read()
        #expect(page.records.isEmpty && page.rejected.map(\.id) == ["line 2"])
        #expect(page.rejected.first?.reason.contains(reason) == true, "\(page.rejected.map(\.reason))")
    }

    @Test(arguments: [
        ("'1001", "1001"), ("   0007", "0007"), ("A-1E5", "A-1E5"), ("1E5", "1E5"), ("12.3", nil), ("1.00001E+09", nil),
        ("1E+09", nil), ("1001.0", nil), ("", nil), ("'", nil),
    ])
    func `numbers of employees are kept as text, and not guessed`(cell: String, number: String?) async throws {
        let page = try await PunchLogScene("id,time\n\(cell),2026-03-02 08:31\n").read()
        #expect(page.records.map { $0.json["employee"]?.string } == (number.map { [$0] } ?? []))
        #expect(page.rejected.count == (number == nil ? 1 : 0))
    }

    @Test func `several times stand in several columns and in one cell`() async throws {
        let text = "id,date,in,out\n7,2026-03-02,08:31,\"12:01\n18:02\"\n"
        let scene = PunchLogScene(text, ["date_column": .text("date"), "time_columns": .list(["in", "out"])])
        let record = try #require(try await scene.read().records.first)
        #expect(record.json["punches"]?.array?.count == 3 && record.json["last_out_at"] == "2026-03-02T10:02:00Z")
    }

    @Test func `an empty time of a named day is a missing punch, not midnight`() async throws {
        let scene = PunchLogScene(
            "id,date,in,out\n7,2026-03-02,,\n7,2026-03-03,08:50,\n",
            ["date_column": .text("date"), "time_columns": .list(["in", "out"])])
        let records = try await scene.read().records
        #expect(records.map(\.id) == ["7/2026-03-02", "7/2026-03-03"])
        #expect(records.allSatisfy { $0.json["missing_punch"] == true && $0.json["worked_seconds"] == .null })
        #expect(records[0].json["punches"] == [] && records[0].json["shift"] == "day")
    }

    @Test(arguments: [",", ";", "\t"], ["\n", "\r\n"])
    func `delimiter, line ends and titles above the header are recognised`(delimiter: String, end: String) async throws
    {
        let rows = [["id", "name", "time"], ["0007", "张三", "2026-03-02 08:50"], ["0007", "张三", "2026-03-02 18:10"]]
        let text = "打卡记录" + end + rows.map { $0.joined(separator: delimiter) + end }.joined()
        #expect(try await PunchLogScene(text).days() == ["0007/2026-03-02 03-02T00:50:00Z-03-02T10:10:00Z"])
    }

    @Test(arguments: ["utf-8", "utf-8 with mark", "utf-16le", "utf-16be", "gb18030"], [true, false])
    func `encodings are recognised, with and without header`(encoding: String, hasHeader: Bool) async throws {
        let rows = (2...9).map { "0007\t张三\t2026-03-0\($0) 08:50\n0007\t张三\t2026-03-0\($0) 18:10\n" }.joined()
        let columns: [String: SettingInput] =
            hasHeader
            ? [:] : ["header_line": .text("none"), "employee_column": .text("1"), "time_columns": .list(["3"])]
        let scene = PunchLogScene("", columns)
        scene.files.write("log", try Self.bytes((hasHeader ? "id\t姓名\ttime\n" : "") + rows, encoding))
        let page = try await scene.read()
        #expect(page.records.count == 8 && page.rejected.isEmpty, "\(page.rejected.map(\.reason))")
    }

    private static let gb18030: [Character: [UInt8]] = [
        "张": [0xD5, 0xC5], "三": [0xC8, 0xFD], "姓": [0xD0, 0xD5], "名": [0xC3, 0xFB],
    ]

    private static func bytes(_ text: String, _ encoding: String) throws -> [UInt8] {
        let units = Array(("\u{FEFF}" + text).utf16)
        return switch encoding {
        case "utf-8 with mark": Array(("\u{FEFF}" + text).utf8)
        case "utf-16le": units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        case "utf-16be": units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        case "gb18030": text.flatMap { gb18030[$0] ?? Array(String($0).utf8) }
        default: Array(text.utf8)
        }
    }
}
