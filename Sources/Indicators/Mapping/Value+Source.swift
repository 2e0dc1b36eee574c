public import Expressions
public import PlumblineKit

extension Value {
    /// What expressions read of a source record. Numbers stay exact: a whole number is an int, any other a decimal.
    public init(_ json: JSON) {
        switch json {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .number(let text): self = .sourceNumber(text)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .list(elements.map { Value($0) })
        case .object(let object): self = .map(MapValue(object.members.map { (.string($0.key), Value($0.value)) }))
        }
    }

    /// The number of a text in the syntax of JSON.
    static func sourceNumber(_ text: String) -> Value {
        if let int = Int64(text) { return .int(int) }
        return Rational(decimalText: text).map { .decimal($0) } ?? .string(text)
    }
}
