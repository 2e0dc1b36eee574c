import PlumblineKit

/// A state that concerns a stream, in the form in which the source takes it back.
struct AirbyteState: Sendable {
    /// What goes into the file of `--state`: a list for the forms STREAM and GLOBAL, the bare blob of old sources for LEGACY.
    /// Nil where the state says that there is nothing to go on from.
    let file: JSON?
    /// The records since the stream's last state, as the source counts them; nil where it does not.
    let recordCount: Int?

    /// Nil where the state is another stream's.
    init?(_ state: JSON, of stream: AirbyteStream) {
        recordCount = state["sourceStats"]?["recordCount"].flatMap(Self.count)
        switch state["type"]?.string ?? "LEGACY" {
        case "STREAM":
            guard let part = state["stream"], let whose = part["stream_descriptor"],
                stream.isMeant(by: whose, name: "name")
            else { return nil }
            let isEmpty = part["stream_state"]?["__ab_no_cursor_state_message"]?.bool == true
            file = isEmpty ? nil : [["type": "STREAM", "stream": part]]
        case "GLOBAL":
            guard let part = state["global"] else { return nil }
            file = [["type": "GLOBAL", "global": part]]
        default:
            guard let data = state["data"] else { return nil }
            file = data
        }
    }

    /// Counts are written as `3.0`.
    private static func count(_ json: JSON) -> Int? {
        guard case .number(let text) = json else { return nil }
        return Int(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }
}
