import PlumblineKit

extension JSON {
    /// What is kept of an answer that cannot be read: the names of its members and what they are, no value.
    var answerShape: JSON {
        guard let object else { return ["is": .string(kind)] }
        return .object(JSONObject(object.members.map { ($0.key, .string($0.value.kind)) }))
    }
}
