import PlumblineKit

/// Makes records of rows.
struct YonyouRecords: Sendable {
    let list: YonyouList
    let clock: YonyouClock

    /// Adds what rows tell, in the order in which their identifiers come first.
    func add(_ rows: [YonyouRow], to page: inout Page) {
        var places: [String: Int] = [:]
        var groups: [(id: String, rows: [YonyouRow])] = []
        for row in rows {
            guard let id = row.id else {
                page.rejected.append(
                    RejectedRecord(id: "?", reason: "\(list.path): a row has no '\(list.idField)'", raw: row.raw))
                continue
            }
            if let place = places[id] {
                groups[place].rows.append(row)
            } else {
                places[id] = groups.count
                groups.append((id, [row]))
            }
        }
        for group in groups { add(group.id, group.rows, to: &page) }
    }

    private func add(_ id: String, _ rows: [YonyouRow], to page: inout Page) {
        do throws(JSONShapeError) {
            page.records.append(try record(id, rows))
        } catch {
            page.rejected.append(
                RejectedRecord(id: id, reason: error.reason, raw: rows.map(\.raw).joined(separator: [0x0A]).map { $0 }))
        }
    }

    private func record(_ id: String, _ rows: [YonyouRow]) throws(JSONShapeError) -> SourceRecord {
        if list.window != .none {
            guard let changed = rows.first?.changed else {
                throw JSONShapeError(reason: "'\(list.changedField)' is no time such as 2026-01-05 08:10:00")
            }
            // Rows that change one by one are never all in one window: such a document would be told in parts.
            guard rows.allSatisfy({ $0.changed == changed }) else {
                throw JSONShapeError(reason: "'\(list.changedField)' differs between the rows of one document")
            }
        }
        var members: [(String, JSON)] = [("id", .string(id))]
        for item in list.header { members.append((item.member, try headerValue(of: item.field, in: rows))) }
        if let key = list.entryKey { members.append(("entries", .array(try entries(of: rows, key: key)))) }
        if list.entryKey == nil, rows.count > 1 {
            throw JSONShapeError(reason: "several rows have this '\(list.idField)': name fields of entries")
        }
        return SourceRecord(id: id, version: nil, json: .object(JSONObject(members)))
    }

    private func headerValue(of field: String, in rows: [YonyouRow]) throws(JSONShapeError) -> JSON {
        let value = rows.first?.value(of: field) ?? .null
        guard rows.allSatisfy({ ($0.value(of: field) ?? .null) == value }) else {
            throw JSONShapeError(
                reason: "'\(field)' differs between the rows of one document: it is a field of entries")
        }
        return try value.yonyouValue(of: field, clock: clock)
    }

    /// The entries, by their numbers. A document without entries has a row too, with nothing in place of the number.
    private func entries(of rows: [YonyouRow], key: String) throws(JSONShapeError) -> [JSON] {
        var all: [(id: String, entry: JSON)] = []
        for row in rows {
            guard let id = row.value(of: key)?.scalarText, !id.isEmpty else {
                guard rows.count == 1 else { throw JSONShapeError(reason: "an entry has no '\(key)'") }
                return []
            }
            guard !all.contains(where: { $0.id == id }) else {
                throw JSONShapeError(reason: "the entry \(id) comes twice")
            }
            var members: [(String, JSON)] = [("id", .string(id))]
            for item in list.entries {
                let value = row.value(of: item.field) ?? .null
                members.append((item.member, try value.yonyouValue(of: item.field, clock: clock)))
            }
            all.append((id, .object(JSONObject(members))))
        }
        return all.sorted { ($0.id.utf8.count, $0.id) < ($1.id.utf8.count, $1.id) }.map(\.entry)
    }
}
