internal import Expressions
internal import Indicators
internal import PlumblineKit
public import YAMLDocument

/// The outcome of a test that stands in a connection.
public struct MappingTestResult: Sendable {
    /// The name of the connection.
    public let connection: String
    /// Where the test's record stands.
    public let place: SourcePlace
    /// What differs, one line each; empty where the test passes.
    public let differences: [String]
}

extension Connection {
    /// Runs the tests that stand in the connection's file.
    public func runTests() -> [MappingTestResult] {
        tests.map { test in
            MappingTestResult(connection: name, place: test.record.place, differences: differences(of: test))
        }
    }

    private func differences(of test: MappingTest) -> [String] {
        guard let stream = streams.first(where: { $0.name == test.stream }) else {
            return ["no stream '\(test.stream)'"]
        }
        // Whom and what the system may write is no matter of the mapping.
        var mapping = stream.mapping
        mapping.permission = nil
        switch (mapping.map(Value(JSON(test.record))), test.outcome) {
        case (.mapped(let record, _), .mapped): return record.differences(from: test.expect, zone: stream.mapping.zone)
        case (.mapped, let wanted): return ["expected \(wanted.rawValue), but the record maps"]
        case (.leftOut, .leftOut), (.failed, .rejected): return []
        case (.leftOut, let wanted): return ["expected \(wanted.rawValue), but 'where' leaves the record out"]
        case (.failed(let failure), _): return ["'\(failure.field)': \(failure.reason.plain.en)"]
        }
    }
}

extension CanonicalRecord {
    /// How the record differs from the expected fields; fields that are not named do not matter.
    fileprivate func differences(from expected: YAMLNode?, zone: Zone) -> [String] {
        let shown = json(zone: zone)
        return (expected?.entries ?? []).compactMap { entry in
            guard type.slot(of: entry.key) != nil else { return "\(type.name) has no field '\(entry.key)'" }
            let (got, wanted) = (shown[entry.key] ?? .null, JSON(entry.value))
            return got.isSame(as: wanted) ? nil : "'\(entry.key)': expected \(wanted.text), got \(got.text)"
        }
    }
}

extension JSON {
    /// What a connector would deliver for a record that is written as YAML: plain numbers and truth values are such.
    init(_ node: YAMLNode) {
        switch node.content {
        case .list(let elements): self = .array(elements.map { JSON($0) })
        case .map(let entries): self = .object(JSONObject(entries.map { ($0.key, JSON($0.value)) }))
        case .scalar(let scalar): self = node.isNull ? .null : JSON(scalar)
        }
    }

    private init(_ scalar: YAMLNode.Scalar) {
        if scalar.style == .plain, let flag = Bool(scalar.text) {
            self = .bool(flag)
        } else if scalar.style == .plain, Rational(decimalText: scalar.text) != nil {
            self = .number(scalar.text)
        } else {
            self = .string(scalar.text)
        }
    }

    /// Whether two values mean the same: numbers by value, whether written as number or text; times by instant.
    fileprivate func isSame(as other: JSON) -> Bool {
        if self == other { return true }
        switch (self, other) {
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
        case (.object(let left), .object(let right)):
            return right.members.allSatisfy { left[$0.key]?.isSame(as: $0.value) ?? false }
        default:
            guard let left = scalarText, let right = other.scalarText else { return false }
            if let left = Rational(decimalText: left), let right = Rational(decimalText: right) { return left == right }
            if let left = Timestamp(rfc3339: left), let right = Timestamp(rfc3339: right) { return left == right }
            return false
        }
    }
}
