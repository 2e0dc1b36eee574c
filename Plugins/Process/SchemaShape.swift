import PlumblineKit

/// What a JSON schema says of a record's own fields: enough to tell a person when records are not what was announced.
///
/// Only `type` of the properties is looked at. A record that differs is taken as it is.
struct SchemaShape: Sendable, Hashable {
    /// The names of types by field; fields that allow any are without.
    private let types: [String: Set<String>]
    /// All fields, in order.
    let fields: [String]

    init(_ schema: JSON?) {
        let members = schema?["properties"]?.object?.members ?? []
        fields = members.map(\.key)
        var types: [String: Set<String>] = [:]
        for member in members {
            let names =
                member.value["type"]?.array?.compactMap(\.string) ?? [member.value["type"]?.string].compactMap(\.self)
            if !names.isEmpty { types[member.key] = Set(names) }
        }
        self.types = types
    }

    /// Tells of each field of a record that is of another type than announced.
    func compare(_ record: JSONObject, id: String, into draft: inout PageDraft) {
        for member in record.members {
            guard let allowed = types[member.key], !member.value.types.contains(where: allowed.contains) else {
                continue
            }
            let wanted = allowed.sorted().joined(separator: " or ")
            draft.remark(id, "'\(member.key.shown)' is \(member.value.kind), its schema says \(wanted)")
        }
    }

    /// What another schema has more or less, in words; nil where the fields are the same.
    func difference(to other: SchemaShape) -> String? {
        let (ours, theirs) = (Set(fields), Set(other.fields))
        let more = other.fields.lazy.filter { !ours.contains($0) }.map { "+\($0.shown)" }
        let less = fields.lazy.filter { !theirs.contains($0) }.map { "-\($0.shown)" }
        let told = Array(more.prefix(10)) + Array(less.prefix(10))
        return told.isEmpty ? nil : told.joined(separator: ", ")
    }
}

extension String {
    /// The beginning of a name that a program chose.
    fileprivate var shown: String { utf8.count > 100 ? "\(prefix(100))…" : self }
}

extension JSON {
    /// The names that JSON Schema has for the value's type.
    fileprivate var types: [String] {
        switch self {
        case .null: ["null"]
        case .bool: ["boolean"]
        case .number(let text):
            text.utf8.allSatisfy { $0 == 0x2D || (0x30...0x39).contains($0) } ? ["integer", "number"] : ["number"]
        case .string: ["string"]
        case .array: ["array"]
        case .object: ["object"]
        }
    }
}
