internal import Expressions
internal import Indicators
internal import OpenSSLCrypto

/// How records of a type are stored and hashed.
struct RecordLayout: Sendable {
    let type: RecordType
    let codecs: [FieldCodec]
    /// The fields, each with its name between zeros, in the order of their names, which is the order of the hash: moving a field in a definition changes
    /// no hash, and neither does a new field that is empty.
    fileprivate let hashOrder: [(slot: Int, name: [UInt8])]

    init(type: RecordType, zone: Zone) {
        self.type = type
        codecs = type.fields.map { FieldCodec(field: $0, zone: zone) }
        hashOrder = type.fields.enumerated().map { (slot: $0.offset, name: [0] + $0.element.name.utf8 + [0]) }
            .sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    /// A record's stored fields, in the type's order.
    func encode(_ record: CanonicalRecord) throws(StoreError) -> [StoredField] {
        guard record.type.schema === type.schema || record.type == type, record.values.count == codecs.count else {
            throw .invalid(reason: "the record is not a \(type.name) as the store was prepared for")
        }
        var fields: [StoredField] = []
        fields.reserveCapacity(codecs.count)
        for (codec, value) in zip(codecs, record.values) { try fields.append(codec.encode(value)) }
        return fields
    }

    /// The record of stored fields.
    func decode(_ fields: [StoredField]) throws(StoreError) -> CanonicalRecord {
        var values: [Value] = []
        values.reserveCapacity(codecs.count)
        for (codec, field) in zip(codecs, fields) { try values.append(codec.decode(field)) }
        return CanonicalRecord(type: type, values: values)
    }
}

/// Hashes records of one type, with one buffer for all of them.
struct ContentHasher: ~Copyable {
    private let layout: RecordLayout
    private var hasher = SHA256()
    private var bytes: [UInt8] = []

    init(layout: RecordLayout) { self.layout = layout }

    /// SHA-256 over the type's name and each field that is not empty: its name, and its stored form with its length.
    mutating func hash(_ fields: [StoredField]) -> [UInt8] {
        bytes.removeAll(keepingCapacity: true)
        bytes += layout.type.name.utf8
        for (slot, name) in layout.hashOrder where !isEmpty(fields[slot], slot: slot) {
            bytes += name
            switch fields[slot] {
            case .null: break
            case .integer(let integer): bytes.append(integer: integer)
            case .text(let text): bytes.append(counted: text)
            }
        }
        hasher.update(bytes)
        return hasher.finish()
    }

    private func isEmpty(_ field: StoredField, slot: Int) -> Bool {
        switch field {
        case .null: true
        case .text("[]"): layout.codecs[slot].field.isList && !layout.codecs[slot].field.isOptional
        default: false
        }
    }
}

extension [UInt8] {
    /// Appends an integer as 8 bytes, the highest first.
    mutating func append(integer: Int64) {
        Swift.withUnsafeBytes(of: integer.bigEndian) { self += $0 }
    }

    /// Appends a text behind its length, so that no two texts run into one another.
    mutating func append(counted text: String) {
        append(integer: Int64(text.utf8.count))
        self += text.utf8
    }
}
