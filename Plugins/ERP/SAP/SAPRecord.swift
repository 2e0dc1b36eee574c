import PlumblineKit
import TrytonServer

/// Makes records of entities.
struct SAPRecord: Sendable {
    let set: SAPEntitySet
    let clock: LocalClock

    /// The key as one text.
    func identifier(of row: JSON) throws(JSONShapeError) -> String {
        var parts: [String] = []
        for key in set.keys {
            let text = try row.text(at: key)
            let day = ODataTime(text).map { String($0.instant.rfc3339.prefix(10)) }
            parts.append(text.hasPrefix("/Date(") ? day ?? text : text)
        }
        guard !parts.contains("") else { throw JSONShapeError(reason: "a field of the key is empty") }
        return parts.compoundIdentifier
    }

    /// The record of an entity, with its items.
    func record(of row: JSON, items: [JSON]) throws(JSONShapeError) -> SourceRecord {
        let id = try identifier(of: row)
        var members = try values(set.members, in: row)
        if let own = set.items {
            let list = try self.items(items, own)
            if members["amount"] == nil, own.members.contains(where: { $0.name == "amount" }) {
                members["amount"] = try Self.amount(of: list)
            }
            members["items"] = .array(list.map(JSON.object))
        }
        let all = [("id", JSON.string(id))] + members.members.map { ($0.key, $0.value) }
        return SourceRecord(id: id, version: nil, json: .object(JSONObject(all)))
    }

    private func items(_ rows: [JSON], _ own: SAPEntitySet.Items) throws(JSONShapeError) -> [JSONObject] {
        var (list, known) = ([JSONObject](), Set<String>())
        for row in rows {
            let id = try row.text(at: own.key)
            guard known.insert(id).inserted else { throw JSONShapeError(reason: "the item \(id) comes twice") }
            let values = try values(own.members, in: row).members.map { ($0.key, $0.value) }
            list.append(JSONObject([("id", .string(id))] + values))
        }
        return list
    }

    /// The sum of what items cost that are not deleted, exactly; null where one does not say, where there is none at all, and
    /// where a code is not known. `L` is deleted, `S` blocked.
    private static func amount(of items: [JSONObject]) throws(JSONShapeError) -> JSON {
        guard !items.isEmpty else { return .null }
        var sum = Amount.zero
        for item in items {
            let code = item["deleted"] ?? .null
            if code == "L" { continue }
            guard code.isNull || code == "S" else { return .null }
            guard let amount = item["amount"]?.scalarText else { return .null }
            guard let next = Amount(amount).flatMap(sum.adding) else {
                throw JSONShapeError(reason: "the amounts of the items are too large to be added")
            }
            sum = next
        }
        return sum.json
    }

    private func values(_ members: [SAPMember], in row: JSON) throws(JSONShapeError) -> JSONObject {
        var values = JSONObject()
        for member in members {
            let value = try member.path.value(in: row)
            do throws(JSONShapeError) {
                values[member.name] = try self.value(value, as: member.type)
            } catch {
                throw JSONShapeError(reason: "'\(member.name)': \(error.reason)")
            }
        }
        return values
    }

    private func value(_ value: JSON, as type: String?) throws(JSONShapeError) -> JSON {
        if value.isNull { return .null }
        switch type {
        case "string": return try value.odataText
        case "number": return try value.odataNumber
        case "bool": return try value.odataFlag
        case "date": return try value.odataDay
        case "time": return .time(try moment(value))
        case "int": return try value.odataSpan
        default: return try asTold(value)
        }
    }

    /// Times in one form, anything else that is one value as it stands there.
    private func asTold(_ value: JSON) throws(JSONShapeError) -> JSON {
        guard value.array == nil, value.object == nil else {
            throw JSONShapeError(reason: "expected one value, got \(value.kind)")
        }
        guard let text = value.string, text.hasPrefix("/Date(") else { return value }
        return .time(try moment(value))
    }

    private func moment(_ value: JSON) throws(JSONShapeError) -> Instant? {
        guard let text = value.string, let time = text.isEmpty ? nil : ODataTime(text) else {
            if value.string == "" { return nil }
            throw JSONShapeError(reason: "expected a time such as /Date(1767571200000)/, got \(value.kind)")
        }
        switch time {
        case .moment(let moment): return moment
        case .local(let local), .day(let local): return clock.earliest(local)
        }
    }
}

extension JSON {
    /// A text without space around; null where it is empty.
    fileprivate var odataText: JSON {
        get throws(JSONShapeError) {
            if let flag = bool { return flag ? "true" : "false" }
            guard let text = scalarText else { throw JSONShapeError(reason: "expected text, got \(kind)") }
            let words = text.trimmingPrefix { $0.isWhitespace }
            let end = words.lastIndex { !$0.isWhitespace }
            return end.map { .string(String(words[...$0])) } ?? .null
        }
    }

    /// A number, or the text of one, as V2 writes decimals and long whole numbers. No digit is lost.
    fileprivate var odataNumber: JSON {
        get throws(JSONShapeError) {
            guard let text = scalarText else { throw JSONShapeError(reason: "expected a number, got \(kind)") }
            if text.isEmpty { return .null }
            guard case .number(let number)? = try? JSON.parse(Array(text.utf8)), number == text else {
                throw JSONShapeError(reason: "expected a number, got text that is none")
            }
            return .number(number)
        }
    }

    /// True or false, or ABAP's `X` and an empty text.
    fileprivate var odataFlag: JSON {
        get throws(JSONShapeError) {
            if bool != nil { return self }
            switch string {
            case "X", "true": return true
            case "", " ", "false": return false
            default: throw JSONShapeError(reason: "expected true or false, got \(kind)")
            }
        }
    }

    /// A day such as `2026-01-05`.
    fileprivate var odataDay: JSON {
        get throws(JSONShapeError) {
            guard let text = string else { throw JSONShapeError(reason: "expected a date, got \(kind)") }
            if text.isEmpty { return .null }
            guard let time = ODataTime(text) else { throw JSONShapeError(reason: "expected a date, got other text") }
            return .string(LocalDay(of: time.instant, secondsAhead: 0).text)
        }
    }

    /// A whole number, or the seconds of a text such as `PT08H30M00S`.
    fileprivate var odataSpan: JSON {
        get throws(JSONShapeError) {
            if let text = string, let seconds = text.odataSeconds { return .int(seconds) }
            guard let number = scalarText.flatMap({ Int($0) }) else {
                throw JSONShapeError(reason: "expected a time of day or a duration such as PT08H30M00S, got \(kind)")
            }
            return .int(number)
        }
    }
}
