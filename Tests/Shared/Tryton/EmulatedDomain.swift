import PlumblineKit

/// Whether rows match a domain: lists such as `["date", ">=", …]` and `["OR", …]`.
struct EmulatedDomain {
    let rows: [String: [Int: JSONObject]]
    let links: [String: String]

    func holds(_ term: JSON, for row: JSONObject, of model: String) -> Bool {
        guard let parts = term.array, let head = parts.first?.string else { return false }
        if head == "OR" { return parts.dropFirst().contains { holds($0, for: row, of: model) } }
        guard parts.count == 3, let sign = parts[1].string else { return false }
        return values(at: head.split(separator: ".").map(String.init), of: row, in: model)
            .contains { Self.compare($0, sign, parts[2]) }
    }

    /// The values behind links: of the row itself, inside it, or in rows of other models.
    private func values(at path: [String], of row: JSONObject, in model: String) -> [JSON] {
        guard let head = path.first else { return [] }
        if path.count == 1 { return [row[head] ?? .null] }
        let rest = Array(path.dropFirst())
        if let inner = row[head + "."]?.object { return values(at: rest, of: inner, in: "") }
        guard let target = links["\(model).\(head)"] else { return [] }
        let numbers = (row[head]?.array ?? [row[head] ?? .null]).compactMap(\.int)
        return numbers.compactMap { rows[target]?[$0] }.flatMap { values(at: rest, of: $0, in: target) }
    }

    private static func compare(_ value: JSON, _ sign: String, _ wanted: JSON) -> Bool {
        switch sign {
        case "=": return value == wanted
        case "!=": return value != wanted
        case "in": return wanted.array?.contains(value) == true
        case _ where value.isNull: return false
        case ">": return rank(value) > rank(wanted)
        case ">=": return rank(value) >= rank(wanted)
        case "<": return rank(value) < rank(wanted)
        case "<=": return rank(value) <= rank(wanted)
        default: return false
        }
    }

    /// Where a number, day or moment stands among its like.
    static func rank(_ value: JSON?) -> Int64 {
        if let number = value?.int { return Int64(number) }
        guard let value, let year = value["year"]?.int, let month = value["month"]?.int, let day = value["day"]?.int
        else { return .min }
        let moment = Instant(
            year: year, month: month, day: day, hour: value["hour"]?.int ?? 0, minute: value["minute"]?.int ?? 0,
            second: value["second"]?.int ?? 0, microsecond: value["microsecond"]?.int ?? 0)
        return moment?.microseconds ?? .min
    }

    static func tagged(_ kind: String, _ text: String) -> JSON {
        let numbers = text.split { !$0.isNumber }.map(String.init)
        let number = { (place: Int) in JSON.int(numbers.count > place ? Int(numbers[place]) ?? 0 : 0) }
        var value: JSONObject = [
            "__class__": .string(kind), "year": number(0), "month": number(1), "day": number(2),
        ]
        guard kind == "datetime" else { return .object(value) }
        for (place, name) in ["hour", "minute", "second"].enumerated() { value[name] = number(place + 3) }
        let fraction = numbers.count > 6 ? numbers[6] : "0"
        value["microsecond"] = .int(Int(fraction + String(repeating: "0", count: max(0, 6 - fraction.count))) ?? 0)
        return .object(value)
    }
}
