import PlumblineKit
import RecordFiles

/// The columns that are read, and what a row says in them.
struct PunchLogColumns: Sendable {
    let employee: String
    let times: [String]
    let date: String?
    private let direction: String?
    private let shift: String?
    private let directions: [String: Bool]
    private let shifts: [String: PunchShift]
    private let offValues: Set<String>
    let reader: PunchTimeReader
    private let latest: Instant

    /// The columns without repetition, as they are asked for.
    let fields: [String]
    /// Each column with the setting that names it.
    let needed: [(setting: String, name: String)]

    init(_ settings: Settings, clock: PunchClock, now: Instant) throws(ConnectorError) {
        employee = settings[PunchLogSettings.employee]
        times = settings[PunchLogSettings.times]
        date = settings[PunchLogSettings.date]
        direction = settings[PunchLogSettings.direction]
        shift = settings[PunchLogSettings.shift]
        directions = try Self.directions(settings)
        shifts = try PunchShift.all(settings)
        offValues = Set(settings[PunchLogSettings.offValues])
        reader = PunchTimeReader(settings, clock: clock)
        latest = now.advanced(bySeconds: 3600)
        needed = Self.needed(settings)
        fields = needed.map(\.name)
        if let twice = fields.first(where: { name in fields.count { $0 == name } > 1 }) {
            throw .settings(
                field: needed.last { $0.name == twice }?.setting ?? "", reason: "the column '\(twice)' is named twice")
        }
        if direction == nil {
            try PunchShift.refuseAcrossDays(
                shifts.values, dayStarts: reader.clock.dayStarts, orName: PunchLogSettings.direction.field.key)
        }
        if shift == nil, shifts.count > 1 {
            throw .settings(
                field: PunchLogSettings.shift.field.key,
                reason: "is required with several shifts: it says whose is whose; or read each group with a connection")
        }
    }

    /// What a person wants to know of the shifts.
    var remarks: [String] {
        shifts.values.filter { $0.work.lowerBound >= 86_400 }.map(\.name).sorted().map {
            "days of the shift '\($0)' are named after the day before: it begins before day_starts"
        }
    }

    private static func needed(_ settings: Settings) -> [(setting: String, name: String)] {
        typealias Key = PunchLogSettings
        var needed = [(setting: Key.employee.field.key, name: settings[Key.employee])]
        needed += settings[Key.times].map { (Key.times.field.key, $0) }
        for setting in [Key.date, Key.direction, Key.shift] {
            if let name = settings[setting] { needed.append((setting.field.key, name)) }
        }
        return needed
    }

    private static func directions(_ settings: Settings) throws(ConnectorError) -> [String: Bool] {
        var directions: [String: Bool] = [:]
        for value in settings[PunchLogSettings.inValues] { directions[value.lowercased()] = true }
        for value in settings[PunchLogSettings.outValues] {
            guard directions.updateValue(false, forKey: value.lowercased()) == nil else {
                throw .settings(
                    field: PunchLogSettings.outValues.field.key, reason: "'\(value)' is among the in_values, too")
            }
        }
        return directions
    }
}

// MARK: - A row

extension PunchLogColumns {
    /// Adds what a row says, all of it or nothing.
    func read(_ row: Int, of batch: SourceBatch, into rows: inout PunchRows) throws(PunchFault) {
        let cells = Row(batch: batch, number: row)
        let person = try Self.employee(cells[employee])
        let (isIn, shift) = (try isIn(cells), try shiftName(cells))
        let punches = try moments(cells).map { LoggedPunch(at: $0, isIn: isIn, shift: shift) }
        if let late = punches.first(where: { $0.at > latest }) {
            throw PunchFault(
                zh: "打卡时间 \(late.at) 在将来，请检查设备时钟",
                en: "the punch at \(late.at) lies ahead: is the device's clock right?")
        }
        for punch in punches { rows.add(punch, of: person) }
        if punches.isEmpty { rows.add(try namedDay(cells), shift: shift, of: person) }
    }

    struct Row {
        let batch: SourceBatch
        let number: Int

        /// The text of a cell; nil where it is empty.
        subscript(_ name: String?) -> String? {
            guard let name, let field = batch.fields.firstIndex(of: name) else { return nil }
            return batch.text(field, of: number).map(\.trimmingSpaces).flatMap { $0.isEmpty ? nil : $0 }
        }
    }

    /// A number as the log writes it, zeros in front included.
    static func employee(_ cell: String?) throws(PunchFault) -> String {
        // Some exports put an apostrophe in front, so that a spreadsheet takes it for text.
        guard let cell, let number = Optional(cell.first == "'" ? String(cell.dropFirst()) : cell), !number.isEmpty
        else { throw PunchFault(zh: "缺员工编号", en: "there is no employee's number") }
        guard !number.isSpreadsheetNumber else {
            throw PunchFault(
                zh: "员工编号“\(number)”被表格软件改成了数字，原编号无法确定，请按文本导出",
                en: "a spreadsheet made a number of the employee's number, '\(number)': export it as text")
        }
        return number
    }

    private func moments(_ cells: Row) throws(PunchFault) -> [Instant] {
        var moments: [Instant] = []
        for time in times {
            guard let cell = cells[time] else { continue }
            if date != nil, cells[date] == nil {
                throw PunchFault(zh: "有时间而缺日期", en: "there is a time and no date")
            }
            moments += try reader.moments(cell, on: cells[date])
        }
        return moments
    }

    /// The day of a row without any time.
    private func namedDay(_ cells: Row) throws(PunchFault) -> LocalDay {
        guard let day = cells[date] else { throw PunchFault(zh: "缺打卡时间", en: "there is no time") }
        return try reader.day(day)
    }

    private func isIn(_ cells: Row) throws(PunchFault) -> Bool? {
        guard let cell = cells[direction] else { return nil }
        if let isIn = directions[cell.lowercased()] { return isIn }
        throw PunchFault(
            zh: "方向“\(cell)”不在 in_values 和 out_values 中",
            en: "the direction '\(cell)' is neither in in_values nor out_values")
    }

    private func shiftName(_ cells: Row) throws(PunchFault) -> String? {
        guard shift != nil else { return shifts.keys.first }
        guard let cell = cells[shift] else { return nil }
        if shifts[cell] != nil { return cell }
        if offValues.contains(cell) { return nil }
        throw PunchFault(
            zh: "班次“\(cell)”不在 shifts 中",
            en: "there is no shift '\(cell)'; shifts: \(shifts.keys.sorted().joined(separator: ", "))")
    }
}

extension String {
    /// Whether this looks like a number that a spreadsheet made of a longer one: `1.00001E+09`, `1001.0`.
    fileprivate var isSpreadsheetNumber: Bool {
        let parts = uppercased().split(separator: "E+", omittingEmptySubsequences: false)
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, mantissa.count <= 2, parts.count + mantissa.count > 2 else { return false }
        return (mantissa + parts.dropFirst()).allSatisfy { part in
            !part.isEmpty && part.allSatisfy { $0.isASCII && $0.isNumber }
        }
    }
}
