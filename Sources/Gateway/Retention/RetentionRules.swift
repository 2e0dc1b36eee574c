internal import Indicators
internal import YAMLDocument

/// For how long a company keeps what it could do without.
///
/// ```yaml
/// retention:
///   at: "03:00"                # when serve deletes it, by the company's clock; by default 03:00
///   rejects: 30                # days, by default 30
///   outbox: 30                 # days behind the delivery to the last sink, by default 30
///   runs: 400                  # days, by default 400: what pulls did, and what was sent by the hour
///   pushed_runs: 7             # days, by default 7: the many small runs of what systems send
///   deletions: 365             # days that deletions told by events are remembered, by default 365
///   records:
///     attendance_day: 1095     # days behind the end of the last period in which the record counts
/// ```
public struct RetentionRules: Sendable {
    /// For how many days rejected records are kept, sealed.
    public let rejectDays: Int
    /// For how many days events are kept that were delivered to all sinks.
    public let outboxDays: Int
    /// For how many days runs are kept that read sources, and counts of what was sent.
    public let runDays: Int
    /// For how many days runs are kept that used what systems have sent.
    public let pushedRunDays: Int
    /// For how many days it is remembered that a record is deleted that is not stored. At least as long as any connection
    /// keeps its events, which could bring it back.
    public let deletionDays: Int
    /// By record type, for how many days records are kept behind the last period in which they count.
    public let recordDays: [String: Int]
    /// When `serve` applies the rules, once a day.
    let time: CronExpression
    /// Whether the file still has the key of before, `reject_retention_days`.
    public let usesOldKey: Bool
    private let places: [String: SourcePlace]

    private static let oldKey = "reject_retention_days"
    private static let days = 1...36_500
    /// What is kept for so many days by itself.
    private static let keptDays = ["rejects", "outbox", "runs", "pushed_runs", "deletions"]

    init(_ map: MapReader) {
        usesOldKey = map[Self.oldKey] != nil
        let rules = map["retention"].map {
            MapReader(
                $0, what: "'retention'", known: ["at"] + Self.keptDays + ["records"], log: map.log)
        }
        if usesOldKey, rules?["rejects"] != nil {
            map.log.add(
                map.place(of: Self.oldKey), "'\(Self.oldKey)' is the older name of retention's 'rejects': keep one")
        }
        rejectDays = Self.days("rejects", in: rules) ?? Self.days(Self.oldKey, in: map) ?? 30
        time = Self.time(rules)
        outboxDays = Self.days("outbox", in: rules) ?? 30
        runDays = Self.days("runs", in: rules) ?? 400
        pushedRunDays = Self.days("pushed_runs", in: rules) ?? 7
        deletionDays = Self.days("deletions", in: rules) ?? 365
        let entries = rules?.map("records") ?? []
        var days: [String: Int] = [:]
        for entry in entries {
            let records = rules?["records"].map {
                MapReader($0, what: "'records'", known: entries.map(\.key), log: map.log)
            }
            days[entry.key] = Self.days(entry.key, in: records)
        }
        recordDays = days
        places = Dictionary(entries.map { ($0.key, $0.value.place) }, uniquingKeysWith: { first, _ in first })
    }

    private static func time(_ map: MapReader?) -> CronExpression {
        let usual = CronExpression(hour: 3, minute: 0)
        guard let map, let text = map.text("at") else { return usual }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let isWritten = parts.map(\.utf8.count) == [2, 2] && text.utf8.allSatisfy { (0x30...0x3A).contains($0) }
        guard isWritten, let hour = UInt8(parts[0]), let minute = UInt8(parts[1]),
            hour < 24, minute < 60
        else {
            map.log.add(map.place(of: "at"), "'at' must be a time of the day such as 03:00, not '\(text)'")
            return usual
        }
        return CronExpression(hour: Int(hour), minute: Int(minute))
    }

    private static func days(_ key: String, in map: MapReader?) -> Int? {
        guard let map, let number = map.integer(key) else { return nil }
        let allowed = key == oldKey || keptDays.contains(key) ? 1...3650 : days
        if !allowed.contains(number) {
            map.log.add(map.place(of: key), "'\(key)' must be \(allowed.lowerBound) to \(allowed.upperBound)")
        }
        return number
    }

    /// Logs types that there are not.
    func check(_ types: [String: RecordType], _ log: ProblemLog) {
        for type in recordDays.keys.sorted() where types[type] == nil {
            guard let place = places[type] else { continue }
            log.add(place, "there is no record type '\(type)'\(proposal(for: type, among: Array(types.keys)))")
        }
    }
}
