internal import Foundation
internal import Indicators
internal import PlumblineKit
internal import RecordFiles
internal import YAMLDocument

extension MappingProposal {
    /// The proposal as a file of `mappings/`, for a person to edit.
    public func yaml(named name: String) -> String {
        var lines = [
            "# What the columns of \(file.onOneCommentLine) mean, proposed by 'plumbline import --propose'. Edit it as you",
            "# like: 'plumbline lint' checks it, and files with the same columns are read by it from now on.",
            "mapping: \(Self.scalar(name))", "connection: \(Self.scalar(connection))", "record: \(type.name)",
            "# Recognises the columns, in any order.", "columns: \"\(fingerprint)\"",
            "# The columns that identify a record.",
            "id: [\(idColumns.map { JSON.string($0).text }.joined(separator: ", "))]",
        ]
        lines += answers.encoding.map { ["encoding: \($0.rawValue)"] } ?? []
        lines += answers.dateOrder.map { ["date_order: \($0.rawValue)"] } ?? []
        lines += answers.decimalMark.map { ["decimal_mark: \($0 == .comma ? "comma" : "point")"] } ?? []
        return (lines + ["map:"] + fields.flatMap(Self.lines)).joined(separator: "\n") + "\n"
    }

    private static func lines(_ field: Field) -> [String] {
        let name = field.field.name
        guard let expression = field.expression else {
            if !field.isRequired, field.candidates.isEmpty { return [] }
            let columns = field.candidates.map { "'\($0.column)'" }.joined(separator: " or ").onOneCommentLine
            return ["  # \(name): \(field.field.typeText)" + (columns.isEmpty ? ", not found" : ", perhaps \(columns)")]
        }
        let unknown = field.values.filter { $0.code == nil }.map { "  # not known: '\($0.text.onOneCommentLine)'" }
        let reason = field.column == nil ? nil : field.reason
        return (reason.map { ["  # \($0.onOneCommentLine)"] } ?? []) + unknown + ["  \(name): \(scalar(expression))"]
    }

    /// Plain where that means the same, else in quotes.
    private static func scalar(_ text: String) -> String {
        let isPlain =
            text.first.map { $0.isLetter } == true && text.last != ":"
            && !text.contains { $0.isNewline || $0 == "#" || $0 == "\t" } && !text.contains(": ")
            && !["true", "false", "null", "yes", "no", "on", "off"].contains(text.lowercased())
        return isPlain ? text : JSON.string(text).text
    }
}

extension Workspace {
    /// Keeps a proposal as `mappings/NAME.yaml`; gives the file's name in the workspace.
    ///
    /// A mapping of that name that was saved for the same columns is replaced.
    /// - Throws: `HostError.invalid` where the proposal is not complete, the name is taken, or the file cannot be written.
    public func save(_ proposal: MappingProposal, as name: String) throws(HostError) -> String {
        let isName = !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || "-_".contains($0) }
        guard isName else { throw .invalid("'\(name)' is no name for a mapping: use letters, digits, - and _") }
        guard proposal.isComplete else {
            throw .invalid(
                "nothing is saved while questions are open:\n  " + proposal.questions.joined(separator: "\n  "))
        }
        let file = "\(SavedMapping.folder)/\(name).yaml"
        if let other = mappings.first(where: { $0.fingerprint == proposal.fingerprint && $0.file != file }),
            other.connection == proposal.connection
        {
            throw .invalid("\(other.file) is for the same columns; edit that, or delete it first")
        }
        try check(proposal.yaml(named: name), file)
        let url = URL(filePath: folder).appending(path: file)
        let isOthers = mappings.first { $0.file == file }.map { $0.fingerprint != proposal.fingerprint } ?? false
        if isOthers { throw .invalid("\(file) is for other columns; save under another name") }
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(proposal.yaml(named: name).utf8).write(to: url, options: .atomic)
        } catch { throw .invalid("\(url.path) cannot be written: \(error.localizedDescription)") }
        return file
    }
}

extension Workspace {
    /// - Throws: Where the mapping would be one with mistakes: nothing works in a workspace that has any.
    private func check(_ text: String, _ file: String) throws(HostError) {
        let log = ProblemLog()
        let reader = SavedMappingReader(
            types: recordTypes, connections: connections, calendar: calendar, reportedValues: reportedValues, log: log)
        do throws(Problem) {
            _ = reader.mapping(try YAMLNode.parse(text, file: file))
        } catch { log.add(error) }
        if log.problems.isEmpty { return }
        throw .invalid("nothing is saved, for the mapping would have mistakes:\n\(InvalidConfiguration(log.problems))")
    }
}

extension String {
    /// The text on one line of a comment.
    fileprivate var onOneCommentLine: String { String(map { $0.isNewline ? " " : $0 }) }
}
