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
        guard walk.day <= walk.through else {
            return Page(cursor: walk.endCursor(having: walk.people), hasMore: false)
        }
        let days = walk.days(settings[WeComAttendanceConnector.daysPerCall])
        let members = try await directory.accounts()
        let present = Set(members.map(\.account))
        let rest = members.filter { $0.account > walk.account }
        let people = Array(rest.prefix(settings[WeComAttendanceConnector.usersPerCall]))
        let isLast = rest.count <= people.count
        var page = Page(cursor: nil, hasMore: false)
        if !people.isEmpty { try await read(days, of: people, into: &page) }
        if isLast { try await read(walk.new(days), ofLeavers: walk.people.subtracting(present), into: &page) }
        walk.move(behind: isLast ? nil : people.last?.account, days)
        page.hasMore = walk.day <= walk.through
        page.cursor = page.hasMore ? walk.cursor : walk.endCursor(having: present)
        return page
    }

    /// How many of some people have a report of yesterday.
    func remark() async throws(ConnectorError) -> String {
        let people = Array(try await directory.accounts().prefix(settings[WeComAttendanceConnector.usersPerCall]))
        guard !people.isEmpty else { return "nobody to read check-ins of" }
        let reports = try await client.list("datas", reports([yesterday], of: people))
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
    private typealias Punches = [String: [LocalDay: WeComPunchedDay]]

    private func reports(_ days: [LocalDay], of people: [Person]) -> WeComCall {
        let body: JSON = [
            "starttime": days.first.map { Self.seconds(midnight($0)) } ?? .null,
            "endtime": days.last.map { Self.seconds(midnight($0)) } ?? .null,
            "useridlist": .array(people.map { .string($0.userid) }),
        ]
        return WeComCall("checkin/getcheckin_daydata", body: body)
    }

    /// The punches of these days and of those on both sides, to which shifts over midnight lead; nil where none are read.
    private func punches(
        _ days: [LocalDay], of people: [Person], into page: inout Page
    ) async throws(ConnectorError) -> Punches? {
        guard settings[WeComAttendanceConnector.readPunches], let first = days.first, let last = days.last else {
            return nil
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
        _ days: [LocalDay], of people: [Person], into page: inout Page
    ) async throws(ConnectorError) {
        let reports = try await client.list("datas", reports(days, of: people))
        let punches = try await punches(days, of: people, into: &page)
        take(reports, of: Set(people.map(\.account)), days, punches, into: &page)
    }

    /// Reads the days of those who have left the directory, as far as WeCom still tells of them, one by one: whom it knows
    /// no longer must not spoil a call. Their punches are not asked for.
    private func read(
        _ days: [LocalDay], ofLeavers leavers: Set<String>, into page: inout Page
    ) async throws(ConnectorError) {
        for account in leavers.sorted() where !days.isEmpty {
            let answer = try await client.ask(reports(days, of: [(account, account)]))
            guard answer.code == 0, let rows = answer.body["datas"]?.array else {
                let reason = "has left the directory; the last days cannot be read: \(answer.reason)"
                page.anomalies.append(Anomaly(id: "user \(account)", reason: reason))
                continue
            }
            take(rows, of: [account], days, nil, into: &page)
        }
    }

    private func take(
        _ reports: [JSON], of accounts: Set<String>, _ days: [LocalDay], _ punches: Punches?, into page: inout Page
    ) {
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
                let punched = punches.map { $0[report.account]?[day] ?? WeComPunchedDay(punches: []) }
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
