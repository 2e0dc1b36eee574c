internal import Expressions

extension Value {
    /// The value as part of a key: two values have the same text only where they are the same.
    var keyText: String {
        switch self {
        case .string(let text): text
        case .int(let number): String(number)
        case .uint(let number): String(number)
        case .bool(let flag): String(flag)
        case .decimal(let number): number.description
        case .timestamp(let instant): instant.rfc3339
        case .list(let elements): "[" + elements.map(\.keyText).joined(separator: ",") + "]"
        case .null: ""
        default: "\(self)"
        }
    }
}
