import PlumblineKit

/// What an entry of the log says.
enum ZKTecoReading: Sendable {
    /// Somebody clocked in or out.
    case punch(LoggedPunch)
    /// Somebody did, and it is not known when, or which of both: on one of these days.
    case doubt(Set<LocalDay>, LocalizedText)
    /// Nobody knows what it says.
    case unreadable(LocalizedText)
}

/// Reads entries with the settings as they are now.
struct ZKTecoReader: Sendable {
    let layout: ZKTecoLayout
    let terminals: ZKTecoTerminals
    /// By whose clocks days begin.
    let clock: PunchClock
    private let directions: [String: Bool?]
    private let shifts: [String: PunchShift]
    private let shiftOf: [String: String]

    init(
        _ settings: Settings, layout: ZKTecoLayout, terminals: ZKTecoTerminals, clock: PunchClock
    ) throws(ConnectorError) {
        (self.layout, self.terminals, self.clock) = (layout, terminals, clock)
        directions = try Self.directions(settings)
        shifts = try PunchShift.all(settings)
        shiftOf = settings[ZKTecoSettings.shiftOf]
        if let unknown = shiftOf.values.sorted().first(where: { [shifts] in shifts[$0] == nil }) {
            throw .settings(
                field: ZKTecoSettings.shiftOf.field.key, reason: "there is no shift '\(unknown)' in 'shifts'")
        }
    }

    /// Whether states tell in from out.
    var hasDirections: Bool { directions.values.contains { $0 != nil } }

    func read(_ entry: DeviceEntry) -> ZKTecoReading {
        let line = ZKTecoLine(kept: entry.contents)
        guard let pin = entry.account else { return .unreadable(Self.noLine) }
        guard let shown = layout.shown(in: line) else { return .doubt([clock.day(of: entry.received)], Self.noLine) }
        guard let clock = terminals.clock(of: entry.device) else {
            return .doubt(days(of: entry, anywhere: shown), Self.unlisted(entry.device))
        }
        if let fault = ZKTecoPlausibility(clock).fault(of: shown, received: entry.received) {
            return .doubt([self.clock.day(of: entry.received)], fault)
        }
        let moments = clock.moments(shown: shown)
        guard moments.count == 1 else {
            return .doubt(Set(clock.candidates(shown).map(self.clock.day)), Self.text(shown, moments.count))
        }
        guard let isIn = direction(of: line) else {
            let days = Set(moments.map(self.clock.day))
            return .doubt(days, Self.unknownState(line[layout.status] ?? ""))
        }
        return .punch(LoggedPunch(at: moments[0], isIn: isIn, shift: shift(of: pin)))
    }

    /// The days on which a clock somewhere on earth can have shown a time; that of its receipt, where no clock did.
    private func days(of entry: DeviceEntry, anywhere shown: Instant) -> Set<LocalDay> {
        guard entry.placed == shown else { return [clock.day(of: entry.received)] }
        return Set([-14, 0, 12].map { clock.day(of: shown.advanced(bySeconds: $0 * 3600)) })
    }

    /// The name of somebody's shift: their own, or the only one.
    func shift(of pin: String) -> String? { shiftOf[pin] ?? (shifts.count == 1 ? shifts.keys.first : nil) }

    /// In, out, or neither; the outer nil where the state is listed nowhere.
    private func direction(of line: ZKTecoLine) -> Bool?? {
        guard hasDirections else { return .some(nil) }
        guard let state = line[layout.status] else { return .some(nil) }
        return directions[state]
    }

    private static func directions(_ settings: Settings) throws(ConnectorError) -> [String: Bool?] {
        typealias Key = ZKTecoSettings
        var directions: [String: Bool?] = [:]
        let lists: [(Setting<[String]>, Bool?)] = [(Key.inValues, true), (Key.outValues, false), (Key.noValues, nil)]
        for (setting, isIn) in lists {
            for value in settings[setting] {
                guard directions.updateValue(isIn, forKey: value) == nil else {
                    throw .settings(field: setting.field.key, reason: "'\(value)' has another meaning already")
                }
            }
        }
        return directions
    }
}

// MARK: - What people are told

extension ZKTecoReader {
    private static let noLine = LocalizedText(
        zh: "无法读出员工编号和时间，请检查 pin_column 和 time_column",
        en:
            "there is no employee's number, or no time such as 2026-01-05 08:31:05: are pin_column and time_column right?"
    )

    private static func unlisted(_ serial: String) -> LocalizedText {
        LocalizedText(
            zh: "设备“\(serial)”不在 devices 中，不知道它的时钟属于哪个时区；停用的设备请保留在 devices 中并写 retired: true",
            en:
                "the terminal '\(serial)' is not in devices, so that nobody knows its clock: list one that is gone with retired: true"
        )
    }

    static func setBack(to moment: Instant) -> LocalizedText {
        LocalizedText(
            zh: "设备已经发送过之后日期的打卡，这条却是 \(moment)，早于 since：设备时钟可能被调回",
            en:
                "the punch at \(moment) is before 'since', and came behind later ones: was the terminal's clock set back?"
        )
    }

    private static func text(_ shown: Instant, _ count: Int) -> LocalizedText {
        count == 0
            ? LocalizedText(
                zh: "设备时区中没有 \(shown.clockText) 这个时间（夏令时开始）",
                en: "clocks of the terminal's zone never show \(shown.clockText): summer time begins")
            : LocalizedText(
                zh: "设备时区中 \(shown.clockText) 出现两次（夏令时结束），无法确定是哪一次",
                en:
                    "clocks of the terminal's zone show \(shown.clockText) twice, and it is not known which: summer time ends"
            )
    }

    private static func unknownState(_ state: String) -> LocalizedText {
        LocalizedText(
            zh: "状态“\(state)”不在 in_values、out_values 和 no_values 中",
            en: "the state '\(state)' is in none of in_values, out_values, no_values")
    }
}

extension Instant {
    /// What a clock shows, without a zone.
    fileprivate var clockText: String { String(rfc3339.prefix(19)).replacing("T", with: " ") }
}
