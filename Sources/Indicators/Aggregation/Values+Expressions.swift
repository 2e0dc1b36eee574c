internal import Expressions

extension Value {
    /// The value as an exact number; nil for anything else, also for a double.
    var rational: Rational? {
        switch self {
        case .int(let number): Rational(number)
        case .decimal(let number): number
        case .bool(let flag): flag ? .one : .zero
        default: nil
        }
    }

    /// The value as an exact number, a duration in units of `secondsPerUnit`.
    func number(secondsPerUnit: Int64) -> Rational? {
        guard case .duration(let duration) = self else { return rational }
        return duration.rational(secondsPerUnit: secondsPerUnit)
    }
}

extension Duration {
    /// The exact number of units of `secondsPerUnit` seconds, to the microsecond.
    func rational(secondsPerUnit: Int64) -> Rational {
        let (seconds, attoseconds) = components
        let microseconds = Rational(seconds) * Rational(1_000_000) + Rational(attoseconds / 1_000_000_000_000)
        return microseconds.divided(by: Rational(secondsPerUnit) * Rational(1_000_000)) ?? .zero
    }
}

extension Period {
    /// The period as expressions see it.
    func value(in zone: Zone) -> Value {
        .record(
            RecordValue(
                schema: .period,
                slots: [.string(id), .string(kind.rawValue), .timestamp(start(in: zone)), .timestamp(end(in: zone))]))
    }
}

extension DirectoryEntry {
    /// The employee as expressions see them.
    var value: Value {
        func text(_ text: String?) -> Value { text.map { .string($0) } ?? .null }
        return .record(
            RecordValue(schema: .employee, slots: [.string(employee), text(unit), text(position), text(manager)]))
    }
}

extension RecordValue {
    /// The field that tells who owned a record from when until when.
    static let ownerIntervals = "owner_intervals"
    /// The fields of which one holds the owner.
    static let ownerFields = ["assignee_id", "owner_id"]

    /// The record with its owner as of `moment`, from its owner intervals; nil where nothing differs.
    ///
    /// Concerns types with a list field `owner_intervals` and an owner field `assignee_id` or `owner_id`. A record whose
    /// source tells no intervals keeps the owner as it stands.
    func asOf(_ moment: Timestamp) -> RecordValue? {
        guard case .list(let intervals)? = self[Self.ownerIntervals], !intervals.isEmpty,
            let slot = Self.ownerFields.lazy.compactMap({ schema.slot(of: $0) }).first
        else { return nil }
        let owner = intervals.lazy.compactMap(OwnerSpan.init).last { $0.contains(moment) }?.owner ?? .null
        if owner == slots[slot] { return nil }
        var dated = self
        dated.slots[slot] = owner
        return dated
    }
}

/// Who owned a record from one moment until another.
private struct OwnerSpan {
    let owner: Value
    private let from: Timestamp
    private let to: Timestamp?

    init?(_ value: Value) {
        guard case .record(let record) = value, case .timestamp(let from)? = record["from"] else { return nil }
        self.from = from
        if case .timestamp(let to)? = record["to"] { self.to = to } else { to = nil }
        owner = record["owner"] ?? .null
    }

    func contains(_ moment: Timestamp) -> Bool { from <= moment && (to.map { moment < $0 } ?? true) }
}
