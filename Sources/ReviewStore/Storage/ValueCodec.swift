internal import Expressions
internal import Indicators
internal import OpenSSLCrypto

/// How a value's content is stored, column by column: the form that is compared, hashed and kept.
enum ValueCodec {
    static let columns = [
        "indicator_id", "subject_kind", "subject_id", "period_id", "status", "numerator", "denominator", "decimal",
        "sample_size", "included", "excluded", "missing", "unmatched", "flags", "definition_version", "evidence_digest",
    ]
    /// The first of the columns are the key.
    static let keyCount = 4

    static func encode(_ key: ValueKey) -> [StoredField] {
        [.text(key.indicator), .text(key.subject.kind.rawValue), .text(key.subject.id), .text(key.period)]
    }

    static func encode(_ value: ComputedValue) -> [StoredField] {
        encode(value.key) + [
            .text(value.status.rawValue), .text(orNull: value.exact?.numeratorText),
            .text(orNull: value.exact?.denominatorText), .text(orNull: value.decimal),
            .integer(Int64(value.sampleSize)), .integer(Int64(value.coverage.included)),
            .integer(Int64(value.coverage.excluded)), .integer(Int64(value.coverage.missing)),
            .integer(Int64(value.coverage.unmatched)), .text(StoredJSON.strings(value.flags).text),
            .text(value.definitionVersion), .text(value.evidenceDigest),
        ]
    }

    static func decode(_ fields: [StoredField]) throws(StoreError) -> ComputedValue {
        guard fields.count >= columns.count, let kind = SubjectKind(rawValue: fields[1].text),
            let status = ValueStatus(rawValue: fields[4].text)
        else { throw .damaged(reason: "a value has no subject or status that is known") }
        return try ComputedValue(
            key: ValueKey(
                indicator: fields[0].text, subject: Subject(kind: kind, id: fields[2].text), period: fields[3].text),
            status: status, exact: exact(fields[5], fields[6]), decimal: fields[7].optionalText,
            sampleSize: fields[8].integer,
            coverage: Coverage(
                included: fields[9].integer, missing: fields[11].integer, excluded: fields[10].integer,
                unmatched: fields[12].integer),
            flags: StoredJSON.strings(stored: fields[13].text), definitionVersion: fields[14].text,
            evidenceDigest: fields[15].text)
    }

    private static func exact(_ numerator: StoredField, _ denominator: StoredField) throws(StoreError) -> Rational? {
        guard let numerator = numerator.optionalText else { return nil }
        guard let number = Rational(numerator: numerator, denominator: denominator.text) else {
            throw .damaged(reason: "a value holds \(numerator)/\(denominator.text), which is no number")
        }
        return number
    }

    /// SHA-256 over the columns of a revision, which its audit entry keeps.
    static func hash(_ fields: [StoredField]) -> String {
        var bytes: [UInt8] = []
        for field in fields {
            switch field {
            case .null: bytes.append(0)
            case .integer(let integer):
                bytes.append(1)
                bytes.append(integer: integer)
            case .text(let text):
                bytes.append(2)
                bytes.append(counted: text)
            }
        }
        return Hex.encode(SHA256.digest(of: bytes))
    }

    /// A value as a finding keeps it.
    static func json(_ fields: [StoredField]) -> StoredJSON {
        .object(
            zip(columns, fields).map { column, field in
                switch field {
                case .null: .init(name: column, value: .null)
                case .integer(let integer): .init(name: column, value: .integer(integer))
                case .text(let text): .init(name: column, value: .string(text))
                }
            })
    }

    /// The value of a finding; nil where it had none.
    static func value(_ json: StoredJSON) throws(StoreError) -> ComputedValue? {
        if json == .null { return nil }
        return try decode(
            columns.map { column in
                switch json[column] {
                case .integer(let integer): .integer(integer)
                case .string(let text): .text(text)
                default: .null
                }
            })
    }
}

extension StoredField {
    static func text(orNull text: String?) -> StoredField { text.map { .text($0) } ?? .null }

    var optionalText: String? {
        if case .text(let text) = self { text } else { nil }
    }

    var text: String { optionalText ?? "" }

    var integer: Int {
        if case .integer(let integer) = self { Int(integer) } else { 0 }
    }
}
