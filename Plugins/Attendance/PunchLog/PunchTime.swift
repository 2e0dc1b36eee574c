import PlumblineKit
import RecordFiles

/// Why a row is no punch.
struct PunchFault: Error {
    let texts: LocalizedText

    init(zh: String, en: String) { texts = LocalizedText(zh: zh, en: en) }
}

/// Reads dates and times as machines and people write them: with a weekday, `次日 01:10`, `24:30`, serial numbers.
struct PunchTimeReader: Sendable {
    let order: DateOrder?
    /// The epoch of serial numbers; nil where they are refused.
    let epoch: SerialDate.Epoch?
    let clock: PunchClock
    /// What says that there is no punch.
    private let emptyValues: Set<String>

    init(_ settings: Settings, clock: PunchClock) {
        order = DateOrder(rawValue: settings[PunchLogSettings.dateOrder])
        epoch = ["1900": .year1900, "1904": .year1904][settings[PunchLogSettings.serialDates]]
        emptyValues = Set(settings[PunchLogSettings.emptyValues])
        self.clock = clock
    }

    /// The moments of a cell, which may hold several between line breaks or semicolons; none for an empty one.
    func moments(_ cell: String, on date: String?) throws(PunchFault) -> [Instant] {
        var moments: [Instant] = []
        for part in parts(cell) { moments.append(try moment(part, on: date)) }
        return moments
    }

    /// The texts of a cell's times.
    func parts(_ cell: String) -> [String] {
        cell.split(whereSeparator: { $0.isNewline || ";；、".contains($0) }).map(\.trimmingSpaces).filter {
            !$0.isEmpty && !emptyValues.contains($0)
        }
    }

    /// The day of a cell that holds a date alone.
    func day(_ cell: String) throws(PunchFault) -> LocalDay {
        let written = try written(Self.normalised(cell).text)
        guard written.time == nil, let day = LocalDay(written.date) else {
            throw PunchFault(zh: "“\(cell)”不是单独的日期", en: "'\(cell)' is no date alone")
        }
        return day
    }

    func moment(_ cell: String, on date: String?) throws(PunchFault) -> Instant {
        if date == nil, let shown = cell.plainMoment { return clock.moment(shown: shown) }
        let (time, days) = Self.normalised(cell)
        let written = try date == nil ? written(time) : joined(Self.normalised(date ?? "").text, time)
        guard let hour = written.time else {
            throw PunchFault(zh: "“\(cell)”没有时间", en: "'\(cell)' has no time of day")
        }
        guard let shown = Instant(rfc3339: "\(written.date)T\(hour)\(written.offset ?? "Z")") else {
            throw PunchFault(zh: "“\(cell)”不是可读的时间", en: "'\(cell)' is no time that can be read")
        }
        let later = shown.advanced(bySeconds: days * 86_400)
        return written.offset == nil ? clock.moment(shown: later) : later
    }

    private func written(_ text: String) throws(PunchFault) -> WrittenDate {
        try readable { () throws(CellFault) in
            if let epoch, text.isSerial { return try WrittenDate(SerialDate.text(of: text, epoch: epoch)) }
            return try WrittenDate(text, order: order)
        }
    }

    /// A date and a time of day of two cells, each of which may be a serial number.
    private func joined(_ date: String, _ time: String) throws(PunchFault) -> WrittenDate {
        guard let epoch, date.isSerial || time.isFraction else { return try written("\(date) \(time)") }
        return try readable { () throws(CellFault) in
            let day = date.isSerial ? try SerialDate.text(of: date, epoch: epoch) : date
            guard time.isFraction else { return try WrittenDate("\(day) \(time)", order: order) }
            // The time of day is the same on any day.
            let some = try SerialDate.text(of: "1." + time.drop { $0 != "." }.dropFirst(), epoch: epoch)
            return try WrittenDate("\(day) \(some.split(separator: "T").last ?? "")", order: order)
        }
    }

    private func readable<Value>(_ read: () throws(CellFault) -> Value) throws(PunchFault) -> Value {
        do throws(CellFault) {
            return try read()
        } catch {
            throw PunchFault(zh: "日期或时间无法读取：\(error.reason)", en: error.reason)
        }
    }
}

// MARK: - What people add

extension PunchTimeReader {
    /// The text without weekday and word for the next day, its hour below 24, and how many days later it is meant.
    static func normalised(_ cell: String) -> (text: String, days: Int) {
        var (text, days) = (cell, 0)
        if text.utf8.contains(where: { $0 >= 0x80 }) {
            text.replace("：", with: ":")
            for mark in ["次日", "翌日"] where text.contains(mark) {
                text.replace(mark, with: " ")
                days = 1
            }
            for weekday in weekdays { text.replace(weekday, with: " ") }
        }
        guard let early = belowADay(text) else { return (text.trimmingSpaces, days) }
        return (early.trimmingSpaces, days + 1)
    }

    private static let weekdays = ["星期", "周", "礼拜"].flatMap { name in
        "一二三四五六日天".map { "\(name)\($0)" }
    }

    /// `00:30` for `24:30`; nil where the hour is an hour of the day.
    private static func belowADay(_ text: String) -> String? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let front = text[..<colon]
        let digits = front.reversed().prefix { $0.isASCII && $0.isNumber }
        guard digits.count == 2, let hour = Int(String(digits.reversed())), (24..<48).contains(hour) else { return nil }
        let early = hour - 24
        return "\(front.dropLast(2))\(early < 10 ? "0" : "")\(early)\(text[colon...])"
    }
}

extension String {
    /// `2026-01-05 08:31:05`, which most rows say and which needs no guess; nil for any other text.
    fileprivate var plainMoment: Instant? { utf8.count == 19 ? Instant(rfc3339: self + "Z") : nil }

    /// Whether this may be a serial number: five digits, with a fraction or without.
    fileprivate var isSerial: Bool {
        let parts = split(separator: ".", omittingEmptySubsequences: false)
        return parts.count <= 2 && parts.first?.count == 5
            && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } }
    }
}

extension String {
    /// Whether this is a time of day as the fraction of a day.
    fileprivate var isFraction: Bool {
        let parts = split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 2 && ["", "0"].contains(parts[0]) && !parts[1].isEmpty
            && parts[1].allSatisfy { $0.isASCII && $0.isNumber }
    }
}

extension StringProtocol {
    /// The text without white space around it.
    var trimmingSpaces: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
