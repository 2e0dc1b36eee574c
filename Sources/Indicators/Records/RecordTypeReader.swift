public import YAMLDocument

/// Reads record types from the `record_types` map of a definition file; logs every problem at its place.
public struct RecordTypeReader {
    private let log: ProblemLog

    /// A reader that notes problems in `log`.
    public init(log: ProblemLog) { self.log = log }

    /// The record types of a `record_types` map, in the order of the file.
    public func recordTypes(_ entries: [YAMLNode.Entry]) -> [RecordType] {
        entries.compactMap(recordType)
    }

    private func recordType(_ entry: YAMLNode.Entry) -> RecordType? {
        let map = MapReader(
            entry.value, what: "a record type", known: ["name", "note", "key", "fields", "ahead"], log: log)
        if map["fields"] == nil { log.add(entry.place, "record type '\(entry.key)' needs 'fields'") }
        checkName(entry.key, at: entry.place)
        let fields = map.map("fields").compactMap(field)
        let key = map["key"] == nil ? ["id"] : map.texts("key")
        for name in key where !fields.contains(where: { $0.name == name && !$0.isOptional && !$0.isList }) {
            log.add(entry.place, "record type '\(entry.key)': its key '\(name)' is no field that is always filled")
        }
        return RecordType(
            name: entry.key, fields: fields, key: key, ahead: ahead(map, fields),
            title: map.bilingual("name", fallback: entry.key),
            note: map.bilingual("note", fallback: ""))
    }

    /// The fields whose times may lie ahead.
    private func ahead(_ map: MapReader, _ fields: [RecordField]) -> Set<String> {
        let names = map.texts("ahead")
        let times = fields.filter { [.date, .datetime].contains($0.kind) }.map(\.name)
        for name in names where !times.contains(name) {
            log.add(map.place(of: "ahead"), "'ahead' names times or days: " + MapReader.unknown(name, known: times))
        }
        return Set(names)
    }

    private func field(_ entry: YAMLNode.Entry) -> RecordField? {
        checkName(entry.key, at: entry.place)
        guard let text = entry.value.text else {
            log.add(entry.value.place, "the type of '\(entry.key)' must be a text, not \(entry.value.kindName)")
            return nil
        }
        guard let field = RecordField(name: entry.key, typeText: text) else {
            log.add(
                entry.value.place,
                "'\(text)' is no type; expected string, int, decimal, money, bool, date, datetime, employee_ref, "
                    + "org_unit_ref, interval, owner_interval, enum(a,b) or list<...>, with ? where it may be empty")
            return nil
        }
        return field
    }

    /// Names become columns of a table, so they are plain words.
    private func checkName(_ name: String, at place: SourcePlace) {
        let isPlain = name.utf8.allSatisfy { ($0 >= 97 && $0 <= 122) || ($0 >= 48 && $0 <= 57) || $0 == 95 }
        if !isPlain || name.utf8.first.map({ $0 >= 48 && $0 <= 57 }) != false || name.utf8.count > 60 {
            log.add(place, "'\(name)' is no name: use lower-case letters, digits and _, starting with a letter")
        }
    }
}
