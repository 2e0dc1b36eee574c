import PlumblineKit

/// A response as the export has it, with all that must not be told.
struct LimeSurveyRow: Sendable {
    /// Its number, which never leaves the connector.
    let number: Int
    let json: JSON
}

/// Reads the file that `export_responses` gives. Errors say nothing of what is in it.
enum LimeSurveyExport {
    /// The responses in the base64 of a JSON file: flat ones, or each under its number.
    static func rows(of result: JSON, survey: String) throws(ConnectorError) -> [LimeSurveyRow] {
        guard let text = result.string, let bytes = Base64.decode(text.filter { !$0.isWhitespace }),
            let file = try? JSON.parse(bytes), let list = list(file["responses"])
        else {
            throw .unexpected(reason: "export_responses of survey \(survey) gave no base64 of {\"responses\":[…]}")
        }
        if list.count == 1, isBlank(list[0]) { return [] }
        var rows: [LimeSurveyRow] = []
        for item in list {
            guard let row = row(item) else {
                throw .unexpected(reason: "export_responses of survey \(survey) gave a response without 'id'")
            }
            rows.append(row)
        }
        return rows
    }

    private static func list(_ responses: JSON?) -> [JSON]? {
        responses?.array ?? responses?.object?.members.map { .object([$0.key: $0.value]) }
    }

    /// Whether this is the one row, empty in all columns, by which servers say that a range holds nothing.
    private static func isBlank(_ item: JSON) -> Bool {
        guard let members = item.object?.members else { return false }
        if members.count == 1, members[0].key.isEmpty { return isBlank(members[0].value) }
        return members.contains { $0.key == "id" } && members.allSatisfy { $0.value.isNull || $0.value == "" }
    }

    private static func row(_ item: JSON) -> LimeSurveyRow? {
        if let number = number(item["id"]) { return LimeSurveyRow(number: number, json: item) }
        guard let members = item.object?.members, members.count == 1, let number = Int(members[0].key),
            members[0].value.object != nil
        else { return nil }
        return LimeSurveyRow(number: number, json: members[0].value)
    }

    private static func number(_ id: JSON?) -> Int? {
        id?.scalarText.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    }
}
