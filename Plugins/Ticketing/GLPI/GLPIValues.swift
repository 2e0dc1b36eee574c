import PlumblineKit

/// Values as GLPI writes them: numbers perhaps as text, texts with HTML entities.
extension JSON {
    /// A whole number, whether it is written as one or as text.
    var glpiInt: Int? { int ?? string.flatMap { Int($0) } }

    /// The whole number under `key`.
    func glpiInt(at key: String) throws(JSONShapeError) -> Int {
        guard let number = self[key]?.glpiInt else {
            throw JSONShapeError(reason: "'\(key)' is \(self[key]?.kind ?? "missing") and no whole number")
        }
        return number
    }

    /// Yes or no, as 1 or 0 or as such; nil where it is neither.
    var glpiFlag: Bool? {
        if let bool { return bool }
        return glpiInt == 1 ? true : glpiInt == 0 ? false : nil
    }

    /// A text as people read it; nil where there is none.
    var glpiText: String? { string.map(HTMLEntities.resolved) }

    /// These members alone: what is kept of an item that cannot be read.
    func only(_ names: [String]) -> JSON {
        .object(JSONObject(names.compactMap { name in self[name].map { (name, $0) } }))
    }
}

/// The entities that GLPI puts into texts.
enum HTMLEntities {
    private static let named: [Substring: Character] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ",
    ]

    /// `R&amp;D` as `R&D`. What is no entity stays as it is; what an entity stands for is not read again.
    static func resolved(_ text: String) -> String {
        guard text.contains("&") else { return text }
        var (result, rest) = ("", text[...])
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            rest = rest[start...]
            if let end = rest.firstIndex(of: ";"), let character = character(rest[rest.index(after: start)..<end]) {
                result.append(character)
                rest = rest[rest.index(after: end)...]
            } else {
                result.append("&")
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    private static func character(_ name: Substring) -> Character? {
        guard name.first == "#" else { return named[name] }
        let digits = name.dropFirst()
        let isHex = digits.first == "x" || digits.first == "X"
        let code = isHex ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return code.flatMap(Unicode.Scalar.init).map(Character.init)
    }
}
