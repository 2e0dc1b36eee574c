import PlumblineKit

/// One condition of a list: three parts, or four with the type that the field is of, which may be that of a child
/// table.
struct ERPNextFilter {
    /// The table field whose rows are meant; nil for the document itself.
    let table: String?
    let field: String
    let sign: String
    let value: JSON

    private static let signs: Set = [
        "=", "!=", ">", "<", ">=", "<=", "like", "not like", "in", "not in", "between", "is",
    ]

    /// Nil for what the notes do not know.
    static func all(_ json: JSON?, of type: String, _ known: ERPNextEmulator.DocType) -> [ERPNextFilter]? {
        guard let json else { return [] }
        if let object = json.object {
            return object.members.map { ERPNextFilter(table: nil, field: $0.key, sign: "=", value: $0.value) }
        }
        var filters: [ERPNextFilter] = []
        for item in json.array ?? [.null] {
            guard let filter = ERPNextFilter(item.array ?? [], of: type, known) else { return nil }
            filters.append(filter)
        }
        return filters
    }

    private init(table: String?, field: String, sign: String, value: JSON) {
        (self.table, self.field, self.sign, self.value) = (table, field, sign, value)
    }

    private init?(_ parts: [JSON], of type: String, _ known: ERPNextEmulator.DocType) {
        guard let field = parts.dropLast(2).last?.string, let sign = parts.dropLast().last?.string,
            Self.signs.contains(sign), let value = parts.last
        else { return nil }
        switch parts.count {
        case 3: self.init(table: nil, field: field, sign: sign, value: value)
        case 4:
            guard let other = parts[0].string else { return nil }
            let table = known.tables.first { $0.value == other }?.key
            guard other == type || table != nil else { return nil }
            self.init(table: table, field: field, sign: sign, value: value)
        default: return nil
        }
    }

    /// Whether the document, or any row of the table, fits.
    func fits(_ document: [String: JSON], _ tables: [String: [[String: JSON]]]) -> Bool {
        guard let table else { return fits(document[field] ?? .null) }
        return (tables[table] ?? []).contains { fits($0[field] ?? .null) }
    }

    private func fits(_ cell: JSON) -> Bool {
        switch sign {
        case "is": return (value == "set") == !(cell.isNull || cell == "")
        case "in": return (value.array ?? []).contains { Self.order(cell, $0) == 0 }
        case "not in": return !(value.array ?? []).contains { Self.order(cell, $0) == 0 }
        case "!=": return Self.order(cell, value) != 0
        case "like": return Self.matches(cell, value)
        case "not like": return !Self.matches(cell, value)
        default: break
        }
        if cell.isNull { return false }
        switch sign {
        case "between":
            let ends = value.array ?? []
            return ends.count == 2 && Self.order(cell, ends[0]) >= 0 && Self.order(cell, ends[1]) <= 0
        case ">": return Self.order(cell, value) > 0
        case ">=": return Self.order(cell, value) >= 0
        case "<": return Self.order(cell, value) < 0
        case "<=": return Self.order(cell, value) <= 0
        default: return Self.order(cell, value) == 0
        }
    }

    private static func matches(_ cell: JSON, _ pattern: JSON) -> Bool {
        let (text, pattern) = ((cell.scalarText ?? "").lowercased(), (pattern.string ?? "").lowercased())
        let words = pattern.split(separator: "%").map(String.init)
        return words.count == 1 && text.contains(words[0])
    }

    /// Negative where the first comes before the second: numbers as such, times as times, texts without regard to case.
    static func order(_ one: JSON, _ other: JSON) -> Int {
        if let left = one.int, let right = other.scalarText.flatMap({ Int($0) }) {
            return left < right ? -1 : left > right ? 1 : 0
        }
        let (left, right) = (plain(one), plain(other))
        return left < right ? -1 : left > right ? 1 : 0
    }

    private static func plain(_ value: JSON) -> String {
        let text = value.scalarText ?? ""
        guard text.utf8.count >= 19, Instant(rfc3339: text + "Z") != nil else { return text.lowercased() }
        let fraction = text.dropFirst(20)
        return text.prefix(19) + "." + fraction + String(repeating: "0", count: max(0, 6 - fraction.count))
    }

    static func precedes(
        _ one: [String: JSON], _ other: [String: JSON], _ order: [(field: String, isDescending: Bool)]
    ) -> Bool {
        for item in order {
            let place = Self.order(one[item.field] ?? .null, other[item.field] ?? .null)
            if place != 0 { return item.isDescending ? place > 0 : place < 0 }
        }
        return false
    }
}
