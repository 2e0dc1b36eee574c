internal import Gateway
internal import Indicators
internal import PlumblineKit

/// Shows what the columns of a file may mean, and keeps it where that is wanted.
struct ProposalCommand {
    let workspace: Workspace
    let isJSON: Bool

    func run(_ request: ImportRequest, _ told: [String], saveAs name: String?) throws {
        let proposal = try workspace.propose(request, told: Self.answers(told))
        let file: String?
        do {
            file = try name.map { try workspace.save(proposal, as: $0) }
        } catch {
            if !isJSON { StandardOutput.write(text(proposal, named: name, saved: nil)) }
            throw error
        }
        if isJSON { return printJSON(proposal.json(named: name, saved: file)) }
        StandardOutput.write(text(proposal, named: name, saved: file))
    }

    /// `FIELD=COLUMN` or `FIELD=EXPRESSION`, by field.
    private static func answers(_ told: [String]) -> [String: String] {
        let pairs = told.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }

    private func text(_ proposal: MappingProposal, named name: String?, saved: String?) -> String {
        var text = table(proposal)
        if !proposal.unread.isEmpty {
            text += "\nNothing reads the columns: \(proposal.unread.map(\.onOneLine).joined(separator: ", "))\n"
        }
        text += "\n"
        for question in proposal.questions { text += "question: \(question.onOneLine)\n" }
        if let saved {
            return text + "Saved as \(saved): files with these columns are imported by it from now on.\n"
        }
        let next =
            proposal.isComplete
            ? "--save NAME keeps it as mappings/NAME.yaml." : "--save NAME keeps it once the questions are answered."
        return text + (name == nil ? "\n\(proposal.yaml(named: "NAME"))\n\(next)\n" : "")
    }

    private func table(_ proposal: MappingProposal) -> String {
        let isChinese = workspace.configuration.language == "zh"
        var table = Table("FIELD", "", "COLUMN", "SURE", "WHY")
        for field in proposal.fields where field.certainty != .notFound || field.isRequired {
            let column = field.column ?? field.candidates.map(\.column).joined(separator: " or ")
            let reason = field.reason ?? field.candidates.map(\.reason).joined(separator: "; ")
            table.add(
                field.field.name + (field.isRequired ? " *" : ""), isChinese ? field.label.zh : field.label.en,
                column.isEmpty ? field.expression ?? "-" : column, field.shownCertainty, reason)
        }
        return table.text(empty: "No column looks like a field.") + "* needed\n"
    }
}

extension MappingProposal.Field {
    fileprivate var shownCertainty: String {
        switch certainty {
        case .sure: "yes"
        case .asked: "asked"
        case .notFound: "not found"
        }
    }

    fileprivate var json: JSON {
        [
            "field": .string(field.name), "label": ["zh": .string(label.zh), "en": .string(label.en)],
            "type": .string(field.typeText), "required": .bool(isRequired),
            "certainty": .string(certainty.rawValue), "column": .text(column), "reason": .text(reason),
            "expression": .text(expression),
            "candidates": .array(candidates.map { ["column": .string($0.column), "reason": .string($0.reason)] }),
            "values": .array(values.map { ["value": .string($0.text), "code": .text($0.code)] }),
        ]
    }
}

extension MappingProposal {
    fileprivate func json(named name: String?, saved: String?) -> JSON {
        [
            "record": .string(type.name), "connection": .string(connection), "columns": .string(fingerprint),
            "fields": .array(fields.map(\.json)), "unread": .array(unread.map(JSON.string)),
            "questions": .array(questions.map(JSON.string)), "yaml": .string(yaml(named: name ?? "NAME")),
            "saved": .text(saved),
        ]
    }
}
