import PlumblineKit

/// The field that a walk goes along: a time of change, or the first field of the key.
///
/// Its values are kept as text: RFC 3339 for times, in whole milliseconds.
struct SAPMark: Sendable, Hashable {
    enum Kind: String, Sendable {
        case text, number, guid
        case moment = "datetimeoffset"
        case local = "datetime"
        case day = "date"
    }

    let field: String
    let kind: Kind

    var isTime: Bool { [.moment, .local, .day].contains(kind) }

    /// The value in an entity.
    func value(in row: JSON, of set: String) throws(ConnectorError) -> String {
        let cell = row[field] ?? .null
        guard !cell.isNull, let text = cell.scalarText else {
            throw .unexpected(
                reason: "\(set): an entity has no '\(field)', by which the list is read on; name a field that each has"
                    + (isTime ? ", or say {} to read all each time" : ""))
        }
        guard isTime else { return text }
        guard let time = ODataTime(text) else {
            throw .unexpected(reason: "\(set): '\(field)' of an entity is no time")
        }
        if kind == .moment, case .moment = time {
        } else if kind == .moment {
            throw .unexpected(
                reason:
                    "\(set): '\(field)' has no offset from UTC: its type is not datetimeoffset, say datetime or date")
        }
        return kind == .day
            ? LocalDay(of: time.instant, secondsAhead: 0).midnight.rfc3339 : time.instant.inMilliseconds.rfc3339
    }

    /// `field ge value`.
    func condition(from value: String, _ version: ODataVersion) -> String {
        let time = Instant(rfc3339: value) ?? Instant(microseconds: 0)
        let literal: ODataLiteral =
            switch kind {
            case .text: .text(value)
            case .number: .number(value)
            case .guid: .guid(value)
            case .moment: .moment(time)
            case .local: .local(time)
            case .day: .day(time)
            }
        return "\(field) ge \(literal.written(in: version))"
    }

    /// Whether values are in their order. Texts may be in one of two: plain, or as numbers with zeros in front, which is how
    /// SAP keeps those that it shows without.
    func isAscending(_ values: [String]) -> Bool {
        let pairs = zip(values, values.dropFirst())
        switch kind {
        case .number: return pairs.allSatisfy { SourceVersion($0) <= SourceVersion($1) }
        case .moment, .local, .day: return pairs.allSatisfy { Self.time($0) <= Self.time($1) }
        case .text, .guid:
            let plain = pairs.allSatisfy { !Self.precedes($1, $0) }
            return plain || pairs.allSatisfy { !Self.precedes(Self.padded($1), Self.padded($0)) }
        }
    }

    private static func time(_ text: String) -> Instant { Instant(rfc3339: text) ?? Instant(microseconds: 0) }

    private static func precedes(_ one: String, _ other: String) -> Bool {
        one.utf8.lexicographicallyPrecedes(other.utf8)
    }

    private static func padded(_ text: String) -> String {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return text }
        return String(repeating: "0", count: max(0, 60 - text.utf8.count)) + text
    }
}
