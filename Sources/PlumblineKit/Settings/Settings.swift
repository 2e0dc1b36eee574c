/// A connection's settings, decoded once against what the connector declares.
public struct Settings: Sendable, Hashable {
    private let values: [String: SettingValue]

    /// Decodes what a connection says.
    ///
    /// - Throws: `ConnectorError.settings` for the first problem, in order of keys. `problems(in:against:)` lists all.
    public init(_ input: [String: SettingInput], against fields: [SettingField]) throws(ConnectorError) {
        let (values, problems) = Self.decode(input, against: fields)
        if let first = problems.first { throw .settings(field: first.key, reason: first.reason) }
        self.values = values
    }

    /// Everything that is wrong with `input`, in order of keys; touches neither network nor file.
    public static func problems(
        in input: [String: SettingInput], against fields: [SettingField]
    ) -> [SettingProblem] {
        decode(input, against: fields).problems
    }

    /// The value of `setting`, which the connector's description must list.
    public subscript<Value>(setting: Setting<Value>) -> Value {
        if let value = values[setting.field.key].flatMap(setting.read) { return value }
        guard let absent = setting.absent else {
            preconditionFailure("setting '\(setting.field.key)' is not in the connector's description")
        }
        return absent
    }

    /// The settings as a connection would write them, defaults included.
    public var input: [String: SettingInput] { values.mapValues(\.input) }
}

/// One thing that is wrong with a connection's settings.
public struct SettingProblem: Sendable, Hashable {
    /// The setting.
    public let key: String
    /// What is wrong and what was expected; never a secret.
    public let reason: String
}

extension Settings {
    private static func decode(
        _ input: [String: SettingInput], against fields: [SettingField]
    ) -> (values: [String: SettingValue], problems: [SettingProblem]) {
        var values: [String: SettingValue] = [:]
        var problems: [SettingProblem] = []
        for field in fields {
            guard let given = input[field.key] ?? field.defaultValue else {
                if field.isRequired { problems.append(SettingProblem(key: field.key, reason: "is required")) }
                continue
            }
            do throws(SettingMismatch) {
                values[field.key] = try field.decode(given)
            } catch {
                problems.append(SettingProblem(key: field.key, reason: error.reason))
            }
        }
        let known = fields.map(\.key)
        for key in input.keys where !known.contains(key) {
            problems.append(SettingProblem(key: key, reason: unknown(key, known: known)))
        }
        return (values, problems.sorted { $0.key < $1.key })
    }

    private static func unknown(_ key: String, known: [String]) -> String {
        let nearest = known.min { key.editDistance(to: $0) < key.editDistance(to: $1) }
        let list = "known: \(known.sorted().joined(separator: ", "))"
        guard let nearest, key.editDistance(to: nearest) <= max(1, key.utf8.count / 3) else {
            return "unknown setting; \(list)"
        }
        return "unknown setting, did you mean '\(nearest)'? \(list)"
    }
}

extension String {
    /// How many single characters must be put in, taken out or replaced to get `other` (Levenshtein).
    func editDistance(to other: String) -> Int {
        let target = Array(other)
        var row = Array(0...target.count)
        for (line, character) in enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for column in target.indices {
                let replaced = diagonal + (target[column] == character ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = Swift.min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[target.count]
    }
}
