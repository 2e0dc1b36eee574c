internal import Expressions
internal import Indicators
internal import YAMLDocument

/// What the quality gate takes as usual, as `gate:` of `plumbline.yaml` and of a connection say. A threshold that is `off`
/// is nil and its rule asks nothing.
struct GateThresholds: Sendable, Hashable {
    /// With so many earlier runs one is compared.
    var comparedRuns = 30
    /// Fewer records than these prove nothing.
    var minRecords = 20
    /// A run from the beginning may read so much more or less than the median, as a share of it.
    var volumeChange: Double? = 0.5
    /// Or so many times the median absolute deviation, where that is more.
    var deviations = 5.0
    /// Changes may come so many times faster than ever before.
    var surge: Double? = 10
    /// Such a share of a stream's records may vanish in one run.
    var vanishedShare: Double? = 0.1
    /// The share of records in which a field is empty may rise by so much.
    var emptyShare: Double? = 0.2
    /// The share of rejected records may rise by so much.
    var rejectedShare: Double? = 0.1
    /// The share of accounts that nobody is matched to may rise by so much.
    var unmatchedShare: Double? = 0.1
    /// The source's count may differ from ours by such a share more than it used to.
    var countShare: Double? = 0.01
    /// After so many working days without anything new a source may have fallen silent.
    var freshnessDays: Double? = 3
    /// After so many working hours without an event a system that sends may have fallen silent.
    var silenceHours: Double? = 8
    /// A source that gave records before must give some.
    var zeroRows = true
    /// Fields of the source must stay, and stay of their kind.
    var schemaDrift = true
    /// So many hours may a time lie ahead.
    var futureHours: Double? = 24
    /// The first day that a record may tell of.
    var earliest: Day? = Day(year: 1980, month: 1, day: 1)

    /// When records may tell of; nil where both ends are off.
    func possibleTimes(now: Timestamp, in zone: Zone) -> Range<Timestamp>? {
        if futureHours == nil, earliest == nil { return nil }
        let first = earliest.map { zone.start(of: $0) } ?? .earliest
        let last = futureHours.map { Timestamp(microseconds: now.microseconds + Int64($0 * 3_600_000_000)) }
        return first..<max(first, last ?? .latest)
    }
}

extension GateThresholds {
    static let keys = [
        "compared_runs", "min_records", "volume_change", "deviations", "surge", "vanished_share", "empty_share",
        "rejected_share", "unmatched_share", "count_share", "freshness_days", "silence_hours", "zero_rows",
        "schema_drift",
        "future_hours", "earliest",
    ]

    /// Reads the `gate` of a file over the defaults; logs every problem at its place.
    static func read(_ file: MapReader, over defaults: GateThresholds) -> GateThresholds {
        guard let node = file["gate"] else { return defaults }
        let map = MapReader(node, what: "'gate'", known: keys, log: file.log)
        var thresholds = defaults
        map.count("compared_runs", 1...1000, &thresholds.comparedRuns)
        map.count("min_records", 1...1_000_000, &thresholds.minRecords)
        map.number("deviations", &thresholds.deviations)
        map.share("volume_change", &thresholds.volumeChange)
        map.limit("surge", &thresholds.surge)
        map.share("vanished_share", &thresholds.vanishedShare)
        map.share("empty_share", &thresholds.emptyShare)
        map.share("rejected_share", &thresholds.rejectedShare)
        map.share("unmatched_share", &thresholds.unmatchedShare)
        map.share("count_share", &thresholds.countShare)
        map.limit("freshness_days", &thresholds.freshnessDays)
        map.limit("silence_hours", &thresholds.silenceHours)
        map.limit("future_hours", &thresholds.futureHours)
        map.switch("zero_rows", &thresholds.zeroRows)
        map.switch("schema_drift", &thresholds.schemaDrift)
        map.day("earliest", &thresholds.earliest)
        return thresholds
    }
}

extension MapReader {
    private static let off = "off"

    fileprivate func count(_ key: String, _ range: ClosedRange<Int>, _ value: inout Int) {
        guard let number = integer(key) else { return }
        guard range.contains(number) else {
            return log.add(place(of: key), "'\(key)' must be \(range.lowerBound) to \(range.upperBound)")
        }
        value = number
    }

    fileprivate func number(_ key: String, _ value: inout Double) {
        var limit: Double? = value
        read(key, "a number above 0", 0.000_001...1_000_000, isSwitch: false, &limit)
        value = limit ?? value
    }

    fileprivate func limit(_ key: String, _ value: inout Double?) {
        read(key, "a number above 0, or off", 0.000_001...1_000_000, isSwitch: true, &value)
    }

    /// A share such as `0.2` or `20%`.
    fileprivate func share(_ key: String, _ value: inout Double?) {
        read(key, "a share such as 0.2 or 20%, or off", 0...1000, isSwitch: true, &value)
    }

    private func read(
        _ key: String, _ wanted: String, _ range: ClosedRange<Double>, isSwitch: Bool, _ value: inout Double?
    ) {
        guard let text = text(key) else { return }
        if isSwitch, text == Self.off {
            value = nil
            return
        }
        let isPercent = text.hasSuffix("%")
        guard let number = Double(isPercent ? String(text.dropLast()) : text),
            case let number = isPercent ? number / 100 : number, range.contains(number)
        else { return log.add(place(of: key), "'\(key)' must be \(wanted), not '\(text)'") }
        value = number
    }

    fileprivate func `switch`(_ key: String, _ value: inout Bool) {
        guard let text = text(key) else { return }
        guard ["on", Self.off].contains(text) else {
            return log.add(place(of: key), "'\(key)' must be on or off, not '\(text)'")
        }
        value = text == "on"
    }

    fileprivate func day(_ key: String, _ value: inout Day?) {
        guard let text = text(key) else { return }
        if text == Self.off {
            value = nil
            return
        }
        guard let day = Day(text: text) else {
            return log.add(place(of: key), "'\(key)' must be a day such as 1980-01-01, or off, not '\(text)'")
        }
        value = day
    }
}
