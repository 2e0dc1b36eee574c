/// A decoded setting.
enum SettingValue: Sendable, Hashable {
    case text(String)
    case secret(Secret)
    case integer(Int)
    case flag(Bool)
    case list([String])
    case map([String: String])
    case duration(Duration, text: String)
    case nested(NestedSetting)

    var text: String? { if case .text(let value) = self { value } else { nil } }
    var secret: Secret? { if case .secret(let value) = self { value } else { nil } }
    var integer: Int? { if case .integer(let value) = self { value } else { nil } }
    var flag: Bool? { if case .flag(let value) = self { value } else { nil } }
    var list: [String]? { if case .list(let value) = self { value } else { nil } }
    var map: [String: String]? { if case .map(let value) = self { value } else { nil } }
    var duration: Duration? { if case .duration(let value, _) = self { value } else { nil } }
    var nested: NestedSetting? { if case .nested(let value) = self { value } else { nil } }

    /// What a connection would say to get this value.
    var input: SettingInput {
        switch self {
        case .text(let value): .text(value)
        case .secret(let value): .secret(value)
        case .integer(let value): .text(String(value))
        case .flag(let value): .text(value ? "true" : "false")
        case .list(let value): .list(value)
        case .map(let value): .map(value)
        case .duration(_, let text): .text(text)
        case .nested(let value): .nested(value)
        }
    }
}

/// Why a text or list is not what a field wants.
struct SettingMismatch: Error {
    let reason: String
}

extension SettingField {
    /// The value of `input` for this field.
    func decode(_ input: SettingInput) throws(SettingMismatch) -> SettingValue {
        switch (kind, input) {
        case (.secret, .secret(let secret)): return .secret(secret)
        case (.secret, _):
            throw SettingMismatch(reason: "expected a reference such as ${file:NAME}, got the text itself")
        case (_, .secret): throw SettingMismatch(reason: "takes no secret; write the value itself")
        case (.list, .list(let texts)): return .list(try filled(texts))
        case (.list, .text(let text)): return .list(try filled([text]))
        case (.map, .map(let map)): return .map(map)
        case (.nested, .nested(let value)): return .nested(value)
        case (_, .text(let text)): return try decode(text: text)
        case (_, .list): throw SettingMismatch(reason: "expected \(wanted), got a list")
        case (_, .map): throw SettingMismatch(reason: "expected \(wanted), got a map")
        case (_, .nested): throw SettingMismatch(reason: "expected \(wanted), got nested values")
        }
    }

    private func decode(text: String) throws(SettingMismatch) -> SettingValue {
        switch kind {
        case .text, .file:
            if !text.isEmpty { return .text(text) }
        case .url:
            do { return .text(try HTTPURL(text).description) } catch { throw SettingMismatch(reason: error.reason) }
        case .integer(let range):
            if let number = Int(text), range.contains(number) { return .integer(number) }
        case .flag:
            if text == "true" || text == "false" { return .flag(text == "true") }
        case .choice(let names):
            if names.contains(text) { return .text(text) }
        case .duration(let range):
            if let duration = Duration(settingText: text), range.contains(duration) {
                return .duration(duration, text: text)
            }
        case .list, .map, .secret, .nested: break
        }
        throw SettingMismatch(reason: "expected \(wanted), got '\(text)'")
    }

    private func filled(_ texts: [String]) throws(SettingMismatch) -> [String] {
        if texts.contains("") { throw SettingMismatch(reason: "an entry of the list is empty") }
        if isRequired, texts.isEmpty { throw SettingMismatch(reason: "expected at least one entry") }
        return texts
    }

    private var wanted: String {
        switch kind {
        case .text: "a text that is not empty"
        case .url: "an address that begins with http:// or https://"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .flag: "true or false"
        case .choice(let names): "one of \(names.joined(separator: ", "))"
        case .list: "a list of texts"
        case .map: "a map of texts"
        case .duration(let range):
            "a duration such as 30s, 5m, 2h or 1d, from \(range.lowerBound.settingText) to \(range.upperBound.settingText)"
        case .file: "the name of a file in the data folder"
        case .secret: "a reference such as ${file:NAME}"
        case .nested: "nested values"
        }
    }
}

extension Duration {
    private static let settingUnits: KeyValuePairs<Character, Int> = ["d": 86_400, "h": 3600, "m": 60, "s": 1]

    /// Reads `90s`, `5m`, `2h` or `1d`.
    package init?(settingText text: String) {
        let digits = text.dropLast()
        guard let last = text.last, let unit = Self.settingUnits.first(where: { $0.key == last })?.value,
            (1...9).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits)
        else { return nil }
        self = .seconds(number * unit)
    }

    /// The whole seconds in the largest unit that writes them, such as `5m`.
    var settingText: String {
        let seconds = Int(components.seconds)
        let unit = Self.settingUnits.first { seconds != 0 && seconds.isMultiple(of: $0.value) } ?? ("s", 1)
        return "\(seconds / unit.value)\(unit.key)"
    }
}
