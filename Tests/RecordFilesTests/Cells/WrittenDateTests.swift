import RecordFiles
import Testing

@Suite struct WrittenDateTests {
    @Test(arguments: [
        ("2026-07-01", "2026-07-01"), ("2026/7/1", "2026-07-01"), ("2026年7月1日", "2026-07-01"),
        ("20260701", "2026-07-01"),
        ("1.7.2026", "2026-07-01"), ("31/7/2026", "2026-07-31"), ("7/31/2026", "2026-07-31"),
        ("1-Jul-2026", "2026-07-01"),
        ("Jul 1, 2026", "2026-07-01"), ("1 July 2026", "2026-07-01"), ("２０２６／７／１", "2026-07-01"),
        (" 2026-07-01\u{A0}", "2026-07-01"), ("2026.7.1", "2026-07-01"), ("2024-02-29", "2024-02-29"),
        ("2026-07-01T09:00:00Z", "2026-07-01T09:00:00Z"), ("2026-07-01 9:00", "2026-07-01T09:00:00"),
        ("2026-07-01T09:00:00.25+08:00", "2026-07-01T09:00:00.25+08:00"), ("2026/7/1 23:59:59", "2026-07-01T23:59:59"),
        ("2026年7月1日 下午2:30", "2026-07-01T14:30:00"), ("2026/7/1 上午 12:05", "2026-07-01T00:05:00"),
        ("2026年7月1日14时30分15秒", "2026-07-01T14:30:15"), ("2026年7月1日 9时", "2026-07-01T09:00:00"),
        ("7/31/2026 2:30:05 PM", "2026-07-31T14:30:05"), ("2026-07-01 12:00 AM", "2026-07-01T00:00:00"),
        ("2026-07-01 12:00pm", "2026-07-01T12:00:00"), ("2026-07-01 下午14:30", "2026-07-01T14:30:00"),
        ("2026-07-01 09:00:00 +0800", "2026-07-01T09:00:00+08:00"),
    ])
    func `the usual forms have one meaning`(text: String, wanted: String) throws {
        #expect(try WrittenDate(text).text == wanted)
    }

    @Test(arguments: [
        ("1/7/2026", DateOrder.dayMonthYear, "2026-07-01"), ("1/7/2026", .monthDayYear, "2026-01-07"),
        ("1/7/26", .dayMonthYear, "2026-07-01"), ("26/7/1", .yearMonthDay, "2026-07-01"),
        ("1-7-99", .monthDayYear, "1999-01-07"), ("2026-07-01", .monthDayYear, "2026-07-01"),
    ])
    func `an order decides`(text: String, order: DateOrder, wanted: String) throws {
        #expect(try WrittenDate(text, order: order).text == wanted)
    }

    @Test(arguments: [
        ("1/7/2026", "may be meant with the day or with the month first"), ("1/7/26", "has a year of two digits"),
        ("2026-02-30", "the calendar does not have"), ("2025-02-29", "the calendar does not have"),
        ("2026-13-01", "the calendar does not have"), ("2026-00-01", "the calendar does not have"),
        ("0000-01-01", "the calendar does not have"), ("2026-07-01 24:00", "the day does not have"),
        ("2026-07-01 13:00 AM", "the day does not have"), ("2026-07-01 9:60", "the day does not have"),
        ("2026-07-01 x", "time that can be read"), ("2026-07-01T", "is no date"), ("2026-07", "is no date"),
        ("", "is no date"), ("abc", "is no date"), ("12345", "is no date"), ("2026-07/01", "is no date"),
        ("2026-07-01 09:00 and more", "is no date"), ("1-2-3-4", "has a year of two digits"),
        ("2026-07-01 09:00+99:00", "offset"), (String(repeating: "1", count: 500), "is no date"),
    ])
    func `what is no date, no day or no one day is refused`(text: String, reason: String) {
        let fault = #expect(throws: CellFault.self) { try WrittenDate(text) }
        #expect(fault?.reason.contains(reason) == true, "\(String(describing: fault))")
    }

    @Test func `a date that does not fit the column's order is refused`() {
        #expect(throws: CellFault("'13/7/2026' is a day that the calendar does not have")) {
            try WrittenDate("13/7/2026", order: .monthDayYear)
        }
        #expect(throws: CellFault("'1/7/2026' is no date in the order ymd")) {
            try WrittenDate("1/7/2026", order: .yearMonthDay)
        }
    }
}

@Suite struct SerialDateTests {
    @Test(arguments: [
        ("1", "1900-01-01"), ("59", "1900-02-28"), ("61", "1900-03-01"), ("46204", "2026-07-01"),
        ("46204.5", "2026-07-01T12:00:00"), ("46204.604166666664", "2026-07-01T14:30:00"),
        ("46204.60416666666663", "2026-07-01T14:30:00"), ("46204.999999999999", "2026-07-02"),
        ("46204.000002893519", "2026-07-01T00:00:00.250"), ("2958465", "9999-12-31"),
    ])
    func `days since 1900`(serial: String, wanted: String) throws {
        #expect(try SerialDate.text(of: serial) == wanted)
    }

    @Test(arguments: [("0", "1904-01-01"), ("60", "1904-03-01"), ("44742.25", "2026-07-01T06:00:00")])
    func `days since 1904`(serial: String, wanted: String) throws {
        #expect(try SerialDate.text(of: serial, epoch: .year1904) == wanted)
    }

    @Test(arguments: [
        ("60", "29 February 1900"), ("60.5", "29 February 1900"), ("0.5", "a time without a date"),
        ("0", "a time without"),
        ("-1", "before the first day"), ("2958466", "after the year 9999"), ("999999999", "after the year 9999"),
        ("1e5", "is no serial date"), ("", "is no serial date"), ("4.", "is no serial date"),
        ("12345678901", "is no serial"),
    ])
    func `days that are none are refused`(serial: String, reason: String) {
        let fault = #expect(throws: CellFault.self) { try SerialDate.text(of: serial) }
        #expect(fault?.reason.contains(reason) == true, "\(String(describing: fault))")
    }
}
