internal import YAMLDocument

/// What people call the fields and values of record types.
public struct RecordLabels: Sendable {
    /// What something is called.
    public struct Label: Sendable, Hashable {
        /// What templates call it.
        public let text: BilingualText
        /// What other systems and people call the same, in either language.
        public let also: [String]

        /// A label.
        public init(text: BilingualText, also: [String] = []) {
            self.text = text
            self.also = also
        }
    }

    private var fields: [String: Label] = [:]
    private var values: [String: Label] = [:]
    /// What one type calls otherwise.
    private var types: [String: (fields: [String: Label], values: [String: Label])] = [:]

    /// No labels: everything is called by its name.
    public init() {}

    /// Reads `labels: {fields: ..., values: ..., types: ...}`; logs every problem at its place.
    init(_ node: YAMLNode, log: ProblemLog) {
        let map = MapReader(node, what: "'labels'", known: ["fields", "values", "types"], log: log)
        (fields, values) = (Self.labels(map, "fields"), Self.labels(map, "values"))
        for entry in map.map("types") {
            let type = MapReader(entry.value, what: "labels of a type", known: ["fields", "values"], log: log)
            types[entry.key] = (Self.labels(type, "fields"), Self.labels(type, "values"))
        }
    }

    private static func labels(_ map: MapReader, _ key: String) -> [String: Label] {
        let labels = map.map(key).map { entry in
            let label = MapReader(entry.value, what: "a label", known: ["zh", "en", "also"], log: map.log)
            let (zh, en) = (label.text("zh"), label.text("en"))
            let text = BilingualText(zh: zh ?? en ?? entry.key, en: en ?? zh ?? entry.key)
            return (entry.key, Label(text: text, also: label.texts("also")))
        }
        return Dictionary(labels, uniquingKeysWith: { $1 })
    }

    /// Adds labels, in the place of those that there are.
    mutating func add(_ other: RecordLabels) {
        fields.merge(other.fields, uniquingKeysWith: { $1 })
        values.merge(other.values, uniquingKeysWith: { $1 })
        for (name, type) in other.types {
            let known = types[name] ?? ([:], [:])
            types[name] = (
                known.fields.merging(type.fields, uniquingKeysWith: { $1 }),
                known.values.merging(type.values, uniquingKeysWith: { $1 })
            )
        }
    }

    /// What a field is called; its name where nobody has said.
    public func label(ofField field: String, in type: String) -> Label {
        given(field, in: type) ?? Label(text: BilingualText(zh: field, en: field))
    }

    /// Whether somebody has said what the field is called.
    public func hasLabel(ofField field: String, in type: String) -> Bool { given(field, in: type) != nil }

    private func given(_ field: String, in type: String) -> Label? { types[type]?.fields[field] ?? fields[field] }

    /// What a value of an enumeration is called; its code where nobody has said.
    public func label(ofValue code: String, in type: String) -> Label {
        types[type]?.values[code] ?? values[code] ?? Label(text: BilingualText(zh: code, en: code))
    }
}

extension RecordLabels.Label {
    /// The label in one language, or in both, Chinese first.
    public func heading(_ language: LabelLanguage) -> String {
        switch language {
        case .zh: text.zh
        case .en: text.en
        case .both: text.zh == text.en ? text.zh : "\(text.zh) \(text.en)"
        }
    }

    /// The label in every form that a template may give it.
    public var headings: [String] { LabelLanguage.allCases.map(heading) }
}

/// In which language a template calls things.
public enum LabelLanguage: String, Sendable, CaseIterable {
    case zh, en, both
}

extension String {
    /// The name without what makes no difference: case, width, spaces, underscores and punctuation. One of nothing else
    /// stays as it is.
    public var plainName: String {
        let plain = lowercased().filter { $0.isLetter || $0.isNumber }.map(\.narrow)
        return plain.isEmpty ? self : String(plain).lowercased()
    }
}

extension Character {
    /// The narrow form of a full-width letter or digit.
    fileprivate var narrow: Character {
        guard let scalar = unicodeScalars.first, unicodeScalars.count == 1, 0xFF01...0xFF5E ~= scalar.value,
            let narrow = Unicode.Scalar(scalar.value - 0xFEE0)
        else { return self }
        return Character(narrow)
    }
}
