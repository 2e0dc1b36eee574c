internal import PlumblineKit
internal import ReviewStore

extension SourceShape {
    /// How many records of a page are looked at.
    private static let sampled = 50

    /// The shape of the first records of a page, no more than what is read of them.
    init(_ records: [SourceRecord], _ selection: FieldSelection) {
        self.init()
        for record in records.prefix(Self.sampled) {
            guard case .object(let object) = record.json else { continue }
            self.records += 1
            for field in selection.fields ?? object.members.map(\.key) { add(field, kind: object[field].shapeKind) }
        }
    }

    /// The shape of the first records of a batch; of no records where they are read as a whole.
    init(_ batch: SourceBatch) {
        self.init()
        guard batch.fields != [SourceBatch.wholeRecord] else { return }
        records = min(batch.count, Self.sampled)
        for (index, field) in batch.fields.enumerated() {
            for row in 0..<records { add(field, kind: batch.cell(index, of: row).kind.shapeKind) }
        }
    }

    /// The shape of two samples together.
    mutating func add(_ other: SourceShape) {
        records += other.records
        for (field, kinds) in other.kinds {
            for (kind, count) in kinds { add(field, kind: kind, records: count) }
        }
    }
}

extension FieldSelection {
    /// The fields that are read; nil where records are read as a whole.
    fileprivate var fields: [String]? { if case .fields(let names) = self { names } else { nil } }
}

extension JSON? {
    fileprivate var shapeKind: String {
        switch self {
        case nil: SourceShape.missing
        case .null: "null"
        case .bool: "bool"
        case .number: "number"
        case .string: "text"
        case .array, .object: "json"
        }
    }
}

extension SourceBatch.Kind {
    fileprivate var shapeKind: String {
        switch self {
        case .missing: SourceShape.missing
        case .null: "null"
        case .no, .yes: "bool"
        case .number: "number"
        case .text: "text"
        case .json: "json"
        }
    }
}
