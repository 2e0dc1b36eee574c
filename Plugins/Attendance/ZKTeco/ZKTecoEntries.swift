import PlumblineKit

/// Makes entries of the lines that a terminal sends.
struct ZKTecoEntries: Sendable {
    let layout: ZKTecoLayout
    let terminals: ZKTecoTerminals

    /// What a body of `table=ATTLOG` tells, a line at a time. Whatever cannot be read is kept as well, for people to see,
    /// under the employee's number where there is one: their day is not known then.
    func entries(in request: DeviceRequest) -> [DeviceEntry] {
        request.body.split(separator: UInt8(ascii: "\n")).compactMap { ZKTecoLine($0, layout: layout) }.map {
            entry($0, request)
        }
    }

    /// The same number, time and state of a terminal are the same punch, however often it is sent.
    private func entry(_ line: ZKTecoLine, _ request: DeviceRequest) -> DeviceEntry {
        guard let pin = layout.pin(of: line), let shown = layout.shown(in: line) else {
            return DeviceEntry(
                device: request.serial, key: "line \(line.columns.joined(separator: "\t"))",
                account: layout.hasTime(line) ? layout.pin(of: line) : nil,
                placed: request.received, received: request.received, contents: line.bytes)
        }
        let clock = terminals.clock(of: request.serial)
        let isPossible =
            clock.map { ZKTecoPlausibility($0).fault(of: shown, received: request.received) == nil } ?? false
        return DeviceEntry(
            device: request.serial, key: "punch \([pin, shown.rfc3339, line[layout.status] ?? ""].compoundIdentifier)",
            account: pin, placed: isPossible ? shown : request.received, received: request.received,
            contents: line.bytes)
    }
}

/// Whether a terminal's clock can have shown the right time.
struct ZKTecoPlausibility: Sendable {
    private let clock: PunchClock

    init(_ clock: PunchClock) { self.clock = clock }

    /// So far a clock may be ahead of ours.
    private static let tolerance = 3600
    /// Before this no terminal spoke this language: clocks whose battery is empty begin in 2000.
    private static let firstPunch = Instant(microseconds: 1_262_304_000_000_000)

    /// What is wrong with a time that a clock showed; nil where nothing is.
    func fault(of shown: Instant, received: Instant) -> LocalizedText? {
        if shown < Self.firstPunch {
            return LocalizedText(
                zh: "设备时钟显示 \(shown)，像是被重置过", en: "the terminal's clock showed \(shown): it seems to have been reset")
        }
        guard let earliest = clock.candidates(shown).first,
            earliest > received.advanced(bySeconds: Self.tolerance)
        else { return nil }
        return LocalizedText(
            zh: "打卡时间 \(earliest) 晚于收到时间 \(received)，请检查设备时钟和时区",
            en: "the punch at \(earliest) came at \(received), before it: are the terminal's clock and zone right?")
    }
}
