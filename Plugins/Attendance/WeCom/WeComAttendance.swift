import PlumblineKit
import WeComServer

/// The stream `attendance_days`: day reports, with the moments of the punches that belong to them.
struct WeComAttendance: Sendable {
    private let directory: WeComDirectory
    private let client: WeComClient
    private let settings: Settings
    private let since: LocalDay
    private let context: ConnectorContext

    init(directory: WeComDirectory, settings: Settings, since: LocalDay, context: ConnectorContext) {
        (self.directory, self.settings, self.since, self.context) = (directory, settings, since, context)
        client = WeComClient(settings: settings, secret: settings[WeComSettings.secret], context: context)
    }

    /// Some people's next days.
    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let recheck = Int(settings[WeComAttendanceConnector.recheck].components.seconds / 86_400)
        var walk = try WeComAttendanceWalk(after: cursor, since: since, yesterday: yesterday, recheck: recheck)
        guard walk.day <= walk.through else { return Page(cursor: walk.endCursor, hasMore: false) }
        let days = walk.days(settings[WeComAttendanceConnector.daysPerCall])
        let rest = try await directory.accounts().filter { $0.account > walk.account }
        let people = Array(rest.prefix(settings[WeComAttendanceConnector.usersPerCall]))
        var page = Page(cursor: nil, hasMore: false)
        if !people.isEmpty { try await read(days, of: people, into: &page) }
        walk.move(behind: rest.count > people.count ? people.last?.account : nil, days)
        page.hasMore = walk.day <= walk.through
        page.cursor = page.hasMore ? walk.cursor : walk.endCursor
        return page
    }

    /// How many of some people have a report of yesterday.
    func remark() async throws(ConnectorError) -> String {
        let people = Array(try await directory.accounts().prefix(settings[WeComAttendanceConnector.usersPerCall]))
        guard !people.isEmpty else { return "nobody to read check-ins of" }
        let reports = try await reports([yesterday], of: people)
        return "\(reports.count) day reports of yesterday for \(people.count) people"
    }
}

// MARK: - Days and moments

extension WeComAttendance {
    private var yesterday: LocalDay { day(of: context.now()).advanced(by: -1) }

    private func day(of moment: Instant) -> LocalDay {
        LocalDay(of: moment, secondsAhead: context.utcOffset(moment))
    }

    /// The moment at which clocks of the zone show a day's midnight.
    private func midnight(_ day: LocalDay) -> Instant {
        let near = day.midnight.advanced(bySeconds: -context.utcOffset(day.midnight))
        return day.midnight.advanced(bySeconds: -context.utcOffset(near))
    }

    private static func seconds(_ moment: Instant) -> JSON { .int(Int(moment.microseconds / 1_000_000)) }
}

// MARK: - Calls

extension WeComAttendance {
    private typealias Person = (account: String, userid: String)

    private func reports(_ days: [LocalDay], of people: [(account: String, userid: String)])
        async throws(ConnectorError)
        -> [JSON]
    {
        guard let first = days.first, let last = days.last else { return [] }
        let body: JSON = [
            "starttime": Self.seconds(midnight(first)), "endtime": Self.seconds(midnight(last)),
            "useridlist": .array(people.map { .string($0.userid) }),
        ]
        return try await client.list("datas", WeComCall("checkin/getcheckin_daydata", body: body))
    }

    /// The punches of these days and of those on both sides, to which shifts over midnight lead.
    private func punches(
        _ days: [LocalDay], of people: [(account: String, userid: String)], into page: inout Page
    ) async throws(ConnectorError) -> [String: [LocalDay: WeComPunchedDay]] {
        guard settings[WeComAttendanceConnector.readPunches], let first = days.first, let last = days.last else {
            return [:]
        }
        let body: JSON = [
            "opencheckindatatype": 1, "starttime": Self.seconds(midnight(first.advanced(by: -1))),
            "endtime": Self.seconds(midnight(last.advanced(by: 2)).advanced(bySeconds: -1)),
            "useridlist": .array(people.map { .string($0.userid) }),
        ]
        var punches: [String: [WeComPunch]] = [:]
        for row in try await client.list("checkindata", WeComCall("checkin/getcheckindata", body: body)) {
            do throws(JSONShapeError) {
                guard let punch = try WeComPunch(row) else { continue }
                punches[punch.account, default: []].append(punch)
            } catch {
                page.rejected.append(
                    RejectedRecord(
                        id: "punch of \(row.weComAccount("userid") ?? "?")", reason: error.reason,
                        raw: WeComPunch.excerpt(of: row).bytes))
            }
        }
        let longest = settings[WeComAttendanceConnector.longestShift]
        return punches.mapValues { WeComPunchedDay.days(of: $0, longestShift: longest, dayOf: day) }
    }

    private func read(
        _ days: [LocalDay], of people: [(account: String, userid: String)], into page: inout Page
    ) async throws(ConnectorError) {
        let reports = try await reports(days, of: people)
        let punches = try await punches(days, of: people, into: &page)
        let accounts = Set(people.map(\.account))
        var seen: Set<String> = []
        for row in reports {
            do throws(JSONShapeError) {
                let report = try WeComDayReport(row)
                let day = try localDay(of: report)
                let id = [report.account, day.text].compoundIdentifier
                guard accounts.contains(report.account), days.contains(day) else {
                    throw JSONShapeError(reason: "the report is of somebody or of a day that was not asked for")
                }
                guard seen.insert(id).inserted else {
                    throw JSONShapeError(reason: "there is a report of this person and day already")
                }
                let punched =
                    settings[WeComAttendanceConnector.readPunches]
                    ? punches[report.account]?[day] ?? WeComPunchedDay(punches: []) : nil
                page.records.append(
                    SourceRecord(id: id, version: nil, json: report.json(id: id, day: day, punched: punched)))
            } catch {
                page.rejected.append(
                    RejectedRecord(
                        id: WeComDayReport.name(of: row), reason: error.reason,
                        raw: WeComDayReport.excerpt(of: row).bytes))
            }
        }
    }

    /// The day whose midnight a report bears.
    private func localDay(of report: WeComDayReport) throws(JSONShapeError) -> LocalDay {
        let day = day(of: report.midnight)
        guard midnight(day) == report.midnight else {
            throw JSONShapeError(
                reason: "the report's day begins at \(report.midnight), which is no midnight in the connection's zone "
                    + "(\(context.zone)): write WeCom's zone under 'zone'")
        }
        return day
    }
}
