internal import PlumblineKit

/// Prints JSON, one document a command.
func printJSON(_ json: JSON) {
    StandardOutput.write(json.indented() + "\n")
}

extension JSON {
    /// The JSON over several lines, for people who look at it.
    func indented(_ indent: String = "") -> String {
        let inner = indent + "  "
        switch self {
        case .array(let elements) where !elements.isEmpty:
            return "[\n" + elements.map { inner + $0.indented(inner) }.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let object) where !object.members.isEmpty:
            let members = object.members.map { "\(inner)\(JSON.string($0.key).text): \($0.value.indented(inner))" }
            return "{\n" + members.joined(separator: ",\n") + "\n\(indent)}"
        default: return text
        }
    }
}
