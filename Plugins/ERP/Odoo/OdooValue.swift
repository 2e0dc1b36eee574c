import PlumblineKit

/// What a field holds, as `fields_get` tells.
enum OdooType: Sendable, Hashable {
    case text, number, flag, day, time
    /// `[number, name]`, or false.
    case link
    /// Numbers of rows; those of a many2many have names that people know.
    case links(areNamed: Bool)

    /// Nil for types that are not read, such as pictures.
    init?(_ type: String) {
        switch type {
        case "char", "text", "selection", "reference": self = .text
        case "integer", "float", "monetary", "many2one_reference": self = .number
        case "boolean": self = .flag
        case "date": self = .day
        case "datetime": self = .time
        case "many2one": self = .link
        case "one2many": self = .links(areNamed: false)
        case "many2many": self = .links(areNamed: true)
        default: return nil
        }
    }
}

/// Values as Odoo writes them. False stands for everything that is empty.
extension JSON {
    /// Whether this is how the server writes that there is nothing.
    var isOdooEmpty: Bool { self == false || isNull || self == "" }

    /// The number of the row that a link leads to; nil where there is none.
    func odooLink(_ field: String) throws(JSONShapeError) -> (id: Int, name: String)? {
        if isOdooEmpty { return nil }
        guard let pair = array, pair.count == 2, let id = pair[0].int else {
            throw JSONShapeError(reason: "expected a number with a name, or false, at '\(field)', got \(kind)")
        }
        return (id, pair[1].string ?? "")
    }

    /// The numbers of the rows that links lead to.
    func odooLinks(_ field: String) throws(JSONShapeError) -> [Int] {
        if isOdooEmpty { return [] }
        guard let elements = array else {
            throw JSONShapeError(reason: "expected a list of numbers at '\(field)', got \(kind)")
        }
        var ids: [Int] = []
        for element in elements {
            guard let id = element.int else {
                throw JSONShapeError(reason: "expected numbers in the list at '\(field)', got \(element.kind)")
            }
            ids.append(id)
        }
        return ids
    }

    /// A value that is no link, as records have it.
    func odooScalar(_ type: OdooType, _ field: String) throws(JSONShapeError) -> JSON {
        if type == .flag, case .bool = self { return self }
        if isOdooEmpty { return .null }
        switch (type, self) {
        case (.text, .string): return self
        case (.number, .number(let text)):
            if let number = Self.plainNumber(text) { return number }
        case (.day, .string(let text)):
            if LocalDay(text) != nil { return self }
        case (.time, .string(let text)):
            if let moment = Instant(odoo: text) { return .time(moment) }
        default: break
        }
        throw JSONShapeError(reason: "expected \(type) at '\(field)', got \(self.kind) that is none")
    }

    /// A number without exponent, to fifteen digits. The server computes in binary floating point, so what was a decimal of
    /// up to fifteen digits comes with others behind them: `0.30000000000000004`.
    static func plainNumber(_ text: String) -> JSON? {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        let isNegative = text.hasPrefix("-")
        let pieces = (parts.first ?? "").drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, (1...2).contains(pieces.count), let exponent = parts.count == 2 ? Int(parts[1]) : 0,
            abs(exponent) <= 40
        else { return nil }
        var digits = pieces.joined().utf8.map { Int($0) - 48 }
        guard !digits.isEmpty, digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
        var scale = (pieces.count == 2 ? pieces[1].utf8.count : 0) - exponent
        round(&digits, &scale)
        return .number((isNegative && digits.contains { $0 != 0 } ? "-" : "") + written(digits, scale))
    }

    private static func round(_ digits: inout [Int], _ scale: inout Int) {
        let lead = digits.prefix { $0 == 0 }.count
        let spare = digits.count - lead - 15
        guard spare > 0, scale > 0 else { return }
        let cut = min(spare, scale)
        let isUp = digits[digits.count - cut] >= 5
        digits.removeLast(cut)
        scale -= cut
        guard isUp else { return trim(&digits, &scale) }
        digits.insert(0, at: 0)
        var place = digits.count - 1
        while place >= 0, digits[place] == 9 {
            digits[place] = 0
            place -= 1
        }
        digits[max(0, place)] += 1
        trim(&digits, &scale)
    }

    private static func trim(_ digits: inout [Int], _ scale: inout Int) {
        while scale > 0, digits.last == 0, digits.count > 1 {
            digits.removeLast()
            scale -= 1
        }
    }

    private static func written(_ digits: [Int], _ scale: Int) -> String {
        var text = digits.map(String.init).joined()
        if scale < 0 { text += String(repeating: "0", count: -scale) }
        if scale > 0 {
            text = String(repeating: "0", count: max(0, scale + 1 - text.count)) + text
            text = text.dropLast(scale) + "." + text.suffix(scale)
        }
        let whole = text.drop { $0 == "0" }
        return whole.isEmpty || whole.hasPrefix(".") ? "0" + whole : String(whole)
    }
}

extension Instant {
    /// A time in UTC without a zone: `2026-01-05 00:10:00`; nil for any other text.
    init?(odoo text: String) {
        guard text.utf8.count >= 19, !text.hasSuffix("Z"), let time = Instant(rfc3339: text + "Z") else { return nil }
        self = time
    }

    /// As domains write it, to the second.
    var odooText: String { String(rfc3339.prefix(19)).replacing("T", with: " ") }
}
