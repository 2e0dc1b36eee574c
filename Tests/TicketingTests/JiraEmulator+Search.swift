import Foundation
import PlumblineKit
import PlumblineTesting

/// The part of JQL that is emulated, and its paging.
extension JiraEmulator {
    private struct Query {
        var projects: Set<String>?
        var types: Set<String>?
        var after: [(field: String, moment: Instant)] = []
        var order: [(field: String, isDescending: Bool)] = []
    }

    private struct Refusal: Error {
        let text: String
    }

    mutating func search(_ request: EmulatedRequest, at now: Instant, isSomebody: Bool) -> CannedAnswer {
        expect(["jql", "fields", "maxResults", "nextPageToken"], of: request)
        do {
            let query = try parse(request["jql"] ?? "", at: now)
            let unknown = (query.projects ?? []).subtracting(isSomebody ? projects : [])
            if isSomebody, let name = unknown.first {
                throw Refusal(text: "The value '\(name)' does not exist for the field 'project'.")
            }
            return try page(isSomebody ? found(query, at: now) : [], query, request)
        } catch {
            return Self.error((error as? Refusal)?.text ?? "\(error)", status: 400)
        }
    }

    // MARK: Query

    private mutating func parse(_ text: String, at now: Instant) throws -> Query {
        var query = Query()
        let sides = text.components(separatedBy: " ORDER BY ")
        guard !sides[0].isEmpty else { throw Refusal(text: "Unbounded JQL queries are not allowed here.") }
        for clause in sides[0].components(separatedBy: " AND ") { try read(clause, into: &query, at: now) }
        for term in sides.count > 1 ? sides[1].components(separatedBy: ", ") : [] {
            let words = term.split(separator: " ").map(String.init)
            guard words.count == 2, ["updated", "created", "key"].contains(words[0]),
                ["ASC", "DESC"].contains(words[1])
            else { throw fault("ORDER BY \(term)") }
            query.order.append((words[0], words[1] == "DESC"))
        }
        guard query.order.count <= 7 else { throw Refusal(text: "ORDER BY has more than 7 fields.") }
        return query
    }

    private mutating func read(_ clause: String, into query: inout Query, at now: Instant) throws {
        if let match = clause.wholeMatch(of: /(project|issuetype) in \((".+")\)/) {
            let names = Set(match.2.components(separatedBy: ", ").map { String($0.dropFirst().dropLast()) })
            if match.1 == "project" { query.projects = names } else { query.types = names }
        } else if let match = clause.wholeMatch(of: /(updated|created) >= -(\d+)m/), let minutes = Int(match.2) {
            query.after.append((String(match.1), now.advanced(bySeconds: -minutes * 60)))
        } else if let match = clause.wholeMatch(of: /(updated|created) >= "(\d{4}-\d\d-\d\d) (\d\d:\d\d)"/),
            let local = Instant(rfc3339: "\(match.2)T\(match.3):00Z")
        {
            query.after.append((String(match.1), moment(ofLocal: local)))
        } else {
            throw fault(clause)
        }
    }

    private mutating func fault(_ text: String) -> Refusal {
        faults.append("jql: \(text)")
        return Refusal(text: "Error in the JQL Query: \(text)")
    }

    /// What the user's clocks show at that moment; of two such moments the earlier one, unless `readsRepeatedHourLate`.
    /// What they never show is read with the offset of before.
    private func moment(ofLocal local: Instant) -> Instant {
        let near = [-86_400, 86_400].map { offset(at: local.advanced(bySeconds: $0)) }
        let candidates = near.map { local.advanced(bySeconds: -$0) }
        let right = candidates.filter { $0.advanced(bySeconds: offset(at: $0)) == local }.sorted()
        return (readsRepeatedHourLate ? right.last : right.first) ?? candidates[0]
    }

    private func offset(at moment: Instant) -> Int { Self.offset(of: zone, at: moment) }

    static func offset(of zone: String, at moment: Instant) -> Int {
        let date = Date(timeIntervalSince1970: Double(moment.microseconds / 1_000_000))
        return zones[zone]?.secondsFromGMT(for: date) ?? 0
    }

    private static let zones = Dictionary(
        uniqueKeysWithValues: ["UTC", "Asia/Shanghai", "Europe/Berlin", "America/Los_Angeles"].compactMap { name in
            TimeZone(identifier: name).map { (name, $0) }
        })

    // MARK: Answer

    private func found(_ query: Query, at now: Instant) -> [Issue] {
        let fitting = indexed(at: now).filter { issue in
            !issue.isHidden && query.projects?.contains(issue.project) ?? true
                && query.types?.contains(issue.type) ?? true
                && query.after.allSatisfy { ($0.field == "created" ? issue.created : issue.updated) >= $0.moment }
        }
        return fitting.sorted { query.order.isEmpty ? $0.id > $1.id : isBefore($0, $1, query) }
    }

    private func isBefore(_ one: Issue, _ other: Issue, _ query: Query) -> Bool {
        for term in query.order {
            let (left, right) = (value(of: term.field, one), value(of: term.field, other))
            let (key, otherKey) = ((one.project, one.id), (other.project, other.id))
            if term.field == "key", key != otherKey { return (key < otherKey) != term.isDescending }
            if left != right { return term.isDescending ? left > right : left < right }
        }
        return false
    }

    /// Nothing for keys.
    private func value(of field: String, _ issue: Issue) -> Int64 {
        let unit: Int64 = sortsBySeconds ? 1_000_000 : 1
        switch field {
        case "updated": return issue.updated.microseconds / unit
        case "created": return issue.created.microseconds / unit
        default: return 0
        }
    }

    /// A token marks the last issue that was shown, or where `countsTokens` how many were.
    private func page(_ issues: [Issue], _ query: Query, _ request: EmulatedRequest) throws -> CannedAnswer {
        let fields = (request["fields"] ?? "id").split(separator: ",").map(String.init)
        let cap = Set(fields).isSubset(of: ["id", "key", "created", "updated"]) ? 5000 : 100
        let size = max(1, min(request["maxResults"].flatMap { Int($0) } ?? 50, cap))
        var rest = issues
        if let token = request["nextPageToken"] {
            let parts = token.split(separator: "~", maxSplits: 1).map(String.init)
            guard parts.count == 2, parts[1] == request["jql"] else { throw Refusal(text: "The token is not valid.") }
            rest = countsTokens ? Array(issues.dropFirst(Int(parts[0]) ?? 0)) : behind(parts[0], issues, query)
        }
        let shown = rest.prefix(size)
        var answer: JSONObject = [
            "issues": .array(shown.map { json(state($0), fields: fields) }), "isLast": .bool(rest.count <= size),
        ]
        if rest.count > size, let last = shown.last {
            let place = countsTokens ? String(issues.count - rest.count + size) : mark(last, query)
            answer["nextPageToken"] = .string("\(place)~\(request["jql"] ?? "")")
        }
        return .json(JSON.object(answer).text)
    }

    /// As the index knows it, or as it is.
    private func state(_ issue: Issue) -> Issue { showsPresentFields ? issues[issue.id] ?? issue : issue }

    private func mark(_ issue: Issue, _ query: Query) -> String {
        "\(query.order.first.map { value(of: $0.field, issue) } ?? 0):\(issue.project):\(issue.id)"
    }

    private func behind(_ mark: String, _ issues: [Issue], _ query: Query) -> [Issue] {
        let parts = mark.split(separator: ":").map(String.init)
        guard parts.count == 3, let field = query.order.first?.field, let place = Int64(parts[0]),
            let id = Int(parts[2])
        else { return [] }
        return issues.filter { (value(of: field, $0), $0.project, $0.id) > (place, parts[1], id) }
    }
}
