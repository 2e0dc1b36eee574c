package import PlumblineKit
import Synchronization

/// A Tryton server in memory: rows that tests change between two pages, and enough of `search_read` to look at them.
///
/// It stands in where a real server cannot: at exact moments of change.
package final class EmulatedTryton: Transport {
    private struct State {
        var rows: [String: [Int: JSONObject]] = [:]
        var searches = 0
    }

    private let state = Mutex(State())
    /// The models behind links, such as `purchase.purchase.lines`.
    private let links: [String: String]

    package init(links: [String: String] = [:]) {
        self.links = links
    }

    /// How many searches were answered.
    package var searches: Int { state.withLock { $0.searches } }

    /// Puts a row in the place of another of the same number, made and last changed at these moments.
    package func put(_ model: String, _ id: Int, made: Instant, changed: Instant? = nil, _ fields: JSONObject) {
        var row = fields
        row["id"] = .int(id)
        row["create_date"] = Self.time(made)
        row["write_date"] = changed.map(Self.time) ?? .null
        state.withLock { [row] in $0.rows[model, default: [:]][id] = row }
    }

    package func remove(_ model: String, _ id: Int) {
        state.withLock { $0.rows[model]?[id] = nil }
    }

    package func send(_ request: HTTPRequest) async throws(ConnectorError) -> HTTPResponse {
        if Task.isCancelled { throw .cancelled }
        let call: JSON
        do {
            call = try JSON.parse(request.body ?? [])
        } catch {
            throw .unexpected(reason: "a call is no JSON: \(error)")
        }
        let method = call["method"]?.string ?? ""
        let result = result(of: method, call["params"]?.array ?? [])
        let answer: JSON = result.map { ["id": 0, "result": $0] } ?? ["id": 0, "error": [.string(method), ""]]
        return HTTPResponse(
            status: 200, headers: ["Content-Type": "application/json"], body: answer.bytes, url: request.url,
            method: request.method)
    }

    private func result(of method: String, _ params: [JSON]) -> JSON? {
        switch method {
        case "common.db.login": return [2, "session", .null]
        case "model.res.user.get_preferences": return ["company": 1]
        case "common.server.version": return "8.2"
        default: break
        }
        let parts = method.split(separator: ".").map(String.init)
        guard parts.count > 2, let domain = params.first?.array else { return nil }
        let model = parts.dropFirst().dropLast().joined(separator: ".")
        let found = matching(model, domain)
        switch parts.last {
        case "search_count": return .int(found.count)
        case "search_read" where params.count > 3: return .array(cut(found, params))
        default: return nil
        }
    }

    private func matching(_ model: String, _ domain: [JSON]) -> [JSONObject] {
        state.withLock { state in
            state.searches += 1
            let all = (state.rows[model] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
            return all.filter { row in
                domain.allSatisfy { EmulatedDomain(rows: state.rows, links: links).holds($0, for: row, of: model) }
            }
        }
    }

    private func cut(_ rows: [JSONObject], _ params: [JSON]) -> [JSON] {
        let field = params[3].array?.first?.array?.first?.string ?? "id"
        let isDescending = params[3].array?.first?.array?.last == "DESC"
        let sorted = rows.sorted { one, other in
            let (left, right) = (EmulatedDomain.rank(one[field]), EmulatedDomain.rank(other[field]))
            return isDescending ? left > right : left < right
        }
        return sorted.prefix(params[2].int ?? sorted.count).map(JSON.object)
    }
}

extension EmulatedTryton {
    /// A moment as the server writes it.
    package static func time(_ moment: Instant) -> JSON { EmulatedDomain.tagged("datetime", moment.rfc3339) }

    /// A day as the server writes it, from `2026-07-01`.
    package static func day(_ text: String) -> JSON { EmulatedDomain.tagged("date", text + "T00:00:00Z") }
}
