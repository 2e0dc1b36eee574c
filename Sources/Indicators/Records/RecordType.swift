public import Expressions

/// One field of a record type.
public struct RecordField: Sendable, Hashable {
    /// As mappings and expressions write it, such as `created_at`.
    public let name: String
    /// What the field holds, or each of its elements where it is a list.
    public let kind: FieldKind
    /// Whether the field may be empty (`?` in a definition).
    public let isOptional: Bool
    /// Whether the field is a list of its kind.
    public let isList: Bool

    /// A field that is always filled and no list, where nothing else is said.
    public init(name: String, kind: FieldKind, isOptional: Bool = false, isList: Bool = false) {
        self.name = name
        self.kind = kind
        self.isOptional = isOptional
        self.isList = isList
    }

    /// Reads a type text such as `datetime?` or `list<interval>`; nil when it is none.
    public init?(name: String, typeText: String) {
        var text = Substring(typeText)
        isOptional = text.hasSuffix("?")
        if isOptional { text = text.dropLast() }
        isList = text.hasPrefix("list<") && text.hasSuffix(">")
        if isList { text = text.dropFirst(5).dropLast() }
        guard let kind = FieldKind(text: text) else { return nil }
        self.name = name
        self.kind = kind
    }

    /// The field's type as definitions write it.
    public var typeText: String {
        (isList ? "list<\(kind.text)>" : kind.text) + (isOptional ? "?" : "")
    }

    /// The type that expressions see.
    public var valueType: ValueType {
        let plain: ValueType = isList ? .list(kind.valueType) : kind.valueType
        return isOptional ? .nullable(plain) : plain
    }
}

/// A canonical shape that source records are mapped onto, such as `ticket`. It never changes and is passed on by
/// reference: every record has one.
public final class RecordType: Sendable, Hashable {
    /// As definitions and connections write it, such as `ticket`; the store keeps its records in `evidence_ticket`.
    public let name: String
    /// The fields in the order in which a record holds its values.
    public let fields: [RecordField]
    /// The fields that name a record.
    public let key: [String]
    /// The record's shape in expressions.
    public let schema: RecordSchema
    /// The positions of the fields that hold accounts, alone or in spans of time.
    public let accountSlots: [Int]
    /// The positions of the fields that hold a time or day which cannot lie ahead when it is read.
    public let pastSlots: [Int]

    /// The name for people.
    public let title: BilingualText
    /// What a person must know who fills the fields; empty where nothing is to be said.
    public let note: BilingualText

    /// A record type; `key` is `id` where the type names no other, and its title is its name. Times of the fields in
    /// `ahead`, such as due dates, may lie ahead of the moment of reading.
    public init(
        name: String, fields: [RecordField], key: [String] = ["id"], ahead: Set<String> = [],
        title: BilingualText? = nil,
        note: BilingualText = BilingualText(zh: "", en: "")
    ) {
        self.title = title ?? BilingualText(zh: name, en: name)
        self.note = note
        self.name = name
        self.fields = fields
        self.key = key
        pastSlots = fields.indices.filter {
            [.date, .datetime].contains(fields[$0].kind) && !fields[$0].isList && !ahead.contains(fields[$0].name)
        }
        accountSlots = fields.indices.filter { [.employeeRef, .ownerInterval].contains(fields[$0].kind) }
        schema = RecordSchema(name: name, fields: fields.map { ($0.name, $0.valueType) })
    }

    /// The position of the field named `field`, nil when there is none.
    public func slot(of field: String) -> Int? { schema.slot(of: field) }

    /// Whether name, fields and key are the same.
    public static func == (left: RecordType, right: RecordType) -> Bool {
        left === right || left.name == right.name && left.fields == right.fields && left.key == right.key
    }

    /// Hashes name and fields.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(fields)
    }
}
