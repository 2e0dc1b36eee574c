import Expressions
import Foundation
import Indicators
import Testing

@testable import Gateway

/// Random crontab lines against a calendar that goes from minute to minute.
@Suite struct CronOracleTests {
    static let zones = ["UTC", "Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe"]

    @Test(arguments: zones) func `the next time is the one that a walk from minute to minute finds`(zone: String) throws
    {
        let clock = try #require(TimeZone(identifier: zone))
        let ours = try #require(Zone(identifier: zone))
        var chance = SplitMix(seed: 20_261_126 + UInt64(zone.utf8.count))
        var found = 0
        for _ in 0..<150 {
            let line = RandomLine(&chance)
            let start = Self.start(clock, &chance)
            let expected = CronOracle(line: line, clock: clock).first(after: start)
            let next = try CronExpression(line.text).next(after: Timestamp(seconds: start), in: ours)?.seconds
            if let expected {
                found += 1
                #expect(next == expected, "\(line.text) after \(start)")
            } else {
                #expect(next ?? .max > start + CronOracle.span, "\(line.text) after \(start)")
            }
        }
        #expect(found > 50, "the lines are tried, not only their absence")
    }

    /// A moment of 2026, in half of all cases within a day before the clock is changed.
    private static func start(_ clock: TimeZone, _ chance: inout SplitMix) -> Int64 {
        let begin = Date(timeIntervalSince1970: 1_767_225_600)
        let moment = begin + Double(chance.next() % (365 * 86_400))
        guard chance.next() % 2 == 0, let change = clock.nextDaylightSavingTimeTransition(after: moment) else {
            return Int64(moment.timeIntervalSince1970)
        }
        return Int64(change.timeIntervalSince1970) - Int64(chance.next() % 86_400)
    }
}

/// A crontab line with the numbers of its fields: the text is made from them, not they from the text.
private struct RandomLine {
    var fields: [(text: String, numbers: Set<Int>)] = []

    var text: String { fields.map(\.text).joined(separator: " ") }

    init(_ chance: inout SplitMix) {
        for (index, range) in [0...59, 0...23, 1...31, 1...12, 0...6].enumerated() {
            fields.append(Self.field(range, isOften: index < 2 ? 3 : 5, &chance))
        }
        // In few months, hardly anything would come soon enough to be walked to.
        if fields[3].numbers.count < 4 { fields[3] = ("*", Set(1...12)) }
    }

    private static func field(
        _ range: ClosedRange<Int>, isOften: UInt64, _ chance: inout SplitMix
    ) -> (String, Set<Int>) {
        let kind = chance.next() % 8
        if kind < isOften { return ("*", Set(range)) }
        let (first, second) = (number(range, &chance), number(range, &chance))
        let (low, high) = (min(first, second), max(first, second))
        let step = Int(chance.next() % 7) + 1
        switch kind {
        case 5: return ("*/\(step)", Set(stride(from: range.lowerBound, through: range.upperBound, by: step)))
        case 6: return ("\(low)-\(high)/\(step)", Set(stride(from: low, through: high, by: step)))
        default: return ("\(first),\(second),2", [first, second, 2])
        }
    }

    private static func number(_ range: ClosedRange<Int>, _ chance: inout SplitMix) -> Int {
        range.lowerBound + Int(chance.next() % UInt64(range.count))
    }

    func includes(_ minute: Int64) -> Bool {
        let (day, ofDay) = (minute.flooredDivision(1440), Int(minute - minute.flooredDivision(1440) * 1440))
        let civil = CivilCalendar.day(Int(day))
        let byDate = fields[2].numbers.contains(civil.day)
        let byWeekday = fields[4].numbers.contains(CivilCalendar.weekday(Int(day)))
        let isWild = fields[2].text.hasPrefix("*") || fields[4].text.hasPrefix("*")
        return fields[3].numbers.contains(civil.month) && fields[0].numbers.contains(ofDay % 60)
            && fields[1].numbers.contains(ofDay / 60)
            && (isWild ? byDate && byWeekday : byDate || byWeekday)
    }
}

/// The rules of summer time, as slow as they are plain.
private struct CronOracle {
    static let span: Int64 = 3 * 86_400
    let line: RandomLine
    let clock: TimeZone

    /// In real time: the first minute whose clock fits. Else: the first at which the clock reaches or passes, for the
    /// first time, a minute that fits.
    func first(after start: Int64) -> Int64? {
        let isWild = line.fields[1].text.hasPrefix("*")
        var reached = Int64.min
        var minute = (start / 60 - 2 * 1440)
        while minute * 60 <= start + Self.span {
            let shown = minute + Int64(clock.secondsFromGMT(for: Date(timeIntervalSince1970: Double(minute * 60)))) / 60
            let isDue =
                isWild
                ? line.includes(shown)
                : reached != .min && reached < shown && (reached + 1...shown).contains { line.includes($0) }
            reached = max(reached, shown)
            if isDue, minute * 60 > start { return minute * 60 }
            minute += 1
        }
        return nil
    }
}

/// Random numbers that are the same in every run.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension Int64 {
    fileprivate func flooredDivision(_ divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
