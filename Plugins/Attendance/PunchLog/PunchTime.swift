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

    init(_ settings: Settings, clock: PunchClock) {
        order = DateOrder(rawValue: settings[PunchLogSettings.dateOrder])
        epoch = ["1900": .year1900, "1904": .year1904][settings[PunchLogSettings.serialDates]]
        self.clock = clock
    }

    /// The moments of a cell, which may hold several between line breaks or semicolons; none for an empty one.
    func moments(_ cell: String, on date: String?) throws(PunchFault) -> [Instant] {
        var moments: [Instant] = []
        for part in cell.split(whereSeparator: { $0.isNewline || ";；、".contains($0) }) {
            let text = part.trimmingSpaces
            if !text.isEmpty { moments.append(try moment(text, on: date)) }
        }
        return moments
    }

    /// The day of a cell that holds a date alone.
    func day(_ cell: String) throws(PunchFault) -> LocalDay {
        let written = try written(Self.normalised(cell).text)
        guard written.time == nil, let day = LocalDay(written.date) else {
            throw PunchFault(zh: "“\(cell)”不是单独的日期", en: "'\(cell)' is no date alone")
        }
        return day
    }

    private func moment(_ cell: String, on date: String?) throws(PunchFault) -> Instant {
        if date == nil, let shown = cell.plainMoment { return clock.moment(shown: shown) }
        let (time, days) = Self.normalised(cell)
        let written = try written(date.map { "\(Self.normalised($0).text) \(time)" } ?? time)
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
        do throws(CellFault) {
            if let epoch, text.isSerial { return try WrittenDate(SerialDate.text(of: text, epoch: epoch)) }
            return try WrittenDate(text, order: order)
        } catch {
            throw PunchFault(zh: "日期或时间无法读取：\(error.reason)", en: error.reason)
        }
    }
}

// MARK: - What people add

extension PunchTimeReader {
    /// The text without weekday and word for the next day, its hour below 24, and how many days later it is meant.
    private static func normalised(_ cell: String) -> (text: String, days: Int) {
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

extension StringProtocol {
    /// The text without white space around it.
    var trimmingSpaces: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
