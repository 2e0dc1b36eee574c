import PlumblineKit

/// Reads what was deleted of a form, from the documents that Frappe keeps of it.
struct ERPNextDeleted {
    let client: ERPNextClient
    let settings: Settings
    let form: ERPNextForm
    let stream: ERPNextStream

    static let doctype = Setting<String>.text(
        "deleted_doctype", default: "Deleted Document",
        LocalizedText(zh: "记录删除的 DocType（未经证实）", en: "The DocType that keeps deletions (not confirmed)"))
    static let fields = Setting<[String: String]>.map(
        "deleted_fields", default: ["doctype": "deleted_doctype", "name": "deleted_name", "data": "data"],
        LocalizedText(
            zh: "其中被删除单据的 doctype、name 与内容 data 的字段名（未经证实）",
            en: "Its fields with the type, the name and the contents of what was deleted (not confirmed)"))

    /// The list of what was deleted of the form's type, in the order in which it went.
    func list() throws(ConnectorError) -> ERPNextList {
        let type = try field("doctype")
        return ERPNextList(
            client: client, doctype: settings[Self.doctype], key: "creation",
            filters: [[.string(type), "=", .string(form.doctype)]], limit: settings[ERPNextSettings.pageSize])
    }

    /// Adds what was deleted since the walk began and is not there again; the place behind it, nil at the end.
    func read(
        _ walk: ERPNextWalk, amongForms count: Int, into page: inout Page
    ) async throws(ConnectorError) -> ERPNextPlace? {
        let name = try field("name")
        let data = stream.isOfRows ? try field("data") : nil
        let fields = [name] + [data].compactMap(\.self)
        guard let next = try await list().next(after: walk.place, from: walk.from, fields: fields) else { return nil }
        let there = try await there(next.rows.compactMap { $0[name]?.scalarText })
        for row in next.rows {
            guard let name = row[name]?.scalarText, !there.contains(name) else { continue }
            let id = form.identifier(name, amongForms: count)
            page.deleted += identifiers(id, contents: data.flatMap { row[$0]?.string }).map { DeletedRecord(id: $0) }
        }
        return next.place
    }

    private func field(_ member: String) throws(ConnectorError) -> String {
        guard let field = settings[Self.fields][member], ERPNextQuery.isField(field) else {
            throw .settings(field: Self.fields.field.key, reason: "say the name of the field '\(member)'")
        }
        return field
    }

    /// Of rows, only the identifiers are taken from what was kept.
    private func identifiers(_ id: String, contents: String?) -> [String] {
        guard stream.isOfRows else { return [id] }
        let kept = contents.flatMap { try? JSON.parse(Array($0.utf8)) }
        let rows = form.table.flatMap { kept?[$0]?.array } ?? []
        return rows.compactMap { $0["name"]?.scalarText }.map { [id, $0].compoundIdentifier }
    }

    /// Which of these names are there: the last name of a series is given away again.
    private func there(_ names: [String]) async throws(ConnectorError) -> Set<String> {
        var there: Set<String> = []
        for start in stride(from: 0, to: names.count, by: 25) {
            let batch = names[start..<min(start + 25, names.count)].map(JSON.string)
            let rows = try await client.list(.all(form.doctype, fields: [], where: [["name", "in", .array(batch)]]))
            there.formUnion(rows.compactMap { $0["name"]?.scalarText })
        }
        return there
    }
}
