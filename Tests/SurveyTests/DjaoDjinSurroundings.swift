import Foundation
import PlumblineKit
import PlumblineTesting
import SurveyConnectors
import Synchronization

/// What the connector is given in tests: settings, a zone, and a hash that tests can follow.
enum DjaoDjinSurroundings {
    static let settings: [String: SettingInput] = [
        "base_url": .text("https://survey.example/api"), "owner": .text("plumbline"),
        "token": .secret(Secret("5b1f0c9e7d3a")), "hash_key": .secret(Secret("a long random text")),
        "scales": .map(["score-5": "1-5", "score-0-10": "0-10"]),
    ]

    static func context(_ transport: any Transport, zone: String = "Asia/Shanghai") -> ConnectorContext {
        let rules = TimeZone(identifier: zone)
        return ConnectorContext(
            transport: transport, files: NoFiles(), now: FixedClock().now, zone: zone,
            utcOffset: { moment in
                rules?.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.microseconds / 1_000_000))) ?? 0
            },
            hmacSHA256: hash, log: { _ in })
    }

    static func connector(
        _ transport: any Transport, zone: String = "Asia/Shanghai", _ changes: [String: SettingInput] = [:]
    ) throws -> DjaoDjinConnector {
        try DjaoDjinConnector(
            settings: Settings(
                settings.merging(changes) { $1 }, against: DjaoDjinConnector.description.settings),
            context: context(transport, zone: zone))
    }

    /// No hash for anything but tests: mixes bytes so that other texts and keys give other results.
    static let hash: @Sendable ([UInt8], [UInt8]) -> [UInt8] = { message, key in
        (UInt8(0)..<32).map { place in
            let mixed = (key + message + [place, place, place]).reduce(UInt64(14_695_981_039_346_656_037)) {
                ($0 ^ UInt64($1)) &* 1_099_511_628_211
            }
            return UInt8(truncatingIfNeeded: (mixed ^ (mixed >> 32)) >> 13)
        }
    }

    /// The pseudonym that the connector gives a response.
    static func id(_ slug: String, of survey: String, key: String = "a long random text") -> String {
        let message = ["response", survey, slug].map { "\($0.utf8.count):\($0)" }.joined()
        let digits = hash(Array(message.utf8), Array(key.utf8)).prefix(16).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return digits.joined()
    }
}

/// A survey server in memory, with one survey of one question, whose responses tests change between two calls.
final class EmulatedSurvey: Transport {
    struct Response {
        let slug: String
        let begun: Instant
        var isHandedIn: Bool
    }

    private let responses = Mutex<[Response]>([])
    private let asked = Mutex<[String]>([])
    private let listed = Mutex(0)
    private let pageSize: Int
    /// Called after every page of the list.
    private let afterPage: @Sendable (EmulatedSurvey) -> Void

    init(pageSize: Int = 3, afterPage: @escaping @Sendable (EmulatedSurvey) -> Void = { _ in }) {
        self.pageSize = pageSize
        self.afterPage = afterPage
    }

    /// How often the list was read from its first page on.
    var lists: Int { listed.withLock { $0 } }

    /// The responses whose answers were asked for, in order.
    var answered: [String] { asked.withLock { $0 } }

    func put(_ slug: String, begun: Instant, isHandedIn: Bool = true) {
        responses.withLock { all in
            all.removeAll { $0.slug == slug }
            all.append(Response(slug: slug, begun: begun, isHandedIn: isHandedIn))
        }
    }

    func remove(_ slug: String) {
        responses.withLock { $0.removeAll { $0.slug == slug } }
    }

    func send(_ request: HTTPRequest) async throws(ConnectorError) -> HTTPResponse {
        let url: HTTPURL
        do { url = try HTTPURL(request.url) } catch { throw .unexpected(reason: error.reason) }
        let body = answer(url.path.split(separator: "/").dropFirst().map(String.init), url.query ?? "")
        return HTTPResponse(
            status: body == nil ? 404 : 200, headers: ["Content-Type": "application/json"],
            body: (body ?? [:]).bytes, url: request.url)
    }

    private func answer(_ path: [String], _ query: String) -> JSON? {
        switch path.last {
        case "units": return ["count": 1, "next": .null, "results": [["slug": "score-5", "system": "rank"]]]
        case "responses": return list(query)
        case "answers":
            asked.withLock { $0.append(path[path.count - 2]) }
            let answer: JSON = ["unit": "score-5", "measured": 4]
            let item: JSON = ["path": "/s/overall", "default_unit": ["slug": "score-5"], "answers": [answer]]
            return ["count": 1, "next": .null, "results": [item]]
        default: return nil
        }
    }

    /// Ascending by the time when they were begun, a page at a time, as the server pages: by number.
    private func list(_ query: String) -> JSON {
        let parameters = Dictionary(
            query.split(separator: "&").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
                .filter { $0.count == 2 }.map { ($0[0], $0[1]) }
        ) { $1 }
        let from = parameters["start_at"].flatMap { Instant(rfc3339: $0 + "T00:00:00Z") }
        let all = responses.withLock { all in
            all.filter { response in from.map { response.begun >= $0 } ?? true }
                .sorted { ($0.begun, $0.slug) < ($1.begun, $1.slug) }
        }
        let page = parameters["page"].flatMap { Int($0) } ?? 1
        if page == 1 { listed.withLock { $0 += 1 } }
        let shown = all.dropFirst((page - 1) * pageSize).prefix(pageSize).map { response -> JSON in
            [
                "slug": .string(response.slug), "account": "user-1", "created_at": .time(response.begun),
                "updated_at": .time(response.begun), "is_frozen": .bool(response.isHandedIn),
                "campaign": ["slug": "s", "title": "S", "description": "department=SUP"],
            ]
        }
        afterPage(self)
        let next: JSON = page * pageSize < all.count ? "more" : .null
        return ["count": .int(all.count), "next": next, "results": .array(shown)]
    }
}
