public import Expressions

/// Why a value does not fit a field.
public struct ConversionFailure: Error, Sendable, Hashable {
    /// Names the field, what it wants and what it got, the value marked as `QuotedValue` says.
    public let reason: Reason

    init(zh: String, en: String) { reason = Reason(zh: zh, en: en) }
}

/// Turns what an expression gave into what a field of a canonical record holds.
public struct FieldConversion: Sendable {
    let field: RecordField
    private let zone: Zone

    /// The conversion into `field`; days are those of `zone`.
    public init(_ field: RecordField, zone: Zone) {
        self.field = field
        self.zone = zone
    }

    /// The field's value: null only where the field may be empty. Numbers and times may come as text.
    public func convert(_ value: Value) throws(ConversionFailure) -> Value {
        if case .optional(.some(let inner)) = value { return try convert(inner) }
        if isEmpty(value) {
            if field.isOptional { return .null }
            if field.isList { return .list([]) }
            throw ConversionFailure(
                zh: "“\(field.name)”为空，而这类记录必须有\(field.kind.inChinese)",
                en: "'\(field.name)' is empty, but the record type wants \(field.kind.text)")
        }
        guard field.isList else { return try element(value) }
        guard case .list(let elements) = value else { throw mismatch(value) }
        var result: [Value] = []
        for each in elements { result.append(try element(each)) }
        return .list(result)
    }

    private func isEmpty(_ value: Value) -> Bool {
        switch value {
        case .null, .optional(.none): true
        case .string(let text): text.isEmpty && (field.kind != .string || field.isOptional)
        default: false
        }
    }

    private func element(_ value: Value) throws(ConversionFailure) -> Value {
        if case .optional(.some(let inner)) = value { return try element(inner) }
        switch field.kind {
        case .string, .orgUnitRef: return try text(value)
        case .int: return try int(value)
        case .decimal, .money: return try decimal(value)
        case .bool: return try bool(value)
        case .date: return .timestamp(zone.start(of: try day(value)))
        case .datetime: return .timestamp(try instant(value))
        case .employeeRef: return try account(value)
        case .enumeration(let names): return try choice(value, among: names)
        case .interval: return try record(value, schema: .interval)
        case .ownerInterval: return try record(value, schema: .ownerInterval)
        }
    }

    private func text(_ value: Value) throws(ConversionFailure) -> Value {
        switch value {
        case .string: return value
        case .int, .uint, .decimal: return .string(value.keyText)
        default: throw mismatch(value)
        }
    }

    private func int(_ value: Value) throws(ConversionFailure) -> Value {
        switch value {
        case .int: return value
        case .decimal(let number):
            guard let int = number.int64 else { throw mismatch(value) }
            return .int(int)
        case .string(let text):
            guard let int = Int64(text) else { throw mismatch(value) }
            return .int(int)
        default: throw mismatch(value)
        }
    }

    private func decimal(_ value: Value) throws(ConversionFailure) -> Value {
        switch value {
        case .decimal: return value
        case .int(let number): return .decimal(Rational(number))
        case .string(let text):
            guard let number = Rational(decimalText: text) else { throw mismatch(value) }
            return .decimal(number)
        default: throw mismatch(value)
        }
    }

    private func bool(_ value: Value) throws(ConversionFailure) -> Value {
        switch value {
        case .bool: return value
        case .string("true"): return .bool(true)
        case .string("false"): return .bool(false)
        default: throw mismatch(value)
        }
    }

    private func day(_ value: Value) throws(ConversionFailure) -> Day {
        let day = try anyDay(value)
        guard Day.readable.contains(day) else {
            throw ConversionFailure(
                zh: "“\(field.name)”应为公元 1 年到 9999 年的日期，而不是\(value.shownInChinese)",
                en: "'\(field.name)' wants a day of the years 1 to 9999, not \(value.shown)")
        }
        return day
    }

    private func anyDay(_ value: Value) throws(ConversionFailure) -> Day {
        switch value {
        case .timestamp(let instant): return zone.day(of: instant)
        case .string(let text):
            if let day = Day(text: text) { return day }
            guard let instant = Timestamp(rfc3339: text) else { throw mismatch(value) }
            return zone.day(of: instant)
        default: throw mismatch(value)
        }
    }

    private func instant(_ value: Value) throws(ConversionFailure) -> Timestamp {
        switch value {
        case .timestamp(let instant): return instant
        case .string(let text):
            guard let instant = Timestamp(rfc3339: text) else {
                throw ConversionFailure(
                    zh: "“\(field.name)”应为 2026-07-01T09:00:00+08:00 这样的时间，而不是“\(value: text)”；"
                        + "其他写法请用 parseTime(text, 'yyyy-MM-dd HH:mm:ss') 读取",
                    en: "'\(field.name)' wants a time such as 2026-07-01T09:00:00+08:00, not '\(value: text)'; "
                        + "parseTime(text, 'yyyy-MM-dd HH:mm:ss') reads other forms")
            }
            return instant
        default: throw mismatch(value)
        }
    }

    private func account(_ value: Value) throws(ConversionFailure) -> Value {
        guard let mention = AccountMention(value) else { throw mismatch(value) }
        return .string(mention.account)
    }

    private func choice(_ value: Value, among names: [String]) throws(ConversionFailure) -> Value {
        guard case .string(let text) = value, names.contains(text) else {
            throw ConversionFailure(
                zh: "“\(field.name)”应为 \(names.joined(separator: "、")) 之一，而不是\(value.shownInChinese)",
                en: "'\(field.name)' must be one of \(names.joined(separator: ", ")), not \(value.shown)")
        }
        return value
    }

    /// An interval from a map such as `{'from': ..., 'to': ...}`.
    private func record(_ value: Value, schema: RecordSchema) throws(ConversionFailure) -> Value {
        guard case .map(let map) = value else { throw mismatch(value) }
        var slots: [Value] = []
        for (name, type) in zip(schema.fieldNames, schema.fieldTypes) {
            let kind: FieldKind = name == "owner" ? .employeeRef : .datetime
            let isOptional = if case .nullable = type { true } else { false }
            let part = RecordField(name: "\(field.name).\(name)", kind: kind, isOptional: isOptional)
            slots.append(try FieldConversion(part, zone: zone).convert(map[.string(name)] ?? .null))
        }
        return .record(RecordValue(schema: schema, slots: slots))
    }

    private func mismatch(_ value: Value) -> ConversionFailure {
        ConversionFailure(
            zh: "“\(field.name)”应为\(field.wantedInChinese)，而不是\(value.shownInChinese)",
            en: "'\(field.name)' wants \(field.typeText), not \(value.shown)")
    }
}

extension Value {
    /// The value in a message: its kind, and its text where it is short.
    var shown: String {
        switch self {
        case .string(let text): "'\(value: text.prefix(60))'"
        case .int, .decimal, .timestamp: "\(value: keyText)"
        default: kind
        }
    }
}

extension Value {
    /// As ``shown``, in Chinese.
    var shownInChinese: String {
        switch self {
        case .string(let text): "“\(value: text.prefix(60))”"
        case .int, .decimal, .timestamp: " \(value: keyText)"
        case .bool: "真假值"
        case .list: "列表"
        case .map: "一组字段"
        case .null: "空值"
        default: " \(kind) 类型的值"
        }
    }
}
