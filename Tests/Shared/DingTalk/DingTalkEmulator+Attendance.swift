package import PlumblineKit
import PlumblineTesting

extension DingTalkEmulator {
    /// What became of a planned punch.
    package struct Result: Sendable {
        package let id: Int
        package var user: String
        /// Midnight of the day of work.
        package var workDate: Instant
        package var isOn: Bool
        package var time = "Normal"
        package var location = "Normal"
        package var base: Instant
        package var checked: Instant
        package var plan = 71
        package var source = "USER"
        package var approval: Int?
    }

    /// A punch as somebody or a device made it.
    package struct RawPunch: Sendable {
        package let id: Int
        package var user: String
        package var workDate: Instant
        package var isOn: Bool
        package var at: Instant
        package var isLegal = true
        package var lacks: String?

        package init(id: Int, user: String, workDate: Instant, isOn: Bool, at: Instant, isLegal: Bool = true) {
            (self.id, self.user, self.workDate, self.isOn, self.at) = (id, user, workDate, isOn, at)
            self.isLegal = isLegal
        }
    }

    package struct Leave: Sendable {
        package var user: String
        package var from: Instant
        package var to: Instant
        package var unit: String
        package var percent: Int
        package var code: String

        package init(
            _ user: String, from: Instant, to: Instant, unit: String = "percent_hour", percent: Int, code: String
        ) {
            (self.user, self.from, self.to) = (user, from, to)
            (self.unit, self.percent, self.code) = (unit, percent, code)
        }
    }

    mutating func resultList(_ body: JSON, _ path: String) -> CannedAnswer {
        expect(["workDateFrom", "workDateTo", "userIdList", "offset", "limit", "isI18n"], of: body, path)
        let users = accounts(body["userIdList"], most: 50, path)
        guard let window = window(body["workDateFrom"], body["workDateTo"], path), let offset = body["offset"]?.int,
            let limit = body["limit"]?.int
        else { return legacyError(40035, "parameters") }
        require(offset >= 0 && (1...50).contains(limit), "offset or limit", path)
        guard knows(users) else { return legacyError(60121, "no such user") }
        let found = results.values.filter { users.contains($0.user) && window.contains($0.workDate) }
            .sorted { ($0.workDate, $0.id) < ($1.workDate, $1.id) }
        return Self.ok([
            "hasMore": .bool(offset + limit < found.count),
            "recordresult": .array(found.dropFirst(offset).prefix(limit).map(json)),
        ])
    }

    mutating func punchList(_ body: JSON, _ path: String) -> CannedAnswer {
        expect(["checkDateFrom", "checkDateTo", "userIds", "isI18n"], of: body, path)
        let users = accounts(body["userIds"], most: 50, path)
        guard let window = window(body["checkDateFrom"], body["checkDateTo"], path) else {
            return legacyError(40035, "parameters")
        }
        guard knows(users) else { return legacyError(60121, "no such user") }
        let found = punches.values.filter { users.contains($0.user) && window.contains($0.at) }.sorted { $0.id < $1.id }
        return Self.ok(["recordresult": .array(found.map(json))])
    }

    mutating func leaveList(_ body: JSON, _ path: String) -> CannedAnswer {
        expect(["userid_list", "start_time", "end_time", "offset", "size"], of: body, path)
        let users = Set((body["userid_list"]?.string ?? "").split(separator: ",").map(String.init))
        require((1...100).contains(users.count), "userid_list", path)
        guard let start = Self.moment(milliseconds: body["start_time"]),
            let end = Self.moment(milliseconds: body["end_time"]),
            let offset = body["offset"]?.int, let size = body["size"]?.int
        else { return legacyError(40035, "parameters") }
        require(end >= start && end <= start.advanced(bySeconds: 180 * 86_400), "more than 180 days", path)
        require(offset >= 0 && (1...20).contains(size), "offset or size", path)
        guard knows(users) else { return legacyError(60121, "no such user") }
        let found = leaves.filter { leave in
            users.contains(leave.user) && leave.from <= end && (leavesByStart ? leave.from : leave.to) >= start
        }
        return Self.ok([
            "success": true,
            "result": [
                "has_more": .bool(offset + size < found.count),
                "leave_status": .array(found.dropFirst(offset).prefix(size).map(json)),
            ],
        ])
    }

    mutating func columns(_ body: JSON, _ path: String) -> CannedAnswer {
        expect([], of: body, path)
        guard hasReport else { return legacyError(400_002, "no smart report") }
        let columns = report.keys.sorted().enumerated().map { number, alias -> JSON in
            ["id": .int(5000 + number), "name": .string(alias), "alias": .string(alias), "type": 1, "status": 0]
        }
        return Self.ok(["result": ["columns": .array(columns)]])
    }

    mutating func columnValues(_ body: JSON, _ path: String) -> CannedAnswer {
        expect(["userid", "column_id_list", "from_date", "to_date"], of: body, path)
        let ids = (body["column_id_list"]?.string ?? "").split(separator: ",").compactMap { Int($0) }
        require((1...20).contains(ids.count), "column_id_list", path)
        guard let user = body["userid"]?.string, let window = window(body["from_date"], body["to_date"], days: 31, path)
        else { return legacyError(40035, "parameters") }
        guard users.contains(where: { $0.id == user }) else { return legacyError(60121, "no such user") }
        let aliases = report.keys.sorted()
        let values = ids.filter { aliases.indices.contains($0 - 5000) }.map { id -> JSON in
            let days = (report[aliases[id - 5000]] ?? [:]).filter { $0.key.hasPrefix(user + "/") }
                .map { (day: String($0.key.dropFirst(user.count + 1)), value: $0.value) }
                .filter { moment($0.day + " 00:00:00").map(window.contains) ?? false }.sorted { $0.day < $1.day }
            return [
                "column_vo": ["id": .int(id)],
                "column_vals": .array(
                    days.map { ["date": .string($0.day + " 00:00:00"), "value": .string($0.value)] }),
            ]
        }
        return Self.ok(["result": ["column_vals": .array(values)]])
    }
}

// MARK: - What may be asked

extension DingTalkEmulator {
    private mutating func accounts(_ json: JSON?, most: Int, _ path: String) -> Set<String> {
        let list = json?.array?.compactMap(\.string) ?? []
        require((1...most).contains(list.count), "\(list.count) people", path)
        return Set(list)
    }

    private func knows(_ accounts: Set<String>) -> Bool {
        servesLeavers || accounts.isSubset(of: users.map(\.id))
    }

    private mutating func window(_ from: JSON?, _ to: JSON?, days: Int = 7, _ path: String) -> ClosedRange<Instant>? {
        guard let start = from?.string.flatMap(moment), let end = to?.string.flatMap(moment), start <= end else {
            faults.append("\(path): not a window")
            return nil
        }
        // A day of 25 hours is a day.
        require(end <= start.advanced(bySeconds: days * 86_400 + 3600), "more than \(days) days", path)
        return start...end
    }
}

// MARK: - Shapes

extension DingTalkEmulator {
    private func json(_ result: Result) -> JSON {
        var object: JSONObject = [
            "id": .int(result.id), "recordId": .int(result.id + 1), "userId": .string(result.user),
            "workDate": Self.milliseconds(result.workDate), "checkType": .string(result.isOn ? "OnDuty" : "OffDuty"),
            "timeResult": .string(result.time), "locationResult": .string(result.location),
            "baseCheckTime": Self.milliseconds(result.base), "userCheckTime": Self.milliseconds(result.checked),
            "planCheckTime": Self.milliseconds(result.base), "planId": .int(result.plan), "groupId": 5, "classId": 12,
            "sourceType": .string(result.source), "userAddress": .string(canary), "outsideRemark": .string(canary),
        ]
        object["approveId"] = result.approval.map(JSON.int)
        object["procInstId"] = result.approval.map { _ in "p-1" }
        return .object(object)
    }

    private func json(_ punch: RawPunch) -> JSON {
        var object: JSONObject = [
            "id": .int(punch.id), "userId": .string(punch.user), "workDate": Self.milliseconds(punch.workDate),
            "checkType": .string(punch.isOn ? "OnDuty" : "OffDuty"), "timeResult": "Normal", "locationResult": "Normal",
            "userCheckTime": Self.milliseconds(punch.at), "baseCheckTime": Self.milliseconds(punch.at),
            "planCheckTime": Self.milliseconds(punch.at), "sourceType": "USER", "isLegal": punch.isLegal ? "Y" : "N",
            "deviceId": .string(canary), "userAddress": .string(canary), "userLongitude": .string(canary),
            "userLatitude": .string(canary), "outsideRemark": .string(canary), "invalidRecordMsg": .string(canary),
            "gmtCreate": Self.milliseconds(punch.at), "bizId": .string(canary), "userSsid": .string(canary),
            "userMacAddr": .string(canary), "photoUrl": .string(canary),
        ]
        object["invalidRecordType"] = punch.isLegal ? nil : "Security"
        if let name = punch.lacks { object[name] = nil }
        return .object(object)
    }

    private func json(_ leave: Leave) -> JSON {
        [
            "userid": .string(leave.user), "start_time": Self.milliseconds(leave.from),
            "end_time": Self.milliseconds(leave.to), "duration_unit": .string(leave.unit),
            "duration_percent": .int(leave.percent), "leave_code": .string(leave.code), "reason": .string(canary),
        ]
    }
}

// MARK: - What people do there

extension DingTalkEmulator {
    /// A day from `on` to `off` by the company's clocks (an `off` above 24:00 is the next morning's), with what was
    /// punched; nil is no punch. Times are minutes of the day.
    package mutating func work(
        _ user: String, on day: String, from on: Int = 540, to off: Int = 1080, in first: Int?, out last: Int?
    ) {
        guard let midnight = moment(day + " 00:00:00") else { return }
        for (isOn, planned, actual) in [(true, on, first), (false, off, last)] {
            lastNumber += 2
            let base = midnight.advanced(bySeconds: planned * 60)
            var result = Result(
                id: lastNumber, user: user, workDate: midnight, isOn: isOn, base: base, checked: base)
            if let actual {
                result.checked = midnight.advanced(bySeconds: actual * 60)
                result.time = isOn ? (actual > planned ? "Late" : "Normal") : (actual < planned ? "Early" : "Normal")
                punch(user, on: day, at: actual, isOn: isOn)
            } else {
                (result.time, result.location, result.source) = ("NotSigned", "NotSigned", "SYSTEM")
            }
            results[result.id] = result
        }
    }

    /// A punch beside the planned ones.
    package mutating func punch(_ user: String, on day: String, at minute: Int, isOn: Bool, isLegal: Bool = true) {
        guard let midnight = moment(day + " 00:00:00") else { return }
        lastNumber += 2
        punches[lastNumber] = RawPunch(
            id: lastNumber, user: user, workDate: midnight, isOn: isOn, at: midnight.advanced(bySeconds: minute * 60),
            isLegal: isLegal)
    }

    /// A missing punch is made good by an approval.
    package mutating func supplement(_ user: String, on day: String, isOn: Bool, at minute: Int) {
        guard let midnight = moment(day + " 00:00:00"),
            let id = results.values.first(where: { $0.user == user && $0.workDate == midnight && $0.isOn == isOn })?.id
        else { return }
        results[id]?.time = "Normal"
        results[id]?.location = "Normal"
        results[id]?.source = "APPROVE"
        results[id]?.approval = 41
        results[id]?.checked = midnight.advanced(bySeconds: minute * 60)
    }
}
