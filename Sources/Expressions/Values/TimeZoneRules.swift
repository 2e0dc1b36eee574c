internal import Foundation
internal import Synchronization

/// The offsets of one time zone, looked up quickly: the system's zone data are asked once a year and zone.
public final class TimeZoneRules: Sendable {
    /// The zone's name as given: `Asia/Shanghai`, `UTC`, `+08:00`.
    public let identifier: String

    private let source: Source
    private let years = Mutex<[Int: [Span]]>([:])

    private enum Source: Sendable {
        case fixed(Int)
        case zone(TimeZone)
    }

    private struct Span: Sendable {
        let start: Int64
        let offset: Int
    }

    private static let known = Mutex<[String: TimeZoneRules]>([:])
    private static let kept = 1_000

    /// The rules of `UTC`, or of a zone by its IANA name with a region (`Asia/Shanghai`) or its offset (`+08:00`,
    /// `08:00`); nil where there is no such zone.
    ///
    /// Abbreviations are no names: `CST` is Shanghai's as well as Chicago's.
    public static func named(_ identifier: String) -> TimeZoneRules? {
        if let rules = known.withLock({ $0[identifier] }) { return rules }
        guard let rules = TimeZoneRules(identifier) else { return nil }
        return known.withLock { known in
            if known.count >= kept { known.remove(at: known.startIndex) }
            known[identifier] = rules
            return rules
        }
    }

    /// Universal time.
    public static let utc = TimeZoneRules(identifier: "UTC", source: .fixed(0))

    private init(identifier: String, source: Source) {
        self.identifier = identifier
        self.source = source
    }

    private convenience init?(_ identifier: String) {
        if let offset = TimeZoneRules.fixedOffset(identifier) {
            self.init(identifier: identifier, source: .fixed(offset))
        } else if identifier.contains("/"), let zone = TimeZone(identifier: identifier) {
            self.init(identifier: identifier, source: .zone(zone))
        } else {
            return nil
        }
    }

    private static func fixedOffset(_ identifier: String) -> Int? {
        if identifier == "UTC" || identifier == "Z" { return 0 }
        var text = Substring(identifier)
        let sign = text.first == "-" ? -1 : 1
        if text.first == "-" || text.first == "+" { text.removeFirst() }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy(\.isDigit) }) else {
            return nil
        }
        guard let hours = UInt8(parts[0]), let minutes = UInt8(parts[1]), hours < 24, minutes < 60 else { return nil }
        return sign * (Int(hours) * 3_600 + Int(minutes) * 60)
    }

    /// The seconds that the zone is ahead of UTC at an instant.
    public func offset(at timestamp: Timestamp) -> Int {
        offset(atSecond: timestamp.seconds)
    }

    /// The seconds that the zone is ahead of UTC at an instant given in seconds since 1970.
    public func offset(atSecond second: Int64) -> Int {
        switch source {
        case .fixed(let offset): return offset
        case .zone(let zone):
            let year = CivilCalendar.day(CivilCalendar.floorDivide(Int(second), 86_400)).year
            return years.withLock { years in
                if years[year] == nil { years[year] = TimeZoneRules.spans(of: year, in: zone) }
                return years[year]?.last { $0.start <= second }?.offset ?? 0
            }
        }
    }

    /// The instant of a civil day and second of day in this zone.
    ///
    /// A time that a clock change skips is moved forward by the gap; one that happens twice is the first.
    public func timestamp(of day: CivilCalendar.Day, second: Int = 0) -> Timestamp {
        timestamp(ofLocalSecond: Int64(CivilCalendar.days(day) * 86_400 + second))
    }

    /// The instant at which the zone's clock shows `local`, counted like seconds since 1970.
    func timestamp(ofLocalSecond local: Int64) -> Timestamp {
        let before = Int64(offset(atSecond: local - 86_400))
        let after = Int64(offset(atSecond: local + 86_400))
        let candidates = [local - before, local - after]
        let match = candidates.first { Int64(offset(atSecond: $0)) == local - $0 }
        return Timestamp(seconds: match ?? local - before)
    }

    /// The civil day of an instant, and the seconds since its midnight as clocks show them.
    public func civil(_ timestamp: Timestamp) -> (day: CivilCalendar.Day, second: Int) {
        let local = Int(timestamp.seconds) + offset(at: timestamp)
        let days = CivilCalendar.floorDivide(local, 86_400)
        return (CivilCalendar.day(days), local - days * 86_400)
    }

    private static func spans(of year: Int, in zone: TimeZone) -> [Span] {
        let start = Int64(CivilCalendar.days(year: year, month: 1, day: 1)) * 86_400
        let end = Int64(CivilCalendar.days(year: year + 1, month: 1, day: 1)) * 86_400
        var spans = [Span(start: start, offset: offset(of: zone, at: start))]
        for day in stride(from: start, to: end, by: 86_400) {
            let next = offset(of: zone, at: day + 86_400)
            guard next != spans[spans.count - 1].offset else { continue }
            spans.append(Span(start: change(of: zone, after: day, to: next), offset: next))
        }
        return spans
    }

    /// The first second of the day after `day` at which the zone's offset is `offset`.
    private static func change(of zone: TimeZone, after day: Int64, to next: Int) -> Int64 {
        var (low, high) = (day, day + 86_400)
        while high - low > 1 {
            let middle = (low + high) / 2
            if offset(of: zone, at: middle) == next { high = middle } else { low = middle }
        }
        return high
    }

    private static func offset(of zone: TimeZone, at second: Int64) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
    }
}
