import DingTalkServer
import PlumblineKit

/// The stream `approvals`: instances of the configured processes.
actor DingTalkApprovals {
    private let client: DingTalkClient
    private let reader: DingTalkInstanceReader
    /// Names by code.
    private let templates: [String: String]
    private let since: Instant?
    private let overlap: Int
    private let recheck: Int
    private let mostFollowed: Int
    private let pageSize: Int
    private let mostListed: Int
    private let listed: Int
    private let goneCodes: Set<String>
    private let context: ConnectorContext
    /// The instances of the window that was listed last, ascending.
    private var listing: (window: DingTalkApprovalWalk.Window, ids: [String])?

    /// Refuses a `since` that is no time, two names for one process, and codes that say nothing of an instance. DingTalk
    /// lists at most `mostListed` instances.
    init(
        client: DingTalkClient, settings: Settings, context: ConnectorContext, mostListed: Int = 10_000
    ) throws(ConnectorError) {
        self.mostListed = mostListed
        let clock = DingTalkClock(context)
        (self.client, self.context) = (client, context)
        reader = DingTalkInstanceReader(settings: settings, clock: clock)
        templates = try Self.templates(settings)
        goneCodes = try Self.goneCodes(settings)
        listed = settings[DingTalkApprovalSettings.listedApprovals]
        since = try Self.since(settings, clock)
        overlap = Int(settings[DingTalkApprovalSettings.overlap].components.seconds)
        recheck = Int(settings[DingTalkApprovalSettings.recheck].components.seconds)
        mostFollowed = settings[DingTalkApprovalSettings.mostFollowed]
        pageSize = settings[DingTalkSettings.pageSize]
    }

    static func templates(_ settings: Settings) throws(ConnectorError) -> [String: String] {
        let names = settings[DingTalkApprovalSettings.processes]
        let templates = Dictionary(names.map { ($0.value, $0.key) }) { min($0, $1) }
        guard templates.count == names.count else {
            throw .settings(field: "processes", reason: "two names stand for one processCode")
        }
        return templates
    }

    /// A path that is not there is no instance that is gone.
    private static func goneCodes(_ settings: Settings) throws(ConnectorError) -> Set<String> {
        let codes = settings[DingTalkApprovalSettings.goneCodes]
        if let wrong = codes.first(where: { $0.lowercased().hasPrefix("invalidaction") }) {
            throw .settings(
                field: "gone_codes",
                reason: "'\(wrong)' says that DingTalk has no such call, not that an instance is gone; leave it out")
        }
        return Set(codes)
    }

    private static func since(_ settings: Settings, _ clock: DingTalkClock) throws(ConnectorError) -> Instant? {
        guard let text = settings[DingTalkApprovalSettings.since] else { return nil }
        if let moment = Instant(rfc3339: text) { return moment }
        guard let midnight = Instant(rfc3339: text + "T00:00:00Z") else {
            throw .settings(field: "since", reason: "expected a day such as 2026-01-01 or a time, got '\(text)'")
        }
        return clock.moment(shown: midnight)
    }

    /// The next approvals.
    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        guard !templates.isEmpty else {
            throw .settings(field: "processes", reason: "name the processes whose approvals are to be read")
        }
        var (walk, isNew) = try DingTalkApprovalWalk.resumed(after: cursor, now: context.now())
        if isNew { walk.window = window(after: nil, of: walk) }
        var page = Page(cursor: nil, hasMore: true)
        if let window = walk.window {
            try await read(window, of: &walk, into: &page)
        } else {
            for (id, process) in walk.known.sorted(by: { $0.key < $1.key }).prefix(pageSize) {
                try await add(id, of: process, to: &page, &walk)
            }
        }
        page.hasMore = walk.window != nil || !walk.known.isEmpty
        page.cursor = page.hasMore ? walk.cursor : walk.endCursor(templates.keys)
        return page
    }

    /// How many instances of each process were created in the last 30 days, by name.
    func counts() async throws(ConnectorError) -> [(name: String, count: Int?)] {
        var counts: [(name: String, count: Int?)] = []
        for (process, name) in templates.sorted(by: { $0.value < $1.value }) {
            let start = context.now().advanced(bySeconds: -DingTalkApprovalWalk.longestWindow)
            let ids = try await client.instanceIDs(
                of: process, from: start, through: context.now(), pageSize: listed)
            counts.append((name, ids?.count))
        }
        return counts
    }
}

// MARK: - Windows

extension DingTalkApprovals {
    private func read(
        _ window: DingTalkApprovalWalk.Window, of walk: inout DingTalkApprovalWalk, into page: inout Page
    ) async throws(ConnectorError) {
        guard let listable = listable(window, of: walk) else {
            walk.window = self.window(after: walk.window(of: window.process, from: walk.until), of: walk)
            return
        }
        var (window, ids) = try await instances(in: listable)
        let rest = ids.drop { $0 <= window.place }
        for id in rest.prefix(pageSize) { try await add(id, of: window.process, to: &page, &walk) }
        if rest.count > pageSize {
            window.place = rest.prefix(pageSize).last ?? ""
            walk.window = window
        } else {
            walk.window = self.window(after: window, of: walk)
        }
    }

    /// The window behind another one: of the same process, or of the next; nil behind the last.
    private func window(
        after last: DingTalkApprovalWalk.Window?, of walk: DingTalkApprovalWalk
    ) -> DingTalkApprovalWalk.Window? {
        if let last, last.end < walk.until {
            return walk.window(of: last.process, from: Instant(microseconds: last.end.microseconds + 1000))
        }
        let next = templates.keys.sorted().first { process in last.map { process > $0.process } ?? true }
        return next.map { walk.window(of: $0, from: start(of: $0, walk)) }
    }

    /// Whole milliseconds, as windows are; never more than the year that the system lists.
    private func start(of process: String, _ walk: DingTalkApprovalWalk) -> Instant {
        let earliest = walk.until.advanced(bySeconds: -364 * 86_400)
        let wanted = walk.old.contains(process) ? walk.from?.advanced(bySeconds: -overlap) : since
        if let wanted, wanted < earliest {
            context.log("approvals asked for before \(earliest) are no longer listed by DingTalk and cannot be read")
        }
        let start = min(max(wanted ?? earliest, earliest), walk.until)
        return Instant(microseconds: start.microseconds - start.microseconds % 1000)
    }

    /// The part of a window that DingTalk still lists, a year back from now: a run may have stood still for long. Nil
    /// where nothing of the run is left.
    private func listable(
        _ window: DingTalkApprovalWalk.Window, of walk: DingTalkApprovalWalk
    ) -> DingTalkApprovalWalk.Window? {
        let now = context.now()
        // Some time before the system would refuse, and then a day more than needed: the next pages ask for the same.
        guard window.start < now.advanced(bySeconds: 7200 - 365 * 86_400) else { return window }
        let moment = now.advanced(bySeconds: -364 * 86_400)
        let earliest = Instant(microseconds: moment.microseconds - moment.microseconds % 1000)
        context.log("approvals asked for before \(earliest) are no longer listed by DingTalk and cannot be read")
        guard earliest <= walk.until else { return nil }
        guard earliest <= window.end else { return walk.window(of: window.process, from: earliest) }
        var rest = window
        rest.start = earliest
        return rest
    }

    /// The instances of a window, ascending; a window of too many is cut.
    private func instances(
        in window: DingTalkApprovalWalk.Window
    ) async throws(ConnectorError) -> (DingTalkApprovalWalk.Window, [String]) {
        var window = window
        if let listing,
            (listing.window.process, listing.window.start, listing.window.end) == (
                window.process, window.start, window.end
            )
        {
            return (window, listing.ids)
        }
        while true {
            let ids = try await client.instanceIDs(
                of: window.process, from: window.start, through: window.end, pageSize: listed,
                most: mostListed)
            if let ids {
                listing = (window, ids.sorted())
                return (window, ids.sorted())
            }
            let length = window.end.microseconds - window.start.microseconds
            guard length > 60_000_000 else {
                throw .unexpected(reason: "more instances of \(window.process) in a minute than DingTalk lists")
            }
            window.end = Instant(microseconds: window.start.microseconds + length / 2000 * 1000)
        }
    }
}

// MARK: - Instances

extension DingTalkApprovals {
    private func add(
        _ id: String, of process: String, to page: inout Page, _ walk: inout DingTalkApprovalWalk
    ) async throws(ConnectorError) {
        walk.known[id] = nil
        guard let template = templates[process] else { return }
        guard let json = try await client.instance(id, orNilOn: goneCodes) else {
            page.deleted.append(DeletedRecord(id: id))
            return
        }
        do throws(JSONShapeError) {
            let reading = try reader.read(json, id: id, template: template)
            page.records.append(reading.record)
            if isToBeFollowed(reading, walk) { follow(id, of: process, reading, &page, &walk) }
        } catch {
            page.rejected.append(
                RejectedRecord(id: id, reason: error.reason, raw: json.keeping(DingTalkInstanceReader.kept).bytes))
        }
    }

    private func isToBeFollowed(_ reading: DingTalkInstanceReader.Reading, _ walk: DingTalkApprovalWalk) -> Bool {
        reading.isOpen || reading.finished.map { $0 > walk.until.advanced(bySeconds: -recheck) } ?? false
    }

    private func follow(
        _ id: String, of process: String, _ reading: DingTalkInstanceReader.Reading, _ page: inout Page,
        _ walk: inout DingTalkApprovalWalk
    ) {
        let end = reading.isOpen ? nil : reading.finished
        if walk.follow(id, of: process, end: end, most: mostFollowed) || end != nil { return }
        page.anomalies.append(
            Anomaly(
                id: id,
                reason: "is open and will not be read again: \(mostFollowed) others are followed; raise max_followed"))
    }
}
