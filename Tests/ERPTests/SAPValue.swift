import PlumblineKit

/// A property's value in the emulator's data.
enum SAPValue: Hashable, Sendable {
    case text(String)
    /// Its digits.
    case decimal(String)
    case long(Int)
    case flag(Bool)
    /// A day such as `2026-07-01`.
    case day(String)
    /// What clocks show, as if it were UTC (`Edm.DateTime`).
    case local(Instant)
    case moment(Instant)
    /// Seconds of a time of day or a duration.
    case time(Int)
    case null
    case items([[String: SAPValue]])
    case entity([String: SAPValue])
    /// What no server should give.
    case raw(JSON)

    func json(_ version: SAPVersion, isExact: Bool = false) -> JSON {
        switch (self, version) {
        case (.text(let text), _): .string(text)
        case (.decimal(let digits), _): version == .v2 || isExact ? .string(digits) : .number(digits)
        case (.long(let number), _): version == .v2 || isExact ? .string(String(number)) : .int(number)
        case (.flag(let flag), _): .bool(flag)
        case (.day(let day), .v2): .string("/Date(\(Self.midnight(day).microseconds / 1000))/")
        case (.day(let day), .v4): .string(day)
        case (.local(let time), .v2): .string("/Date(\(Self.milliseconds(time)))/")
        case (.moment(let time), .v2): .string("/Date(\(Self.milliseconds(time))+0000)/")
        case (.local(let time), .v4), (.moment(let time), .v4): .time(time)
        case (.time(let seconds), _): .string(Self.span(seconds))
        case (.raw(let json), _): json
        case (.null, _), (.items, _), (.entity, _): .null
        }
    }

    /// Negative where the value is before the literal; nil where they are of different types.
    func order(to literal: SAPLiteral) -> Int? {
        switch (self, literal) {
        case (.text(let one), .text(let other)): Self.order(Self.kept(one), Self.kept(other))
        case (.long(let one), .number(let other)): Self.order(one, other)
        case (.flag(let one), .flag(let other)): one == other ? 0 : 1
        case (.moment(let one), .moment(let other)), (.local(let one), .local(let other)): Self.order(one, other)
        case (.day(let one), .local(let other)), (.day(let one), .day(let other)):
            Self.order(Self.midnight(one), other)
        default: nil
        }
    }

    /// Negative where the first comes before the second in an order; null first.
    static func order(_ one: SAPValue, _ other: SAPValue) -> Int {
        switch (one, other) {
        case (.text(let left), .text(let right)): order(kept(left), kept(right))
        case (.long(let left), .long(let right)): order(left, right)
        case (.moment(let left), .moment(let right)), (.local(let left), .local(let right)): order(left, right)
        case (.day(let left), .day(let right)): order(left, right)
        case (.null, .null): 0
        case (.null, _): -1
        default: 1
        }
    }

    private static func order<Item: Comparable>(_ one: Item, _ other: Item) -> Int {
        one < other ? -1 : one > other ? 1 : 0
    }

    /// Numbers are kept with zeros in front and shown without.
    private static func kept(_ text: String) -> String {
        text.allSatisfy(\.isNumber) ? String(repeating: "0", count: max(0, 10 - text.count)) + text : text
    }

    private static func midnight(_ day: String) -> Instant { LocalDay(day)?.midnight ?? Instant(microseconds: 0) }

    private static func milliseconds(_ time: Instant) -> Int64 { time.microseconds / 1000 }

    private static func span(_ seconds: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "PT\(two(seconds / 3600))H\(two(seconds / 60 % 60))M\(two(seconds % 60))S"
    }
}
