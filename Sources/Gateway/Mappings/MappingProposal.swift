internal import Expressions
internal import Foundation
public import Indicators
internal import PlumblineKit
internal import RecordFiles

/// What the columns of a file may mean, for a person to confirm.
public struct MappingProposal: Sendable {
    /// What is proposed for one field.
    public struct Field: Sendable {
        /// The field of the record type.
        public let field: RecordField
        /// What people call it.
        public let label: BilingualText
        /// The proposed column; nil where none is proposed.
        public var column: String?
        /// Why that column, in words.
        public var reason: String?
        /// The expression of the mapping; nil where there is none yet.
        public var expression: String?
        /// Columns that a person may choose from, each with the reason, where it is not clear which is meant.
        public var candidates: [(column: String, reason: String)] = []
        /// What the values of the column are taken for; of enumerations and truth values alone.
        public var values: [ProposedValue] = []

        /// Whether records need it.
        public var isRequired: Bool { !field.isOptional && !field.isList }
        /// How sure the proposal is.
        public var certainty: Certainty {
            if expression != nil { return values.contains { $0.code == nil } ? .asked : .sure }
            return candidates.isEmpty ? .notFound : .asked
        }
    }

    /// How sure a proposal is.
    public enum Certainty: String, Sendable {
        /// By name, label or synonym, or because a person said so.
        case sure
        /// A person must choose.
        case asked
        /// No column looks like it.
        case notFound = "not_found"
    }

    /// The record type.
    public let type: RecordType
    /// The connection whose records the rows would become.
    public let connection: String
    /// Recognises files with these columns.
    public let fingerprint: String
    /// The fields in the type's order.
    public let fields: [Field]
    /// Columns that nothing reads.
    public let unread: [String]
    /// How to read the file, where a person must say it.
    public let fileQuestions: [String]
    let answers: SavedMapping.Answers
    let file: String
}

extension MappingProposal {
    /// The columns that identify a record; empty where they are not known yet.
    public var idColumns: [String] {
        let columns = type.key.map { key in fields.first { $0.field.name == key }?.column }
        return columns.contains(nil) ? [] : columns.compactMap(\.self)
    }

    /// What a person must say before the mapping can be used, each with how to say it.
    public var questions: [String] {
        var questions = fileQuestions
        for field in fields {
            let name = field.field.name
            if field.certainty == .asked, field.expression == nil {
                let columns = field.candidates.map { "'\($0.column)' (\($0.reason))" }.joined(separator: " or ")
                questions.append("is \(name) (\(field.label.zh) \(field.label.en)) \(columns)? --map \(name)=COLUMN")
            } else if field.expression == nil, field.isRequired {
                questions.append(
                    "what is \(name) (\(field.label.zh) \(field.label.en), \(field.field.typeText))? No column looks "
                        + "like it. --map \(name)=COLUMN\(Self.constant(field.field, named: name))")
            }
            questions += field.values.filter { $0.code == nil }.map { value in
                "what does '\(value.text)' in column '\(field.column ?? "")' mean? --map \"\(name).\(value.text)=CODE\"\(codes(field))"
            }
        }
        if idColumns.isEmpty, !fields.contains(where: { type.key.contains($0.field.name) && $0.expression == nil }) {
            questions.append(
                "which columns identify a record? They must be columns: \(type.key.joined(separator: ", "))")
        }
        return questions
    }

    /// Whether the mapping can be used as it is: every field that records need has an expression, and columns identify
    /// a record.
    public var isComplete: Bool {
        !idColumns.isEmpty && fields.allSatisfy { !$0.isRequired || $0.expression != nil }
    }

    private func codes(_ field: Field) -> String {
        guard case .enumeration(let names) = field.field.kind else { return ", true or false" }
        return ", one of " + names.joined(separator: ", ")
    }

    /// How to say what holds of every row. Numbers have no such hint: one that nobody knows is not zero.
    private static func constant(_ field: RecordField, named name: String) -> String {
        let example: String? =
            switch field.kind {
            case .bool: "false"
            case .int, .decimal, .money: nil
            case .enumeration(let names): FieldExpression.quoted(names.first ?? "")
            default: "'...'"
            }
        return example.map { ", or what holds of every row, such as --map \"\(name)=\($0)\"" } ?? ""
    }
}

extension Workspace {
    /// Proposes what the columns of a file mean for the record type that `request` names.
    ///
    /// `told` is what a person said: the column or the expression of a field under `FIELD`, the code of a value under
    /// `FIELD.VALUE`.
    /// - Throws: `HostError.invalid` where the file is nothing that is read, the type is none, or `told` names what is not.
    public func propose(_ request: ImportRequest, told: [String: String] = [:]) throws(HostError) -> MappingProposal {
        do throws(FileFault) {
            let file = try ImportFile(request)
            try file.refuseOpenForm()
            return try ProposalMaker(self, file).proposal(told)
        } catch {
            throw .invalid("\(request.path): \(error.text(in: configuration.language))")
        }
    }
}

/// Makes a proposal for the columns of one file.
private struct ProposalMaker {
    let workspace: Workspace
    let file: ImportFile
    let columns: [RecognisedColumn]

    init(_ workspace: Workspace, _ file: ImportFile) {
        (self.workspace, self.file) = (workspace, file)
        columns = Array(file.recognised.columns.prefix(file.columnNames.count))
    }

    func proposal(_ told: [String: String]) throws(FileFault) -> MappingProposal {
        let type = try type()
        let said = try Said(told, type, columns)
        let assignment = ColumnAssignment(
            type, columns, workspace.labels, told: said.columns, answered: Set(said.expressions.keys))
        return MappingProposal(
            type: type, connection: file.request.connection ?? HandConnection.name, fingerprint: file.fingerprint,
            fields: try fields(type, assignment, said), unread: assignment.unread(columns),
            fileQuestions: file.openQuestions { _ in true }.map { $0.text(in: workspace.configuration.language) },
            answers: .init(
                encoding: file.request.encoding, dateOrder: file.request.dateOrder,
                decimalMark: file.request.decimalMark),
            file: URL(filePath: file.request.path).lastPathComponent)
    }

    /// What a person has said about fields and values.
    private struct Said {
        var columns: [String: String] = [:]
        var expressions: [String: String] = [:]
        /// By field, then by the text of the value.
        var codes: [String: [String: String]] = [:]

        init(_ told: [String: String], _ type: RecordType, _ columns: [RecognisedColumn]) throws(FileFault) {
            let names = Set(columns.map(\.name))
            for (key, answer) in told {
                let parts = key.split(separator: ".", maxSplits: 1).map(String.init)
                guard let field = parts.first, type.slot(of: field) != nil else {
                    let known = type.fields.map(\.name).joined(separator: ", ")
                    let name = parts.first ?? ""
                    throw FileFault(
                        zh: "\(type.name) 没有字段“\(name)”；有：\(known)",
                        en: "\(type.name) has no field '\(name)'; it has: \(known)")
                }
                if parts.count > 1 {
                    codes[field, default: [:]][parts[1]] = answer
                } else if names.contains(answer) {
                    self.columns[field] = answer
                } else {
                    expressions[field] = answer
                }
            }
        }
    }

    private func type() throws(FileFault) -> RecordType {
        if let name = file.request.record {
            if let type = workspace.recordTypes[name] { return type }
            throw FileFault(LocalizedText(untranslated: HostError.unknownRecordType(name, workspace).description))
        }
        let ranked = workspace.recordTypes.values.map { type in
            (type.name, ColumnAssignment(type, columns, workspace.labels, told: [:], answered: []).chosen.count)
        }
        let best = ranked.filter { $0.1 > 0 }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.prefix(3)
        let fitting = best.map { "\($0.0) (\($0.1))" }.joined(separator: ", ")
        throw FileFault(
            zh: "请用 --record 说明每一行是什么" + (best.isEmpty ? "" : "；最符合的有 \(fitting)")
                + "。'plumbline template' 列出记录类型",
            en: "say with --record what a row is" + (best.isEmpty ? "" : "; most columns fit \(fitting)")
                + ". 'plumbline template' lists the record types")
    }

    private func fields(
        _ type: RecordType, _ assignment: ColumnAssignment, _ said: Said
    ) throws(FileFault) -> [MappingProposal.Field] {
        let translations = type.fields.reduce(into: [String: ValueTranslation]()) { found, field in
            found[field.name] = ValueTranslation(field, of: type, workspace.labels)
        }
        let choices = translations.keys.compactMap { assignment.chosen[$0]?.column }
        let values = try ColumnValues(Set(choices).sorted(), of: file)
        return type.fields.map { field in
            var proposal = MappingProposal.Field(
                field: field, label: workspace.labels.label(ofField: field.name, in: type.name).text)
            if let expression = said.expressions[field.name] {
                (proposal.expression, proposal.reason) = (expression, "you said so")
            } else if let match = assignment.chosen[field.name] {
                (proposal.column, proposal.reason) = (match.column, match.reason)
                let translation = translations[field.name]
                proposal.values = (values.texts[match.column] ?? []).compactMap { text in
                    let code = said.codes[field.name]?[text]
                    return code.map { ProposedValue(text: text, code: $0) } ?? translation?.value(text)
                }
                proposal.expression =
                    translation?.expression(match.column, proposal.values)
                    ?? FieldExpression.reading(match.column, as: field)
            } else {
                proposal.candidates = (assignment.asked[field.name] ?? []).map { ($0.column, $0.reason) }
            }
            return proposal
        }
    }
}
