import Foundation
import PlumblineKit
import PlumblineTesting
import TicketingConnectors

/// The recorded Request Tracker: two pages of tickets with their histories.
enum RecordedRequestTracker {
    static let fixtures = Fixtures("request-tracker", in: .module)

    static let settings: [String: SettingInput] = [
        "base_url": .text("https://rt.example/REST/2.0"), "token": .secret(Secret("hunter2")),
        "agents": .list(["chen.jie", "li.na", "sun.lei", "zhao.min", "o.brien", "wang.fang", "zhang.wei"]),
        "satisfaction_field": .text("Satisfaction"), "page_size": .text("3"),
    ]

    /// The tickets by number, in two pages. Ticket 10 is broken.
    static func transport() throws -> CannedTransport {
        CannedTransport([
            "GET /REST/2.0/tickets?order=DESC": try .file("newest.json", of: fixtures),
            "GET /REST/2.0/tickets?query=id > 0 AND LastUpdated >= '2026-08-27 16:22:33'": try .file(
                "tickets-overlap.json", of: fixtures),
            "GET /REST/2.0/tickets?query=id > 0 AND EffectiveId > 0": try .file("newest.json", of: fixtures),
            "GET /REST/2.0/tickets?query=*EffectiveId > 0 AND id > 0": try .file("tickets-page-1.json", of: fixtures),
            "GET /REST/2.0/tickets?query=*EffectiveId > 0 AND id > 9": try .file("tickets-page-2.json", of: fixtures),
            "GET /REST/2.0/tickets?query=*EffectiveId > 0 AND id > 220": try .file("nothing.json", of: fixtures),
            "GET /REST/2.0/tickets?query=id > 9": try .file("tickets-page-2.json", of: fixtures),
            "GET /REST/2.0/tickets?query=id > 0": try .file("tickets-page-1.json", of: fixtures),
            "GET /REST/2.0/transactions?query=*id > 0 *(ObjectId = 2 *": try .file(
                "transactions-page-1.json", of: fixtures),
            "GET /REST/2.0/transactions?query=*id > 0 *ObjectId = 220)": try .file(
                "transactions-page-2.json", of: fixtures),
            "GET /REST/2.0/transactions": try .file("nothing.json", of: fixtures),
            "GET /REST/2.0/user/6": try .file("user-6.json", of: fixtures),
            "GET /REST/2.0/user/28": try .file("user-28.json", of: fixtures),
            "GET /REST/2.0/user/32": try .file("user-32.json", of: fixtures),
            "GET /REST/2.0/user/34": try .file("user-34.json", of: fixtures),
            "GET /REST/2.0/user/36": try .file("user-36.json", of: fixtures),
            "GET /REST/2.0/user/38": try .file("user-38.json", of: fixtures),
            "GET /REST/2.0/user/40": try .file("user-40.json", of: fixtures),
            "GET /REST/2.0/user/42": try .file("user-42.json", of: fixtures),
        ])
    }

    static func connector(
        _ transport: CannedTransport, _ changes: [String: SettingInput] = [:]
    ) throws -> RequestTrackerConnector {
        let input = settings.merging(changes) { $1 }
        return try RequestTrackerConnector(
            settings: Settings(input, against: RequestTrackerConnector.description.settings),
            context: context(transport))
    }

    static func context(_ transport: any Transport) -> ConnectorContext {
        ConnectorContext(
            transport: transport, files: NoFiles(), now: FixedClock().now, zone: "Asia/Shanghai",
            log: { _ in })
    }
}
