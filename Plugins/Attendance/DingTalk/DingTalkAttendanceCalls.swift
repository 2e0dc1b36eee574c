import DingTalkServer
import PlumblineKit

/// The calls of DingTalk's attendance, for some people and days.
struct DingTalkAttendanceCalls: Sendable {
    let client: DingTalkClient

    /// Codes for people who are not, or no longer, there.
    private static let unknownPeople: Set = ["60121", "33012", "40003", "40031"]

    /// What became of each planned punch of these days of work; nil where the system does not answer for somebody.
    ///
    /// Pages shift where a schedule changes meanwhile: an item may come twice and counts once.
    func results(of people: [String], from first: LocalDay, through last: LocalDay) async throws(ConnectorError)
        -> [JSON]?
    {
        var (items, offset) = ([JSON](), 0)
        while true {
            let body: JSON = [
                "workDateFrom": .string("\(first.text) 00:00:00"), "workDateTo": .string("\(last.text) 23:59:59"),
                "userIdList": .array(people.map(JSON.string)), "offset": .int(offset), "limit": 50,
            ]
            let answer = try await client.legacy("/attendance/list", body, orNilOn: Self.unknownPeople)
            guard let answer else { return nil }
            guard let list = answer["recordresult"]?.array, let hasMore = answer["hasMore"]?.bool else {
                throw .unexpected(reason: "the answer to /attendance/list has no 'recordresult' with a 'hasMore'")
            }
            items += list
            guard hasMore else { return Self.distinct(items) }
            guard !list.isEmpty else { throw .unexpected(reason: "/attendance/list has more and gives an empty page") }
            offset += 50
        }
    }

    /// Every raw punch from the day before the first to the day behind the last: a day of work may begin before midnight
    /// and end behind it. Nil where the system does not answer for somebody.
    func punches(of people: [String], from first: LocalDay, through last: LocalDay) async throws(ConnectorError)
        -> [JSON]?
    {
        let body: JSON = [
            "checkDateFrom": .string("\(first.advanced(by: -1).text) 00:00:00"),
            "checkDateTo": .string("\(last.advanced(by: 1).text) 23:59:59"),
            "userIds": .array(people.map(JSON.string)),
        ]
        let answer = try await client.legacy("/attendance/listRecord", body, orNilOn: Self.unknownPeople)
        guard let answer else { return nil }
        guard let list = answer["recordresult"]?.array else {
            throw .unexpected(reason: "the answer to /attendance/listRecord has no 'recordresult'")
        }
        return Self.distinct(list)
    }

    /// The leave in a span of time; nil where the system does not answer for somebody.
    func leaves(of people: [String], from start: Instant, to end: Instant) async throws(ConnectorError) -> [JSON]? {
        var (items, offset) = ([JSON](), 0)
        while true {
            let body: JSON = [
                "userid_list": .string(people.joined(separator: ",")), "start_time": .milliseconds(start),
                "end_time": .milliseconds(end), "offset": .int(offset), "size": 20,
            ]
            let answer = try await client.legacy(
                "/topapi/attendance/getleavestatus", body, orNilOn: Self.unknownPeople)
            guard let answer else { return nil }
            guard let list = answer["result"]?["leave_status"]?.array, let hasMore = answer["result"]?["has_more"]?.bool
            else { throw .unexpected(reason: "the answer to getleavestatus has no 'leave_status' with a 'has_more'") }
            items += list
            guard hasMore else { return items }
            guard !list.isEmpty else { throw .unexpected(reason: "getleavestatus has more and gives an empty page") }
            offset += 20
        }
    }

    private static func distinct(_ items: [JSON]) -> [JSON] {
        var last: [String: JSON] = [:]
        var order: [String] = []
        for (place, item) in items.enumerated() {
            let id = item["id"]?.scalarText ?? "place \(place)"
            if last.updateValue(item, forKey: id) == nil { order.append(id) }
        }
        return order.compactMap { last[$0] }
    }
}

// MARK: - The smart report

extension DingTalkAttendanceCalls {
    /// The numbers of the tenant's columns by alias.
    func columns() async throws(ConnectorError) -> [String: String] {
        let answer = try await client.legacy("/topapi/attendance/getattcolumns", [:])
        guard let list = answer["result"]?["columns"]?.array else {
            throw .unexpected(reason: "the answer to getattcolumns has no 'columns'")
        }
        let pairs = list.compactMap { column in
            column.filledText("alias").flatMap { alias in column.filledText("id").map { (alias, $0) } }
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// The values of columns, by number of the column and day; nil where the system does not answer for the person.
    func values(
        of columns: [String], for person: String, from first: LocalDay, through last: LocalDay
    ) async throws(ConnectorError) -> [String: [String: String]]? {
        let body: JSON = [
            "userid": .string(person), "column_id_list": .string(columns.joined(separator: ",")),
            "from_date": .string("\(first.text) 00:00:00"), "to_date": .string("\(last.text) 23:59:59"),
        ]
        let answer = try await client.legacy("/topapi/attendance/getcolumnval", body, orNilOn: Self.unknownPeople)
        guard let answer else { return nil }
        guard let list = (answer["result"]?["column_vals"] ?? answer["result"]?["columns"])?.array else {
            throw .unexpected(reason: "the answer to getcolumnval has no 'column_vals'")
        }
        var values: [String: [String: String]] = [:]
        for item in list {
            guard let id = (item["column_vo"] ?? item["columnvo"])?.filledText("id") else { continue }
            for value in (item["column_vals"] ?? item["columnvals"])?.array ?? [] {
                guard let day = value.filledText("date")?.prefix(10), let text = value.filledText("value") else {
                    continue
                }
                values[id, default: [:]][String(day)] = text
            }
        }
        return values
    }
}
