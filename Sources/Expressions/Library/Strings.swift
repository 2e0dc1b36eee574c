extension StandardLibrary {
    static func addStrings(to table: inout FunctionTable) {
        table.add("contains", isMember: true, cost: .product) { (text: String, part: String) in
            CodePoints.firstIndex(of: Array(part.utf8), in: Array(text.utf8)) != nil
        }
        table.add("startsWith", isMember: true) { (text: String, part: String) in
            text.utf8.starts(with: part.utf8)
        }
        table.add("endsWith", isMember: true) { (text: String, part: String) in
            text.utf8.reversed().starts(with: part.utf8.reversed())
        }
        addParts(to: &table)
        addSearches(to: &table)
        addTransformations(to: &table)
        table.add("format", isMember: true, StringFormat.format)
        table.add("strings.quote", quoted)
    }

    private static func addParts(to table: inout FunctionTable) {
        table.add("charAt", isMember: true) { (text: String, index: Int64) throws(EvaluationError) in
            let points = CodePoints(text)
            let start = try points.index(index)
            return points.text(start..<min(start + 1, points.count))
        }
        table.add("substring", isMember: true) { (text: String, start: Int64) throws(EvaluationError) in
            let points = CodePoints(text)
            return points.text(try points.index(start)..<points.count)
        }
        table.add("substring") { (text: String, start: Int64, end: Int64) throws(EvaluationError) in
            let points = CodePoints(text)
            let (start, end) = (try points.index(start), try points.index(end))
            guard start <= end else {
                throw .invalidArgument(
                    zh: "从 \(value: start) 到 \(value: end) 的部分先结束后开始",
                    en: "the part from \(value: start) to \(value: end) ends before it begins")
            }
            return points.text(start..<end)
        }
        table.add("split", isMember: true, cost: .parts) { (text: String, separator: String) in
            text.split(separator, limit: -1)
        }
        table.add("split", cost: .parts) { (text: String, separator: String, limit: Int64) in
            text.split(separator, limit: limit)
        }
    }

    private static func addSearches(to table: inout FunctionTable) {
        table.add("indexOf", isMember: true, cost: .product) { (text: String, part: String) in
            CodePoints(text).firstIndex(of: CodePoints(part), from: 0)
        }
        table.add("indexOf", cost: .product) { (text: String, part: String, start: Int64) throws(EvaluationError) in
            let points = CodePoints(text)
            return points.firstIndex(of: CodePoints(part), from: try points.index(start))
        }
        table.add("lastIndexOf", isMember: true, cost: .product) { (text: String, part: String) in
            let points = CodePoints(text)
            return points.lastIndex(of: CodePoints(part), from: points.count)
        }
        table.add("lastIndexOf", cost: .product) { (text: String, part: String, start: Int64) throws(EvaluationError) in
            let points = CodePoints(text)
            return points.lastIndex(of: CodePoints(part), from: try points.index(start))
        }
    }

    private static func addTransformations(to table: inout FunctionTable) {
        table.add("lowerAscii", isMember: true) { (text: String) in text.mapASCII(65...90) { $0 + 32 } }
        table.add("upperAscii", isMember: true) { (text: String) in text.mapASCII(97...122) { $0 - 32 } }
        table.add("trim", isMember: true, trimmed)
        table.add("reverse", isMember: true) { (text: String) in
            String(String.UnicodeScalarView(text.unicodeScalars.reversed()))
        }
        table.add("replace", cost: .product) { (text: String, old: String, new: String) throws(EvaluationError) in
            try CodePoints(text).replacing(CodePoints(old), with: new, limit: -1)
        }
        addLimitedReplace(to: &table)
        table.add("join", isMember: true) { (texts: [String]) throws(EvaluationError) in try joined(texts, "") }
        table.add("join", isMember: true, joined)
    }

    private static func addLimitedReplace(to table: inout FunctionTable) {
        let body: FunctionForm.Variadic = { operands throws(EvaluationError) in
            guard case .string(let text) = operands[0], case .string(let old) = operands[1],
                case .string(let new) = operands[2], case .int(let limit) = operands[3]
            else { throw misfit("replace", operands, paths: []) }
            return .string(try CodePoints(text).replacing(CodePoints(old), with: new, limit: limit))
        }
        table.add(
            "replace",
            FunctionForm(
                parameters: [.string, .string, .string, .int], result: .string, isMember: true, cost: .product,
                body: .variadic(body)))
    }

    // MARK: Bodies

    @Sendable private static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let tail = scalars.drop { $0.properties.isWhitespace }
        let end = tail.lastIndex { !$0.properties.isWhitespace }
        return end.map { String(tail[...$0]) } ?? ""
    }

    @Sendable private static func joined(_ texts: [String], _ separator: String) throws(EvaluationError) -> String {
        try checkLength(texts.reduce(0) { $0 + $1.utf8.count + separator.utf8.count })
        return texts.joined(separator: separator)
    }

    /// The text in double quotes, with the escapes that a literal of it needs.
    @Sendable private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars { quoted += escapes[scalar] ?? String(scalar) }
        return quoted + "\""
    }

    private static let escapes: [Unicode.Scalar: String] = [
        "\u{07}": "\\a", "\u{08}": "\\b", "\u{0C}": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\u{0B}": "\\v",
        "\\": "\\\\", "\"": "\\\"",
    ]

    /// The bytes that a text made by a function may have.
    static let longestText = 8 << 20

    static func checkLength(_ bytes: Int) throws(EvaluationError) {
        guard bytes <= longestText else {
            throw .overflow(zh: "超过 \(longestText) 字节的文本", en: "a text of more than \(longestText) bytes")
        }
    }
}

extension String {
    fileprivate func mapASCII(_ range: ClosedRange<UInt8>, _ change: (UInt8) -> UInt8) -> String {
        String(decoding: utf8.map { range.contains($0) ? change($0) : $0 }, as: UTF8.self)
    }
}
