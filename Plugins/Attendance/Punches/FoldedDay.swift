import PlumblineKit

/// What a log says of one person and day.
struct FoldedDay: Sendable, Hashable {
    let employee: String
    let day: LocalDay
    /// Ascending.
    let stamps: [PunchStamp]
    /// The shift that a row without punch names.
    let namedShift: String?
    /// Whether there may be punches of which it is not known when or what they were: then nothing is said of the others but
    /// that they are there.
    var isDoubtful = false

    static let fields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "员工编号和日期", en: "The employee's number, and the day")),
        SourceField("employee", "string", LocalizedText(zh: "员工编号", en: "The employee's number in the log")),
        SourceField("date", "date", LocalizedText(zh: "日期", en: "The day")),
        SourceField(
            "first_in_at", "time?",
            LocalizedText(zh: "首次上班打卡；不明时为空", en: "The first clock-in; null where it is not known")),
        SourceField(
            "last_out_at", "time?",
            LocalizedText(zh: "最后下班打卡；不明时为空", en: "The last clock-out; null where it is not known")),
        SourceField(
            "worked_seconds", "int?",
            LocalizedText(zh: "工作秒数，已扣除休息；缺卡时为空", en: "Time worked without the break; null where a punch is missing")),
        SourceField(
            "missing_punch", "bool", LocalizedText(zh: "打卡是否不成对", en: "Whether punches are missing or do not pair up")),
        SourceField("shift", "string?", LocalizedText(zh: "班次名称", en: "Name of the shift")),
        SourceField(
            "planned_seconds", "int?", LocalizedText(zh: "应工作秒数，不含休息", en: "Planned working time without the break")),
        SourceField("planned_start_at", "time?", LocalizedText(zh: "应上班时间", en: "When the shift begins")),
        SourceField("planned_end_at", "time?", LocalizedText(zh: "应下班时间", en: "When the shift ends")),
        SourceField(
            "late_seconds", "int?", LocalizedText(zh: "迟到秒数，宽限内为 0", en: "How late, 0 within the grace")),
        SourceField(
            "early_leave_seconds", "int?", LocalizedText(zh: "早退秒数，宽限内为 0", en: "How early, 0 within the grace")),
        SourceField(
            "worked_after_end_seconds", "int?",
            LocalizedText(
                zh: "应下班时间之后的工作秒数，中间离开不计；缺卡或无班次时为空",
                en: "Time worked after the shift's end, without gaps; null where a punch or the shift is missing")),
        SourceField(
            "punches", "list<{at: time, type: string?}>",
            LocalizedText(
                zh: "当天的打卡，重复的算一次：in、out，不明为空",
                en: "The day's punches, repeated ones once: in, out, null where not told")),
    ]

    var id: String { [employee, day.text].compoundIdentifier }

    func record(_ shifts: [String: PunchShift], grace: Int, clock: PunchClock) -> SourceRecord {
        let shift = (stamps.compactMap(\.shift).first ?? namedShift).flatMap { shifts[$0] }
        let start = shift.map { clock.moment($0.work.lowerBound, on: day) }
        let end = shift.map { clock.moment($0.work.upperBound, on: day) }
        let lunch = shift?.lunch.map { clock.moment($0.lowerBound, on: day)..<clock.moment($0.upperBound, on: day) }
        return SourceRecord(
            id: id, version: nil,
            json: [
                "id": .string(id), "employee": .string(employee), "date": .string(day.text),
                "first_in_at": .time(firstIn), "last_out_at": .time(lastOut),
                "worked_seconds": Self.number(workedSeconds(without: lunch)),
                "missing_punch": .bool(spans == nil), "shift": .text(shift?.name),
                "planned_seconds": Self.number(Self.planned(from: start, to: end, without: lunch)),
                "planned_start_at": .time(start), "planned_end_at": .time(end),
                "late_seconds": Self.number(Self.seconds(from: start, to: firstIn, beyond: grace)),
                "early_leave_seconds": Self.number(Self.seconds(from: lastOut, to: end, beyond: grace)),
                "worked_after_end_seconds": Self.number(workedSeconds(after: end)),
                "punches": .array(stamps.map(\.json)),
            ])
    }

    /// By moments, not by clocks: a night on which they change has an hour more or less.
    private static func planned(from start: Instant?, to end: Instant?, without lunch: Range<Instant>?) -> Int? {
        guard let start, let end else { return nil }
        return Int(((start..<end).microseconds - (lunch?.microseconds ?? 0)) / 1_000_000)
    }

    private static func number(_ value: Int?) -> JSON { value.map(JSON.int) ?? .null }

    private static func seconds(from first: Instant?, to last: Instant?, beyond grace: Int) -> Int? {
        guard let first, let last else { return nil }
        let seconds = Int((last.microseconds - first.microseconds) / 1_000_000)
        return seconds > grace ? seconds : 0
    }
}

// MARK: - First in, last out, and what lies between

extension FoldedDay {
    /// The punches with their directions; nil where the log does not tell of one.
    private var directed: PunchedDay? {
        guard !stamps.isEmpty, stamps.allSatisfy({ $0.isIn != nil }) else { return nil }
        return PunchedDay(
            punches: stamps.enumerated().map { Punch(at: $1.at, isIn: $1.isIn == true, number: $0) })
    }

    private var firstIn: Instant? {
        if isDoubtful { return nil }
        if directed != nil { return stamps.first.flatMap { $0.isIn == true ? $0.at : nil } }
        return stamps.count > 1 ? stamps.first?.first : nil
    }

    private var lastOut: Instant? {
        if isDoubtful { return nil }
        if let directed { return directed.lastOut }
        return stamps.count > 1 ? stamps.last?.last : nil
    }

    /// From each clock-in to the clock-out behind it; nil where they do not pair up.
    private var spans: [Range<Instant>]? {
        if isDoubtful { return nil }
        guard directed != nil else {
            guard let firstIn, let lastOut else { return nil }
            return [firstIn..<lastOut]
        }
        guard stamps.count % 2 == 0 else { return nil }
        var spans: [Range<Instant>] = []
        for place in stride(from: 0, to: stamps.count, by: 2) {
            guard stamps[place].isIn == true, stamps[place + 1].isIn == false else { return nil }
            spans.append(stamps[place].at..<stamps[place + 1].at)
        }
        return spans
    }

    private func workedSeconds(after end: Instant?) -> Int? {
        guard let spans, let end else { return nil }
        let micros = spans.filter { $0.upperBound > end }.map { (max($0.lowerBound, end)..<$0.upperBound).microseconds }
        return Int(micros.reduce(0, +) / 1_000_000)
    }

    private func workedSeconds(without lunch: Range<Instant>?) -> Int? {
        guard let spans else { return nil }
        let micros = spans.map { span in
            span.microseconds - (lunch.map { span.clamped(to: $0).microseconds } ?? 0)
        }
        return Int(micros.reduce(0, +) / 1_000_000)
    }
}

extension Range<Instant> {
    fileprivate var microseconds: Int64 { upperBound.microseconds - lowerBound.microseconds }
}
