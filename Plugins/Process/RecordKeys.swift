import PlumblineKit

/// What identifies the records of a stream: a path for each part.
struct RecordKeys: Sendable, Hashable {
    let paths: [[String]]

    /// Nil where there is no part.
    init?(_ paths: [[String]]) {
        if paths.isEmpty || paths.contains(where: \.isEmpty) { return nil }
        self.paths = paths
    }

    /// Fields of the record itself.
    init?(fields: [String]) { self.init(fields.map { [$0] }) }

    /// The keys of a list of names, or of paths, as protocols write them.
    init?(_ list: JSON?) {
        self.init(
            (list?.array ?? []).map { part in
                part.string.map { [$0] } ?? (part.array ?? []).compactMap(\.string)
            })
    }

    /// The parts' names, for people.
    var text: String { paths.map { $0.joined(separator: ".") }.joined(separator: ", ") }

    /// The identifier of a record; where a part is missing, that part's name.
    func identifier(of record: JSON) -> Result<String, MissingKey> {
        var parts: [String] = []
        for path in paths {
            var value: JSON? = record
            for name in path { value = value?[name] }
            guard let text = value?.keyText, !text.isEmpty else {
                return .failure(MissingKey(name: path.joined(separator: ".")))
            }
            parts.append(text)
        }
        return .success(parts.compoundIdentifier)
    }

    /// A part of a key that a record lacks.
    struct MissingKey: Error {
        let name: String

        var texts: LocalizedText {
            LocalizedText(
                zh: "主键字段“\(name)”没有值，不知道这是哪条记录",
                en: "the key field '\(name)' has no value: nothing says which record this is")
        }
    }
}

extension JSON {
    fileprivate var keyText: String? {
        if case .bool(let flag) = self { return flag ? "true" : "false" }
        return scalarText
    }
}

extension ConnectorError {
    /// For a stream that has no key: without one nothing would be known again.
    static func noKeys(_ stream: String) -> ConnectorError {
        .settings(
            field: "keys",
            reason: "the source declares no key for the stream '\(stream)'; name the fields that identify a record")
    }

    /// For an answer that was cut.
    static func tooLong(_ call: String) -> ConnectorError {
        .settings(
            field: "sandbox",
            reason: "'\(call)' answered with a line that is longer than 'sandbox: max_line_bytes' allows")
    }

    /// For a name that several streams of the program have.
    static func ambiguous(_ stream: String, _ titles: [String], field: String) -> ConnectorError {
        .settings(
            field: field, reason: "'\(stream)' may be \(titles.sorted().joined(separator: ", ")): name one of them")
    }

    /// For a stream that the program does not have, which `field` names.
    static func noStream(_ stream: String, known: [String], field: String) -> ConnectorError {
        let shown = known.prefix(50).joined(separator: ", ")
        return .settings(
            field: field,
            reason: known.isEmpty
                ? "the program has no streams" : "the program has no stream '\(stream)'; it has: \(shown)")
    }
}
