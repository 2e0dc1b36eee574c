internal import Expressions
public import Indicators
public import PlumblineKit

extension CanonicalRecord {
    /// The record as JSON, fields that are empty left out; a date is a day of `zone`.
    public func json(zone: Zone) -> JSON {
        let filled = zip(type.fields, values).filter { !$0.1.isNull }
        return .object(JSONObject(filled.map { field, value in (field.name, value.json(of: field, zone: zone)) }))
    }
}

extension Value {
    fileprivate func json(of field: RecordField, zone: Zone) -> JSON {
        guard field.kind == .date, case .timestamp(let start) = self else { return json }
        return .string(zone.day(of: start).description)
    }

    /// The value for people and programs that read JSON: exact numbers and times as text.
    var json: JSON {
        switch self {
        case .null, .optional(.none): .null
        case .bool(let flag): .bool(flag)
        case .int(let number): .number(String(number))
        case .uint(let number): .number(String(number))
        case .string(let text): .string(text)
        case .decimal(let number): .string(number.description)
        case .timestamp(let instant): .string(instant.rfc3339)
        case .list(let elements): .array(elements.map(\.json))
        case .map(let map): .object(JSONObject(map.keys.map { ($0.json.scalarText ?? "", (map[$0] ?? .null).json) }))
        case .record(let record):
            .object(JSONObject(zip(record.schema.fieldNames, record.slots.map(\.json)).map { ($0, $1) }))
        case .optional(.some(let value)): value.json
        case .duration(let duration): .string("\(duration.exactSeconds)s")
        default: .string("\(self)")
        }
    }
}

extension Duration {
    /// The seconds as an exact decimal.
    fileprivate var exactSeconds: Rational {
        let (seconds, attoseconds) = components
        let fraction = Rational(attoseconds / 1_000_000_000).divided(by: Rational(1_000_000_000)) ?? .zero
        return Rational(seconds) + fraction
    }
}
