internal import Expressions
internal import PlumblineKit
internal import ReviewStore

/// An event as programs read it: `type`, `timestamp` and `data`, as Standard Webhooks recommends.
struct EventText {
    /// Whether values of employees are left out.
    let leavesOutPeople: Bool

    /// The JSON, on one line.
    func json(_ outgoing: OutgoingEvent, withKey: Bool) -> String {
        let event = outgoing.event
        let key = withKey ? "\"id\":\"\(event.key)\"," : ""
        return "{\(key)\"type\":\"\(event.kind.rawValue)\",\"timestamp\":\"\(event.occurred.rfc3339)\","
            + "\"data\":\(data(outgoing))}"
    }

    private func data(_ outgoing: OutgoingEvent) -> String {
        guard leavesOutPeople, outgoing.event.kind.carriesValues else { return outgoing.payload }
        // Nothing is better than what cannot be read.
        guard case .object(var object)? = try? JSON.parse(Array(outgoing.payload.utf8)) else { return "{}" }
        let values = object["values"]?.array ?? []
        object["values"] = .array(values.filter { $0["subject"]?["kind"]?.string != "employee" })
        return JSON.object(object).text
    }
}
