extension SourceBatch {
    /// The identifier of each record, from its identifying fields, joined as ``Swift/Array/compoundIdentifier`` where there are several. Records
    /// without one are rejected.
    public mutating func identify(by names: [String]) -> [String] {
        let fields = names.map { self.fields.firstIndex(of: $0) }
        var identifiers: [String] = []
        var unusable: Set<Int> = []
        for row in 0..<count {
            do throws(Unidentified) {
                identifiers.append(try identifier(row, names, fields))
            } catch {
                unusable.insert(row)
                rejected.append(RejectedRecord(line: rows[row].line, texts: error.texts, raw: text(ofRow: row)))
            }
        }
        remove(unusable)
        return identifiers
    }

    private func identifier(_ row: Int, _ names: [String], _ fields: [Int?]) throws(Unidentified) -> String {
        var parts: [String] = []
        for (name, field) in zip(names, fields) {
            let part: String
            if let field { part = try identifying(field, of: row) } else { part = try identifying(name, ofWhole: row) }
            if part.isEmpty {
                throw Unidentified(zh: "用来识别记录的“\(name)”为空", en: "'\(name)', which identifies the record, is empty")
            }
            parts.append(part)
        }
        return parts.compoundIdentifier
    }

    private func identifying(_ field: Int, of row: Int) throws(Unidentified) -> String {
        if let text = text(field, of: row) { return text }
        let found =
            switch cell(field, of: row).kind {
            case .missing: (zh: "但没有这一项", en: "there is no such member")
            case .null: (zh: "但它为空", en: "got null")
            default: (zh: "但它是别的内容", en: "got something else")
            }
        throw Unidentified(
            zh: "“\(fields[field])”应为文本或数字，\(found.zh)",
            en: "expected text or a number at '\(fields[field])', \(found.en)")
    }

    private func identifying(_ name: String, ofWhole row: Int) throws(Unidentified) -> String {
        let record: JSON
        do throws(JSONSyntaxError) {
            record = try JSON.parse(text(ofRow: row))
        } catch {
            throw Unidentified(zh: "记录不是有效的 JSON", en: "the record is no JSON: \(error.message)")
        }
        do throws(JSONShapeError) {
            return try record.text(at: name)
        } catch {
            throw Unidentified(zh: "用来识别记录的“\(name)”缺失，或不是文本或数字", en: error.reason)
        }
    }
}

/// Why a record has no identifier.
private struct Unidentified: Error {
    let texts: LocalizedText

    init(zh: String, en: String) { texts = LocalizedText(zh: zh, en: en) }
}
