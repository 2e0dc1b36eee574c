internal import PlumblineKit
public import ReviewStore

extension InboxContents {
    /// The contents with every value in them masked: their shape is seen, what they say is not.
    ///
    /// A body that is no JSON is told by its length alone.
    public var masked: String {
        let parts = parts.map { "\($0.name): \(Self.masked($0.value))\n" }.joined()
        guard let json = try? JSON.parse(body) else { return parts + "\(body.count) bytes that are no JSON\n" }
        return parts + Self.masked(json).text + "\n"
    }

    private static func masked(_ json: JSON) -> JSON {
        switch json {
        case .null, .bool: json
        case .number: .number("0")
        case .string(let text): .string(masked(text))
        case .array(let elements): .array(elements.map(masked))
        case .object(let object): .object(JSONObject(object.members.map { ($0.key, masked($0.value)) }))
        }
    }

    private static func masked(_ text: String) -> String {
        String(text.map { $0.isLetter ? "x" : $0.isNumber ? "0" : $0 })
    }
}
