import PlumblineKit

/// A document as it was read, on its way to become records.
struct ERPNextDocument {
    let name: String
    let docstatus: Int
    /// Its members, to which links are added.
    var json: JSONObject
    /// Its rows, each with the members it has beside `id`.
    var rows: [(id: String, members: JSONObject)]
    /// As it came.
    let raw: JSON

    /// Refuses one whose values or rows are no such.
    init(_ json: JSON, form: ERPNextForm) throws(JSONShapeError) {
        name = try json.text(at: "name")
        docstatus = json["docstatus"]?.int ?? 0
        self.json = JSONObject(try form.members.read(from: json))
        rows = []
        raw = json
        guard let table = form.table else { return }
        for row in try json.array(at: table) {
            rows.append((try row.text(at: "name"), JSONObject(try form.rowMembers.read(from: row))))
        }
    }
}

extension ERPNextDocument {
    /// Gives it, and each row that names one itself, the document that a member names.
    mutating func name(_ member: String, by path: String, from found: [String: [JSON]]) {
        json[member] = json.text(behind: path).flatMap { found[$0]?.first } ?? .null
        for row in rows.indices {
            guard let name = rows[row].members.text(behind: path) else { continue }
            rows[row].members[member] = found[name]?.first ?? .null
        }
    }
}

extension ERPNextForm {
    /// What records of a document are called: by its type too where a stream has several.
    func identifier(_ name: String, amongForms count: Int) -> String {
        count == 1 ? name : [doctype, name].compoundIdentifier
    }

    /// The document as one record, its rows folded in.
    func folded(_ document: ERPNextDocument, id: String) -> SourceRecord {
        var members = header(of: document, id: id)
        if hasRows {
            members["rows"] = .array(
                document.rows.map { row in
                    .object(JSONObject([("id", .string(row.id))] + row.members.members.map { ($0.key, $0.value) }))
                })
        }
        return SourceRecord(id: id, version: nil, json: .object(members))
    }

    /// A record for each row, with the document's own members in it. A row's member counts before the document's.
    func unfolded(_ document: ERPNextDocument, id: String) -> [SourceRecord] {
        document.rows.map { row in
            let rowID = [id, row.id].compoundIdentifier
            var members = header(of: document, id: rowID)
            members["document"] = .string(document.name)
            for member in row.members.members { members[member.key] = member.value }
            return SourceRecord(id: rowID, version: nil, json: .object(members))
        }
    }

    private func header(of document: ERPNextDocument, id: String) -> JSONObject {
        JSONObject(
            [("id", .string(id)), ("doctype", .string(doctype)), ("docstatus", .int(document.docstatus))]
                + document.json.members.map { ($0.key, $0.value) })
    }
}
