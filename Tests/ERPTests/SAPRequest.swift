import PlumblineKit

enum SAPVersion: CaseIterable, Sendable { case v2, v4 }

/// The options of a request, taken apart as strictly as the notes allow.
struct SAPRequest: Sendable {
    let version: SAPVersion
    /// Whether decimals are to be texts in V4.
    let isExact: Bool
    let path: String
    var filter: [SAPComparison] = []
    var select: [String] = []
    var expand: [String] = []
    var order: [(field: String, isDescending: Bool)] = []
    var top: Int?
    var wantsCount = false

    init(version: SAPVersion, isExact: Bool, path: String) {
        (self.version, self.isExact, self.path) = (version, isExact, path)
    }

    /// Takes options over; what is wrong with them, nil where nothing is.
    mutating func take(_ query: [(name: String, value: String)]) -> String? {
        for (name, value) in query {
            switch name {
            case "$filter":
                guard let filter = SAPComparison.all(in: value, version) else { return "Invalid filter: \(value)" }
                self.filter = filter
            case "$select": select = value.split(separator: ",").map(String.init)
            case "$expand": expand = Self.expansions(value, version)
            case "$orderby":
                order = value.split(separator: ",").map { part in
                    let words = part.split(separator: " ")
                    return (String(words.first ?? ""), words.dropFirst().first == "desc")
                }
            case "$top":
                guard let number = Int(value), number > 0 else { return "Invalid $top" }
                top = number
            case "$inlinecount" where version == .v2 && value == "allpages": wantsCount = true
            case "$count" where version == .v4 && value == "true": wantsCount = true
            case "$format" where value == "json": break
            case "sap-client", "sap-language": break
            default: return "Invalid option: \(name)"
            }
        }
        return nil
    }

    /// `to_Item` in V2, `to_Item($select=A,B)` in V4.
    private static func expansions(_ text: String, _ version: SAPVersion) -> [String] {
        guard version == .v4 else { return text.split(separator: ",").map(String.init) }
        var (parts, depth, current) = ([String](), 0, "")
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 {
                parts.append(current)
                current = ""
            } else {
                current.append(character)
            }
        }
        return parts + [current]
    }

    /// The properties that are wanted of what a navigation leads to; nil where it is not expanded.
    func properties(behind navigation: String) -> [String]? {
        switch version {
        case .v2:
            guard expand.contains(navigation) else { return nil }
            let start = navigation + "/"
            return select.filter { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
        case .v4:
            let start = navigation + "($select="
            return expand.first { $0.hasPrefix(start) }.map { part in
                part.dropFirst(start.count).dropLast().split(separator: ",").map(String.init)
            }
        }
    }

    /// The entity's own properties that are wanted.
    var own: [String] { select.filter { !$0.contains("/") } }
}

/// One condition of a filter.
struct SAPComparison: Sendable {
    let field: String
    let isEqual: Bool
    let literal: SAPLiteral

    /// The conditions of a filter that are joined by `and`; nil for what the notes do not show.
    static func all(in text: String, _ version: SAPVersion) -> [SAPComparison]? {
        var (rest, all) = (Substring(text), [SAPComparison]())
        while true {
            let words = rest.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            guard words.count == 3, ["eq", "ge"].contains(words[1]) else { return nil }
            rest = words[2]
            guard let literal = SAPLiteral(&rest, version) else { return nil }
            all.append(SAPComparison(field: String(words[0]), isEqual: words[1] == "eq", literal: literal))
            if rest.isEmpty { return all }
            guard rest.hasPrefix(" and ") else { return nil }
            rest = rest.dropFirst(5)
        }
    }

    /// Nil where the literal is not of the property's type.
    func fits(_ value: SAPValue?) -> Bool? {
        guard let value, value != .null else { return false }
        guard let order = value.order(to: literal) else { return nil }
        return isEqual ? order == 0 : order >= 0
    }
}

/// A literal as a version writes it.
enum SAPLiteral: Sendable {
    case text(String)
    case number(Int)
    case flag(Bool)
    case moment(Instant)
    case local(Instant)
    case day(Instant)

    /// Takes a literal off the front of a filter.
    init?(_ rest: inout Substring, _ version: SAPVersion) {
        let kind = rest.prefix { $0.isLetter }
        let isPlain = kind == "true" || kind == "false"
        if !isPlain, version == .v2 || kind.isEmpty { rest = rest.dropFirst(kind.count) }
        if rest.first == "'" {
            guard let text = Self.quoted(&rest) else { return nil }
            switch (String(kind), version) {
            case ("", _): self = .text(text)
            case ("datetime", .v2):
                guard let time = Instant(rfc3339: text + "Z") else { return nil }
                self = .local(time)
            case ("datetimeoffset", .v2):
                guard let time = Instant(rfc3339: text) else { return nil }
                self = .moment(time)
            default: return nil
            }
            return
        }
        let word = String(rest.prefix { $0 != " " })
        rest = rest.dropFirst(word.count)
        if isPlain {
            self = .flag(word == "true")
        } else if let number = Int(word) {
            self = .number(number)
        } else if version == .v4, let time = Instant(rfc3339: word) {
            self = .moment(time)
        } else if version == .v4, let day = LocalDay(word) {
            self = .day(day.midnight)
        } else {
            return nil
        }
    }

    private static func quoted(_ rest: inout Substring) -> String? {
        rest = rest.dropFirst()
        var text = ""
        while let next = rest.popFirst() {
            if next != "'" {
                text.append(next)
            } else if rest.first == "'" {
                text.append(rest.removeFirst())
            } else {
                return text
            }
        }
        return nil
    }
}
