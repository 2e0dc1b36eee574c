public import PlumblineKit

/// Yonyou YonBIP and YonSuite (用友) over their open platform: purchase orders, expense claims, budgets, timesheets, employees.
///
/// - Shape: what changed, by windows of time from the oldest to the newest, each of which holds no more rows than a page and
///   is told by one answer, so that nothing moves meanwhile. A record comes once in a run, unless it changes during the run.
///   Lists without a condition on time are read page by page until two walks find the same, and come by identifier. Orders
///   come with their lines folded in, which the server tells as a row each.
/// - Unit: times with the server's offset (`utc_offset`), which it does not tell; numbers in the text of the answer. Empty
///   texts are null.
/// - Marks: a run begins where the last one found the newest change, and no later than its own beginning; a record whose time
///   is to come is told as odd, and read again by each run until then.
/// - Rights: an own app (自建应用) that is granted the lists it reads (API授权).
/// - Leaves out: apps of vendors, which sign otherwise; deleted documents, which the server does not tell of (a sweep finds
///   that they are gone); steps of workflows and who rejected; when goods came. All fields that are not named.
/// - Limits: 60 calls a minute for each list, beyond them code 310046 (not confirmed): set `requests_per_second` to 1.
/// - Not confirmed, and settings for that reason: paths of lists and names of fields (`*_path`, `*_fields`), conditions
///   (`*_window`, `*_changed`, `time_form`), codes (`success_codes`, `token_codes`, `limit_codes`), the look-up of the data
///   centre (`tenant_id`, `tenant_parameter`, `token_path`), sorting (`order_by`). Not confirmed and assumed: meanings of
///   statuses, that a document's `pubts` moves whenever one of its lines does: where lines have a time each, which the check
///   tells, only `*_window: none` tells documents whole.
/// - Pushed events are not read: they tell identifiers of people and departments alone, which the next look at all
///   employees finds anyway.
/// - Source: github.com/yonyoucloud-open/corp-demo; pages of open.yonyoucloud.com on own apps, purchase orders, expense claims.
public struct YonyouConnector: Connector {
    /// `erp.yonyou`.
    public static let description = ConnectorDescription(
        id: "erp.yonyou", family: .erp, name: LocalizedText(zh: "用友 YonBIP / YonSuite", en: "Yonyou YonBIP / YonSuite"),
        apiVersion: "open platform (YonBIP)", documentation: "https://github.com/yonyoucloud-open/corp-demo",
        settings: YonyouSettings.all + YonyouStream.all.flatMap(\.list.all),
        streams: YonyouStream.all.map(\.description))

    private let readings: [String: YonyouReading]
    private let settings: Settings

    /// Refuses addresses and an offset that are none, a `since` that is no time, and lists whose fields do not fit.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        self.settings = settings
        for setting in [YonyouSettings.tokenURL, YonyouSettings.lookupURL] {
            do {
                _ = try HTTPURL(settings[setting])
            } catch {
                throw .settings(field: setting.field.key, reason: error.reason)
            }
        }
        let client = YonyouClient(settings: settings, context: context)
        let clock = try YonyouClock(settings: settings)
        let since = try ERPSettings.start(settings)
        var readings: [String: YonyouReading] = [:]
        for stream in YonyouStream.all where stream.list.isConfigured(settings) {
            let list = try YonyouList(stream.list, settings: settings)
            let pages = YonyouPages(
                client: client, list: list, clock: clock, size: settings[YonyouSettings.pageSize],
                orderBy: settings[YonyouSettings.orderBy])
            let snapshots = YonyouSnapshots(pages: pages)
            readings[stream.name] = YonyouReading(
                list: list, windows: YonyouWindows(pages: pages, snapshots: snapshots), snapshots: snapshots,
                records: YonyouRecords(list: list, clock: clock), pageSize: settings[YonyouSettings.pageSize],
                since: since, overlap: settings[ERPSettings.overlap], now: context.now)
        }
        self.readings = readings
    }

    /// Asks for the first rows of each list that the connection names, or that is usual.
    public func check() async throws(ConnectorError) -> CheckReport {
        var remarks: [String] = []
        for stream in YonyouStream.all {
            guard let reading = readings[stream.name] else {
                remarks.append("\(stream.name): not configured, no path named (\(stream.list.path.field.key))")
                continue
            }
            do throws(ConnectorError) {
                remarks.append("\(stream.name): " + (try await reading.remark(stream.list)))
            } catch {
                guard case .unexpected(let reason) = error else { throw error }
                remarks.append("\(stream.name) cannot be read: \(reason)")
            }
        }
        return CheckReport(source: "YonBIP", remarks: remarks)
    }

    /// The next records that changed, or the next of all budgets and employees.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        try await reading(stream).page(after: cursor)
    }

    private func reading(_ name: String) throws(ConnectorError) -> YonyouReading {
        if let reading = readings[name] { return reading }
        guard let stream = YonyouStream.all.first(where: { $0.name == name }) else {
            throw .unknownStream(name, of: Self.description)
        }
        // Says which setting is missing.
        _ = try YonyouList(stream.list, settings: settings)
        throw .settings(field: stream.list.path.field.key, reason: "this stream is not configured")
    }
}

extension YonyouConnector: IdentifierListing {
    /// The identifiers of all records, a page at a time.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        try await reading(stream).identifiers(after: cursor)
    }
}

extension YonyouReading {
    /// What the first rows of the list show, for people who check a connection.
    fileprivate func remark(_ own: YonyouListSettings) async throws(ConnectorError) -> String {
        let from = list.window == .none ? nil : YonyouWalk.beginning
        let to = [.between, .bounds].contains(list.window) ? YonyouWalk.end : nil
        let question = YonyouQuestion(path: list.path, from: from, to: to)
        let page = try await windows.pages.page(1, of: question)
        guard !page.rows.isEmpty else { return "\(list.path) can be read and shows nothing" }
        let missing = Set(list.fields).filter { field in page.rows.allSatisfy { $0.value(of: field) == nil } }.sorted()
        var parts = ["\(list.path) can be read, \(page.count) rows"]
        if !missing.isEmpty { parts.append("no row shown has \(missing.joined(separator: ", "))") }
        if let window = own.window?.field.key, list.entryKey != nil, page.rows.changeOneByOne {
            parts.append(
                "rows of one document differ in '\(list.changedField)', so that a line which changes would be told as the "
                    + "whole document: say \(window): none, and leave '\(list.changedField)' out of "
                    + own.fields.field.key)
        }
        return parts.joined(separator: "; ")
    }
}

extension [YonyouRow] {
    /// Whether rows of one document have times of change of their own.
    fileprivate var changeOneByOne: Bool {
        let times = Dictionary(grouping: filter { $0.id != nil && $0.changed != nil }, by: \.id)
        return times.values.contains { rows in Set(rows.map(\.changed)).count > 1 }
    }
}
