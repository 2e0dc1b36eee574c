extension SourceBatch {
    /// The identifier of each record, from its identifying fields, joined with `/` where there are several. Records
    /// without one are rejected.
    public mutating func identify(by names: [String]) -> [String] {
        let fields = names.map { self.fields.firstIndex(of: $0) }
        var identifiers: [String] = []
        var unusable: Set<Int> = []
        for row in 0..<count {
            do throws(JSONShapeError) {
                identifiers.append(try identifier(row, names, fields))
            } catch {
                unusable.insert(row)
                rejected.append(RejectedRecord(line: rows[row].line, reason: error.reason, raw: text(ofRow: row)))
            }
        }
        remove(unusable)
        return identifiers
    }

    private func identifier(_ row: Int, _ names: [String], _ fields: [Int?]) throws(JSONShapeError) -> String {
        var parts: [String] = []
        for (name, field) in zip(names, fields) {
            let part: String
            if let field { part = try identifying(field, of: row) } else { part = try identifying(name, ofWhole: row) }
            if part.isEmpty { throw JSONShapeError(reason: "'\(name)', which identifies the record, is empty") }
            parts.append(part)
        }
        return parts.count == 1 ? parts[0] : parts.joined(separator: "/")
    }

    private func identifying(_ field: Int, of row: Int) throws(JSONShapeError) -> String {
        if let text = text(field, of: row) { return text }
        let found =
            switch cell(field, of: row).kind {
            case .missing: "there is no such member"
            case .null: "got null"
            default: "got something else"
            }
        throw JSONShapeError(reason: "expected text or a number at '\(fields[field])', \(found)")
    }

    private func identifying(_ name: String, ofWhole row: Int) throws(JSONShapeError) -> String {
        let record: JSON
        do throws(JSONSyntaxError) {
            record = try JSON.parse(text(ofRow: row))
        } catch {
            throw JSONShapeError(reason: "the record is no JSON: \(error.message)")
        }
        return try record.text(at: name)
    }
}
