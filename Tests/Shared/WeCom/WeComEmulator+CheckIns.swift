package import PlumblineKit
import PlumblineTesting

extension WeComEmulator {
    package struct DayKey: Hashable, Sendable {
        package let account: String
        /// Days since 1970 by the company's clocks.
        package let day: Int

        package init(_ account: String, _ day: Int) { (self.account, self.day) = (account, day) }
    }

    /// A day report: what the tests say of it.
    package struct Day: Sendable {
        package var dayType = 0
        package var planned = 28_800
        package var worked = 28_800
        /// Kind and seconds; nil where no length is told.
        package var exceptions: [(kind: Int, seconds: Int?)] = []
        package var overtime: (status: Int, seconds: Int) = (0, 0)
        /// Type, name, seconds, whether by the day.
        package var items: [(type: Int, name: String, seconds: Int, byDay: Bool)] = []
        /// Replaces a member of the report; null takes it out.
        package var changes: [String: JSON] = [:]

        package init() {}
    }

    package struct Punch: Sendable {
        package let account: String
        package let at: Instant
        package let type: String
        package var exception = ""
        package var planned: Instant?
        /// Leaves its time out of the answer, as a system that is broken would.
        package var lacksTime = false

        package init(
            _ account: String, _ type: String, at: Instant, planned: Instant? = nil, exception: String = ""
        ) {
            (self.account, self.at, self.type) = (account, at, type)
            (self.planned, self.exception) = (planned, exception)
        }
    }

    /// The midnight of a day by the company's clocks.
    package func midnight(_ day: Int) -> Instant {
        let shown = Instant(microseconds: Int64(day) * 86_400_000_000)
        let near = shown.advanced(bySeconds: -secondsAhead(shown))
        return shown.advanced(bySeconds: -secondsAhead(near))
    }

    /// The day that the company's clocks show.
    package func day(of moment: Instant) -> Int {
        Int((moment.microseconds / 1_000_000 + Int64(secondsAhead(moment))) / 86_400)
    }

    private mutating func people(_ body: JSON, _ request: EmulatedRequest) -> [String]? {
        let people = body["useridlist"]?.array?.compactMap(\.string) ?? []
        guard (1...100).contains(people.count) else {
            fault("\(request.path): \(people.count) people")
            return nil
        }
        return people.map { $0.lowercased() }
    }

    private static func moment(_ value: JSON?) -> Instant? { value?.int.flatMap { Instant(seconds: Int64($0)) } }

    mutating func dayReports(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        let body = body(["starttime", "endtime", "useridlist"], of: request)
        guard let people = people(body, request), let start = Self.moment(body["starttime"]),
            let end = Self.moment(body["endtime"])
        else { return failure(40058) }
        if !tellsOfLeavers, people.contains(where: { users[$0] == nil }) { return failure(60111) }
        let (first, last) = (day(of: start), day(of: end))
        if midnight(first) != start || midnight(last) != end || first > last {
            fault("\(request.path): \(start) to \(end) are no midnights")
            return failure(40058)
        }
        if last >= day(of: now) { fault("\(request.path): a day that is not over") }
        let rows = people.flatMap { account in
            (first...last).filter { $0 < day(of: now) }.compactMap { day in
                days[DayKey(account, day)].map { json($0, account, day) }
            }
        }
        return success(["datas": .array(rows)])
    }

    mutating func punchList(_ request: EmulatedRequest) -> CannedAnswer {
        let body = body(["opencheckindatatype", "starttime", "endtime", "useridlist"], of: request)
        guard let people = people(body, request), let start = Self.moment(body["starttime"]),
            let end = Self.moment(body["endtime"]), let kind = body["opencheckindatatype"]?.int
        else { return failure(40058) }
        if !(1...3).contains(kind) || start > end || end.microseconds - start.microseconds > 30 * 86_400_000_000 {
            fault("\(request.path): kind \(kind), \(start) to \(end)")
            return failure(40058)
        }
        let span = midnight(day(of: start))..<midnight(day(of: end) + 1)
        let kinds = [1: ["上班打卡", "下班打卡"], 2: ["外出打卡"]][kind] ?? ["上班打卡", "下班打卡", "外出打卡"]
        let found = punches.filter {
            people.contains($0.account.lowercased()) && span.contains($0.at) && kinds.contains($0.type)
        }
        return success(["checkindata": .array(found.map(json))])
    }

    private func json(_ day: Day, _ account: String, _ number: Int) -> JSON {
        var report: JSONObject = [
            "base_info": base(day, account, number),
            "summary_info": [
                "checkin_count": 2, "regular_work_sec": .int(day.worked), "standard_work_sec": .int(day.planned),
                "earliest_time": 32_820, "lastest_time": 64_900,
            ],
            "exception_infos": .array(
                day.exceptions.map { kind, seconds in
                    var info: JSONObject = ["exception": .int(kind), "count": 1]
                    info["duration"] = seconds.map(JSON.int)
                    return .object(info)
                }),
            "ot_info": [
                "ot_status": .int(day.overtime.status), "ot_duration": .int(day.overtime.seconds),
                "exception_duration": [],
            ],
            "sp_items": .array(day.items.map(json)),
            "holiday_infos": [
                [
                    "sp_number": "202609010001",
                    "sp_title": ["data": [["lang": "zh_CN", "text": .string(Self.canary)]]],
                    "sp_description": ["data": [["lang": "zh_CN", "text": .string(Self.canary)]]],
                ]
            ],
        ]
        for (name, value) in day.changes { report[name] = value.isNull ? nil : value }
        return .object(report)
    }

    private func base(_ day: Day, _ account: String, _ number: Int) -> JSON {
        [
            "date": Self.seconds(midnight(number)), "record_type": 1, "name": .string(Self.canary),
            "name_ex": .string(Self.canary), "departs_name": .string(Self.canary),
            // Spelled as the administrator did.
            "acctid": .string(users[account]?.userid ?? account), "day_type": .int(day.dayType),
            "rule_info": [
                "groupid": 10, "groupname": "总部考勤", "scheduleid": 0, "schedulename": "",
                "checkintime": [["work_sec": 32_400, "off_work_sec": 64_800]],
            ],
        ]
    }

    private func json(_ item: (type: Int, name: String, seconds: Int, byDay: Bool)) -> JSON {
        [
            "type": .int(item.type), "vacation_id": 2, "count": 1, "duration": .int(item.seconds),
            "time_type": .int(item.byDay ? 0 : 1), "name": .string(item.name),
        ]
    }

    private func json(_ punch: Punch) -> JSON {
        [
            "userid": .string(users[punch.account.lowercased()]?.userid ?? punch.account), "groupname": "总部考勤",
            "checkin_type": .string(punch.type), "exception_type": .string(punch.exception),
            "checkin_time": punch.lacksTime ? "" : Self.seconds(punch.at),
            "sch_checkin_time": punch.planned.map(Self.seconds) ?? 0,
            "groupid": 10, "schedule_id": 0, "timeline_id": 2, "location_title": .string(Self.canary),
            "location_detail": .string(Self.canary), "wifiname": .string(Self.canary), "wifimac": .string(Self.canary),
            "notes": .string(Self.canary), "mediaids": [.string(Self.canary)], "lat": 30_547_645, "lng": 104_063_236,
            "deviceid": .string(Self.canary),
        ]
    }
}
