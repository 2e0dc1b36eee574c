import PlumblineKit

/// Times as Jira writes them: `2026-01-05T08:10:00.000+0800`.
enum JiraTime {
    static func moment(_ text: String) -> Instant? {
        if let moment = Instant(rfc3339: text) { return moment }
        let offset = text.suffix(5)
        guard offset.first == "+" || offset.first == "-" else { return nil }
        return Instant(rfc3339: "\(text.dropLast(2)):\(text.suffix(2))")
    }
}

extension JSON {
    /// The moment under `key`, as Jira writes it.
    func jiraMoment(at key: String) throws(JSONShapeError) -> Instant {
        guard let moment = JiraTime.moment(try string(at: key)) else {
            throw JSONShapeError(reason: "'\(key)' is not a time such as 2026-01-05T08:10:00.000+0800")
        }
        return moment
    }
}
