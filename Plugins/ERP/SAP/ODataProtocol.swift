import PlumblineKit

/// Which version of OData a service speaks.
enum ODataVersion: String, CaseIterable, Sendable {
    case v2, v4
}

/// A value as conditions write it.
enum ODataLiteral {
    case text(String)
    case number(String)
    case guid(String)
    case flag(Bool)
    /// A moment with an offset (`Edm.DateTimeOffset`).
    case moment(Instant)
    /// What clocks show, without an offset (`Edm.DateTime`), as if it were UTC.
    case local(Instant)
    /// A day: midnight of `Edm.DateTime` in V2, `Edm.Date` in V4.
    case day(Instant)

    /// Quotes in texts are doubled; times are cut to milliseconds, which no server's are coarser than without saying so.
    func written(in version: ODataVersion) -> String {
        switch (self, version) {
        case (.text(let text), _): "'" + text.replacing("'", with: "''") + "'"
        case (.number(let text), _): text
        case (.flag(let flag), _): flag ? "true" : "false"
        case (.guid(let text), .v2): "guid'\(text)'"
        case (.guid(let text), .v4): text
        case (.moment(let time), .v2): "datetimeoffset'\(time.inMilliseconds.rfc3339)'"
        case (.local(let time), .v2): "datetime'\(time.inMilliseconds.rfc3339.dropLast())'"
        case (.day(let day), .v2): "datetime'\(day.rfc3339.prefix(10))T00:00:00'"
        case (.moment(let time), .v4), (.local(let time), .v4): time.inMilliseconds.rfc3339
        case (.day(let day), .v4): String(day.rfc3339.prefix(10))
        }
    }
}

/// A time as either version writes it.
enum ODataTime: Equatable {
    case moment(Instant)
    /// What clocks show, as if it were UTC. V2 writes days so as well.
    case local(Instant)
    /// Midnight of a day, as if it were UTC.
    case day(Instant)

    /// V2 `/Date(1767571200000)/`, with `+0000` behind the number where the moment is known; V4 `2026-01-05T00:00:00Z` and
    /// `2026-01-05`; nil for any other text.
    init?(_ text: String) {
        if text.hasPrefix("/Date("), text.hasSuffix(")/") {
            self.init(ticks: text.dropFirst(6).dropLast(2))
        } else if let moment = Instant(rfc3339: text) {
            self = .moment(moment)
        } else if let local = Instant(rfc3339: text + "Z") {
            self = .local(local)
        } else if let day = LocalDay(text) {
            self = .day(day.midnight)
        } else {
            return nil
        }
    }

    /// The number counts milliseconds of UTC since 1970; an offset behind it says what clocks showed there.
    private init?(ticks: Substring) {
        let digits = ticks.prefix { $0 == "-" && $0 == ticks.first }.count
        let end = ticks.dropFirst(digits).firstIndex { $0 == "+" || $0 == "-" }
        guard let number = Int64(ticks[..<(end ?? ticks.endIndex)]), abs(number) < 400_000_000_000_000 else {
            return nil
        }
        let time = Instant(microseconds: number * 1000)
        if let end {
            guard Int(ticks[end...]) != nil else { return nil }
            self = .moment(time)
        } else {
            self = .local(time)
        }
    }

    /// The instant in it, whatever it stands for.
    var instant: Instant {
        switch self {
        case .moment(let time), .local(let time), .day(let time): time
        }
    }
}

extension Instant {
    /// Whole milliseconds, rounded down: V2 shows no finer ones.
    var inMilliseconds: Instant {
        let rest = microseconds % 1000
        return Instant(microseconds: microseconds - (rest < 0 ? rest + 1000 : rest))
    }
}

extension String {
    /// The seconds of a V2 time of day or a V4 duration such as `PT08H30M00S`; nil for other text and for parts of seconds.
    var odataSeconds: Int? {
        guard hasPrefix("PT"), count > 2 else { return nil }
        var (rest, seconds) = (dropFirst(2), 0)
        for (mark, unit) in [("H", 3600), ("M", 60), ("S", 1)] as [(Character, Int)] {
            guard let end = rest.firstIndex(of: mark) else { continue }
            guard let number = Int(rest[..<end]), (0...99_999).contains(number) else { return nil }
            seconds += number * unit
            rest = rest[rest.index(after: end)...]
        }
        return rest.isEmpty ? seconds : nil
    }
}
