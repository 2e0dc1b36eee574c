internal import Yams

extension YAMLNode {
    /// The most nodes a document may have once its aliases are followed.
    static let nodeLimit = 500_000
    /// The most lists and maps that may stand inside one another.
    static let depthLimit = 100

    /// Composes the YAML `text` of `file` into nodes with their places.
    ///
    /// - Throws: `Problem` at the place that is no YAML, that repeats a key, or where the document is too large
    ///   or too deep.
    public static func parse(_ text: String, file: String) throws(Problem) -> YAMLNode {
        var converter = NodeConverter(file: file)
        return try converter.convert(compose(text, file: file))
    }

    private static func compose(_ text: String, file: String) throws(Problem) -> Node? {
        do {
            // Nobody asks what a plain scalar might be, and finding that out takes most of the time.
            do { return try Yams.compose(yaml: text, .basic) } catch YamlError.duplicatedKeysInMapping {
                // Of two that are alike but for their quotes, this one leaves it to the converter to name the second.
                return try Yams.compose(yaml: text)
            }
        } catch let error as YamlError {
            throw problem(of: error, file: file)
        } catch {
            throw Problem(SourcePlace(file: file, line: 1, column: 1), "this is no YAML: \(error)")
        }
    }

    private static func problem(of error: YamlError, file: String) -> Problem {
        switch error {
        case .scanner(_, let what, let mark, _), .parser(_, let what, let mark, _), .composer(_, let what, let mark, _):
            Problem(SourcePlace(file: file, line: mark.line, column: mark.column), "this is no YAML: \(what)")
        case .duplicatedKeysInMapping(let keys, let context):
            Problem(
                SourcePlace(file: file, line: context.mark.line, column: context.mark.column),
                "a key is given twice: \(keys.joined(separator: ", "))")
        default:
            Problem(SourcePlace(file: file, line: 1, column: 1), "this is no YAML: \(error)")
        }
    }
}

/// Turns the parser's nodes into ours and counts them.
private struct NodeConverter {
    let file: String
    var count = 0
    var depth = 0

    mutating func convert(_ node: Node?) throws(Problem) -> YAMLNode {
        guard let node else { return YAMLNode(place: place(nil), content: .map([])) }
        return try convert(node)
    }

    private mutating func convert(_ node: Node) throws(Problem) -> YAMLNode {
        try countNode(at: node.mark)
        depth += 1
        defer { depth -= 1 }
        guard depth <= YAMLNode.depthLimit else {
            throw Problem(place(node.mark), "more than \(YAMLNode.depthLimit) lists and maps stand inside one another")
        }
        switch node {
        case .scalar(let scalar):
            return YAMLNode(place: place(scalar.mark), content: .scalar(convert(scalar)))
        case .sequence(let sequence):
            var elements: [YAMLNode] = []
            for element in sequence { elements.append(try convert(element)) }
            return YAMLNode(place: place(sequence.mark), content: .list(elements))
        case .mapping(let mapping):
            return YAMLNode(place: place(mapping.mark), content: .map(try convert(mapping)))
        case .alias(let alias):
            throw Problem(place(alias.mark), "the alias names nothing that stands before it")
        }
    }

    private func convert(_ scalar: Node.Scalar) -> YAMLNode.Scalar {
        switch scalar.style {
        case .singleQuoted, .doubleQuoted: YAMLNode.Scalar(text: scalar.string, style: .quoted)
        case .literal, .folded: YAMLNode.Scalar(text: scalar.string, style: .block)
        case .any, .plain: YAMLNode.Scalar(text: scalar.string, style: .plain)
        }
    }

    private mutating func convert(_ mapping: Node.Mapping) throws(Problem) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        var seen: Set<String> = []
        for (key, value) in mapping {
            guard case .scalar(let name) = key else { throw Problem(place(key.mark), "a key must be a text") }
            try countNode(at: key.mark)
            // The parser tells 1 and "1" apart; as texts they are one key.
            guard seen.insert(name.string).inserted else {
                throw Problem(place(name.mark), "a key is given twice: \(name.string)")
            }
            entries.append(.init(key: name.string, place: place(name.mark), value: try convert(value)))
        }
        return entries
    }

    private mutating func countNode(at mark: Mark?) throws(Problem) {
        count += 1
        if count > YAMLNode.nodeLimit {
            throw Problem(
                place(mark), "the document has more than \(YAMLNode.nodeLimit) nodes; aliases count each time")
        }
    }

    private func place(_ mark: Mark?) -> SourcePlace {
        SourcePlace(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }
}
