internal import Foundation

extension CaseFile {
    /// Reads cases from JSON Lines; empty lines are skipped.
    public init(jsonLines: String) throws(FormatError) {
        var cases: [Case] = []
        let lines = jsonLines.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, line) in lines.enumerated() {
            if line.utf8.allSatisfy({ $0 == 32 || $0 == 13 || $0 == 9 }) { continue }
            cases.append(try Case(line: line, number: index + 1))
        }
        self.cases = cases
    }
}

extension CaseFile.Case {
    fileprivate init(line: Substring, number: Int) throws(CaseFile.FormatError) {
        let reader = CaseReader(line: number)
        let object = try reader.object(of: line)
        let place = ["file", "section", "name"].map { object[$0] as? String ?? "" }
        name = place.joined(separator: "/")
        expression = try reader.wanted(object["expr"] as? String, "expr")
        container = object["container"] as? String ?? ""
        isChecked = !(object["disable_check"] as? Bool ?? false)
        var bindings: [(name: String, value: Value)] = []
        let declared = object["bindings"] as? [String: Any] ?? [:]
        for (name, value) in declared.sorted(by: { $0.key < $1.key }) {
            bindings.append((name, try reader.value(value)))
        }
        self.bindings = bindings
        expected = object["error"] as? Bool == true ? nil : try reader.value(object["value"] as Any)
    }
}

/// Reads the typed values of one line.
private struct CaseReader {
    let line: Int

    func object(of line: Substring) throws(CaseFile.FormatError) -> [String: Any] {
        let object = try? JSONSerialization.jsonObject(with: Data(line.utf8))
        return try wanted(object as? [String: Any], "an object")
    }

    func value(_ json: Any) throws(CaseFile.FormatError) -> Value {
        let object = try wanted(json as? [String: Any], "a typed value")
        let (kind, content) = try wanted(object.count == 1 ? object.first : nil, "a value of one type")
        switch kind {
        case "list": return .list(try values(content))
        case "map": return .map(MapValue(try entries(content)))
        default: return try wanted(scalar(kind, content), "a value of type \(kind)")
        }
    }

    private func values(_ json: Any) throws(CaseFile.FormatError) -> [Value] {
        var values: [Value] = []
        for element in try wanted(json as? [Any], "a list") { values.append(try value(element)) }
        return values
    }

    private func entries(_ json: Any) throws(CaseFile.FormatError) -> [(Value, Value)] {
        var entries: [(Value, Value)] = []
        for pair in try wanted(json as? [[Any]], "a map's entries") {
            guard pair.count == 2 else { throw CaseFile.FormatError(line: line, message: "expected a key and a value") }
            entries.append((try value(pair[0]), try value(pair[1])))
        }
        return entries
    }

    private func scalar(_ kind: String, _ content: Any) -> Value? {
        switch kind {
        case "null": .null
        case "bool": (content as? Bool).map { .bool($0) }
        case "double": double(content).map { .double($0) }
        default: (content as? String).flatMap { scalar(kind, text: $0) }
        }
    }

    private func scalar(_ kind: String, text: String) -> Value? {
        switch kind {
        case "int": Int64(text).map { .int($0) }
        case "uint": UInt64(text).map { .uint($0) }
        case "string": .string(text)
        case "bytes": Base64.decode(text).map { .bytes($0) }
        case "type": .type(TypeName(text))
        case "duration": Duration(celText: text).map { .duration($0) }
        case "timestamp": Timestamp(rfc3339: text).map { .timestamp($0) }
        case "decimal": Rational(decimalText: text).map { .decimal($0) }
        default: nil
        }
    }

    private func double(_ content: Any) -> Double? {
        switch content as? String {
        case "NaN": .nan
        case "Infinity": .infinity
        case "-Infinity": -.infinity
        default: (content as? NSNumber)?.doubleValue
        }
    }

    func wanted<Result>(_ result: Result?, _ what: String) throws(CaseFile.FormatError) -> Result {
        guard let result else { throw CaseFile.FormatError(line: line, message: "expected \(what)") }
        return result
    }
}
