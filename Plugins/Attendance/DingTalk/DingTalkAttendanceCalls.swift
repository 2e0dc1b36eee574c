import DingTalkServer
import PlumblineKit

/// The calls of DingTalk's attendance, for some people and days.
struct DingTalkAttendanceCalls: Sendable {
    let client: DingTalkClient

    /// Codes for people who are not, or no longer, there.
    private static let unknownPeople: Set = ["60121", "33012", "40003", "40031"]

    /// What became of each planned punch of these days of work; nil where the system does not answer for somebody.
    func results(of people: [String], from first: LocalDay, through last: LocalDay) async throws(ConnectorError)
        -> [JSON]?
    {
        try await steady("/attendance/list", pageSize: 50, by: Self.id) { offset throws(ConnectorError) in
            let body: JSON = [
                "workDateFrom": .string("\(first.text) 00:00:00"), "workDateTo": .string("\(last.text) 23:59:59"),
                "userIdList": .array(people.map(JSON.string)), "offset": .int(offset), "limit": 50,
            ]
            let answer = try await client.legacy("/attendance/list", body, orNilOn: Self.unknownPeople)
            guard let answer else { return nil }
            guard let list = answer["recordresult"]?.array, let hasMore = answer["hasMore"]?.bool else {
                throw .unexpected(reason: "the answer to /attendance/list has no 'recordresult' with a 'hasMore'")
            }
            return (list, hasMore)
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
        return Self.distinct(list, by: Self.id)
    }

    /// The leave in a span of time; nil where the system does not answer for somebody. What is alike in all of its
    /// members is one leave: none has a number.
    func leaves(of people: [String], from start: Instant, to end: Instant) async throws(ConnectorError) -> [JSON]? {
        try await steady("getleavestatus", pageSize: 20, by: \.text) { offset throws(ConnectorError) in
            let body: JSON = [
                "userid_list": .string(people.joined(separator: ",")), "start_time": .milliseconds(start),
                "end_time": .milliseconds(end), "offset": .int(offset), "size": 20,
            ]
            let answer = try await client.legacy(
                "/topapi/attendance/getleavestatus", body, orNilOn: Self.unknownPeople)
            guard let answer else { return nil }
            guard let list = answer["result"]?["leave_status"]?.array, let hasMore = answer["result"]?["has_more"]?.bool
            else { throw .unexpected(reason: "the answer to getleavestatus has no 'leave_status' with a 'has_more'") }
            return (list, hasMore)
        }
    }

    private static func id(_ item: JSON) -> String { item["id"]?.scalarText ?? item.text }

    /// The items, each once and as it was told last.
    private static func distinct(_ items: [JSON], by id: (JSON) -> String) -> [JSON] {
        var last: [String: JSON] = [:]
        let order = items.map(id).filter { last.updateValue(.null, forKey: $0) == nil }
        for item in items { last[id(item)] = item }
        return order.compactMap { last[$0] }
    }
}

// MARK: - Lists of several pages

extension DingTalkAttendanceCalls {
    /// A page that begins at an offset, and whether there are more; nil where the system does not answer for somebody.
    private typealias Listing = (Int) async throws(ConnectorError) -> (items: [JSON], hasMore: Bool)?

    private static let mostReadings = 8

    /// The items of a list. One of several pages is read until two readings agree: what comes meanwhile moves items into
    /// the next page, where they come again, and what goes moves them into the page before, where they are missed.
    private func steady(
        _ call: String, pageSize: Int, by id: (JSON) -> String, _ page: Listing
    ) async throws(ConnectorError) -> [JSON]? {
        var known: Set<String>?
        for _ in 0..<Self.mostReadings {
            guard let reading = try await whole(call, pageSize, page) else { return nil }
            let items = Self.distinct(reading.items, by: id)
            let ids = Set(items.map(id))
            if reading.pages == 1 || ids == known { return items }
            known = ids
        }
        throw .unavailable(
            reason: "\(call) listed something else each of \(Self.mostReadings) times that it was read", retryAfter: nil
        )
    }

    private func whole(
        _ call: String, _ pageSize: Int, _ page: Listing
    ) async throws(ConnectorError) -> (items: [JSON], pages: Int)? {
        var (items, pages) = ([JSON](), 0)
        while true {
            guard let next = try await page(pages * pageSize) else { return nil }
            items += next.items
            pages += 1
            guard next.hasMore else { return (items, pages) }
            guard !next.items.isEmpty else { throw .unexpected(reason: "\(call) has more and gives an empty page") }
        }
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
