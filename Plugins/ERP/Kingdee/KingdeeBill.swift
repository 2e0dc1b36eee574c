import PlumblineKit

/// A bill with all its rows: one for each entry, each repeating the bill's own fields.
struct KingdeeBill {
    let key: Int
    var rows: [[JSON]]
}

extension KingdeeForm {
    /// The bill as one record, with its entries folded in.
    func folded(_ bill: KingdeeBill) throws(JSONShapeError) -> [SourceRecord] {
        var members = try headerMembers(of: bill)
        members["entries"] = .array(try entryMembers(of: bill).map { .object($0.members) })
        return [record(String(bill.key), members)]
    }

    /// A record for each entry, with the bill's own fields in it; one for the bill where the form has no entries.
    func unfolded(_ bill: KingdeeBill) throws(JSONShapeError) -> [SourceRecord] {
        var header = try headerMembers(of: bill)
        guard entryKey != nil else { return [record(String(bill.key), header)] }
        header["bill_id"] = .string(String(bill.key))
        return try entryMembers(of: bill).map { entry in
            var members = header
            for member in entry.members.members where member.key != "id" { members[member.key] = member.value }
            return record([String(bill.key), entry.id].compoundIdentifier, members)
        }
    }

    private func record(_ id: String, _ members: JSONObject) -> SourceRecord {
        SourceRecord(
            id: id, version: nil,
            json: .object(JSONObject([("id", .string(id))] + members.members.map { ($0.key, $0.value) })))
    }

    private func headerMembers(of bill: KingdeeBill) throws(JSONShapeError) -> JSONObject {
        var members = JSONObject()
        for (place, item) in header.enumerated() {
            let cell = keys.count + place
            guard let value = bill.rows.first?[cell], bill.rows.allSatisfy({ $0[cell] == value }) else {
                throw JSONShapeError(
                    reason: "'\(item.field)' differs between the rows of one bill: it is a field of entries")
            }
            members[item.member] = try value.kingdeeValue(of: item.field)
        }
        return members
    }

    private func entryMembers(of bill: KingdeeBill) throws(JSONShapeError) -> [(id: String, members: JSONObject)] {
        guard entryKey != nil else { return [] }
        var all: [(id: String, members: JSONObject)] = []
        for row in bill.rows {
            // A bill without entries has a row too, with nothing in place of the entry's number.
            guard let id = row[1].scalarText, !["", "0"].contains(id) else { continue }
            var members: JSONObject = ["id": .string(id)]
            for (place, item) in entries.enumerated() {
                members[item.member] = try row[keys.count + header.count + place].kingdeeValue(of: item.field)
            }
            guard !all.contains(where: { $0.id == id }) else {
                throw JSONShapeError(
                    reason: "the entry \(id) has several rows: a field belongs to something inside of entries")
            }
            all.append((id, members))
        }
        return all
    }
}

extension JSON {
    /// A cell as records hold it: times without fraction, texts without space around; null for empty texts and for the
    /// first day of the calendar, which stands for no time.
    func kingdeeValue(of field: String) throws(JSONShapeError) -> JSON {
        switch self {
        case .null, .bool, .number: return self
        case .string(let text):
            if let time = Instant(kingdee: text) {
                return time < Self.firstTime ? .null : .string(time.kingdeeText)
            }
            let words = text.trimmingPrefix { $0.isWhitespace }
            let end = words.lastIndex { !$0.isWhitespace }
            return end.map { .string(String(words[...$0])) } ?? .null
        case .array, .object: throw JSONShapeError(reason: "expected a value at '\(field)', got \(kind)")
        }
    }

    private static var firstTime: Instant { Instant(year: 2, month: 1, day: 1) ?? Instant(microseconds: 0) }
}
