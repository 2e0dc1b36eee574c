import PlumblineKit

/// The part of the language of `FilterString` and `OrderString` that the notes show: comparisons joined by `and`, lists with
/// `in`, texts in quotes that are doubled inside.
struct KingdeeFilter {
    enum Token: Equatable {
        case name(String)
        case text(String)
        case number(Int)
        case sign(String)
    }

    struct Comparison {
        let field: String
        let sign: String
        let values: [JSON]
    }

    private(set) var comparisons: [Comparison] = []

    var fields: [String] { comparisons.map(\.field) }

    /// Nil for what is not understood.
    init?(_ text: String) {
        guard var tokens = Self.tokens(text).map({ $0[...] }) else { return nil }
        while !tokens.isEmpty {
            guard case .name(let field)? = tokens.popFirst(), let comparison = Self.comparison(field, &tokens) else {
                return nil
            }
            comparisons.append(comparison)
            guard tokens.isEmpty || (tokens.popFirst() == .name("and") && !tokens.isEmpty) else { return nil }
        }
    }

    private static func comparison(_ field: String, _ tokens: inout ArraySlice<Token>) -> Comparison? {
        switch tokens.popFirst() {
        case .sign(let sign) where ["=", ">", ">=", "<", "<="].contains(sign):
            guard let value = tokens.popFirst().flatMap(value) else { return nil }
            return Comparison(field: field, sign: sign, values: [value])
        case .name("in"):
            guard tokens.popFirst() == .sign("(") else { return nil }
            var values: [JSON] = []
            while let value = tokens.popFirst().flatMap(value) {
                values.append(value)
                let next = tokens.popFirst()
                if next == .sign(")") { return Comparison(field: field, sign: "in", values: values) }
                if next != .sign(",") { return nil }
            }
            return nil
        default: return nil
        }
    }

    private static func value(_ token: Token) -> JSON? {
        switch token {
        case .text(let text): .string(text)
        case .number(let number): .int(number)
        default: nil
        }
    }

    private static func tokens(_ text: String) -> [Token]? {
        var (rest, tokens) = (Array(text)[...], [Token]())
        while let first = rest.first {
            if first == " " {
                rest.removeFirst()
            } else if first == "'" {
                guard let text = quoted(&rest) else { return nil }
                tokens.append(.text(text))
            } else if first.isLetter || first == "_" {
                let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
                tokens.append(.name(String(name)))
                rest = rest[name.endIndex...]
            } else if first.isNumber {
                let digits = rest.prefix { $0.isNumber }
                guard let number = Int(String(digits)) else { return nil }
                tokens.append(.number(number))
                rest = rest[digits.endIndex...]
            } else {
                let sign = "<>=".contains(first) ? rest.prefix { "<>=".contains($0) } : rest.prefix(1)
                tokens.append(.sign(String(sign)))
                rest = rest[sign.endIndex...]
            }
        }
        return tokens
    }

    private static func quoted(_ rest: inout ArraySlice<Character>) -> String? {
        rest.removeFirst()
        var text = ""
        while let next = rest.popFirst() {
            guard next == "'" else {
                text.append(next)
                continue
            }
            guard rest.first == "'" else { return text }
            rest.removeFirst()
            text.append("'")
        }
        return nil
    }
}

extension KingdeeFilter {
    func fits(_ row: [String: JSON]) -> Bool {
        comparisons.allSatisfy { comparison in
            guard let cell = row[comparison.field], !cell.isNull else { return false }
            return comparison.values.contains { value in
                let order = Self.order(cell, value)
                return switch comparison.sign {
                case ">": order > 0
                case ">=": order >= 0
                case "<": order < 0
                case "<=": order <= 0
                default: order == 0
                }
            }
        }
    }

    /// Negative where the first comes before the second: numbers as such, times and texts as texts.
    private static func order(_ one: JSON, _ other: JSON) -> Int {
        if let left = one.int, let right = other.int { return left < right ? -1 : left > right ? 1 : 0 }
        let (left, right) = (plain(one), plain(other))
        return left < right ? -1 : left > right ? 1 : 0
    }

    /// A time with a space and six digits behind the second, so that times compare as texts.
    private static func plain(_ value: JSON) -> String {
        let text = value.scalarText ?? ""
        guard Instant(rfc3339: text + "Z") != nil else { return text }
        let seconds = text.prefix(19).replacing("T", with: " ")
        let fraction = text.dropFirst(20)
        return seconds + "." + fraction + String(repeating: "0", count: max(0, 6 - fraction.count))
    }

    static func order(_ text: String) -> [(field: String, isDescending: Bool)] {
        text.split(separator: ",").map { part in
            let words = part.split(separator: " ").map(String.init)
            return (words.first ?? "", words.dropFirst().first?.lowercased() == "desc")
        }
    }

    static func precedes(
        _ one: [String: JSON], _ other: [String: JSON], by order: [(field: String, isDescending: Bool)]
    ) -> Bool {
        for item in order {
            let place = Self.order(one[item.field] ?? .null, other[item.field] ?? .null)
            if place != 0 { return item.isDescending ? place > 0 : place < 0 }
        }
        return false
    }
}
