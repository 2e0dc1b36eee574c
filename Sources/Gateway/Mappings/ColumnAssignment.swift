internal import Indicators
internal import RecordFiles

/// Which column is proposed for which field. Where two fit, none is: a person is asked.
struct ColumnAssignment {
    /// The column of each field that has one, by the field's name.
    private(set) var chosen: [String: ColumnMatch] = [:]
    /// What a person is asked to choose from, by the field's name.
    private(set) var asked: [String: [ColumnMatch]] = [:]
    private let fields: [RecordField]
    private var free: [RecognisedColumn]
    private let names: [String: FieldNames]

    /// The assignment for the columns of a file. `told` is what a person has said, by the field's name; `answered` are the
    /// fields that need no column because a person gave an expression.
    init(
        _ type: RecordType, _ columns: [RecognisedColumn], _ labels: RecordLabels, told: [String: String],
        answered: Set<String>
    ) {
        fields = type.fields.filter { told[$0.name] == nil && !answered.contains($0.name) }
        free = columns.filter { column in !told.values.contains(column.name) }
        names = Dictionary(
            type.fields.map { ($0.name, FieldNames($0, of: type, labels)) }, uniquingKeysWith: { first, _ in first })
        for (field, column) in told {
            chosen[field] = ColumnMatch(column: column, kind: .told, reason: "you said so")
        }
        for kind in [ColumnMatch.Kind.sameName, .label, .synonym] { assign(kind) }
        ask()
        askForTimes()
    }

    /// Columns that no field gets and nobody is asked about.
    func unread(_ columns: [RecognisedColumn]) -> [String] {
        let read = Set(chosen.values.map(\.column)).union(asked.values.joined().map(\.column))
        return columns.map(\.name).filter { !$0.isEmpty && !read.contains($0) }
    }

    private func isOpen(_ field: RecordField) -> Bool { chosen[field.name] == nil && asked[field.name] == nil }

    /// Gives a column to the only field that wants it, if it is the only one that the field wants.
    private mutating func assign(_ kind: ColumnMatch.Kind) {
        var wanted: [(field: RecordField, matches: [ColumnMatch])] = []
        for field in fields where isOpen(field) {
            let matches = free.compactMap { names[field.name]?.match($0) }.filter { $0.kind == kind }
            if !matches.isEmpty { wanted.append((field, matches)) }
        }
        var wishes: [String: Int] = [:]
        for match in wanted.flatMap(\.matches) { wishes[match.column, default: 0] += 1 }
        for (field, matches) in wanted {
            if matches.count == 1, wishes[matches[0].column] == 1 {
                chosen[field.name] = matches[0]
            } else {
                asked[field.name] = matches
            }
        }
        free.removeAll { wishes[$0.name] != nil }
    }

    /// Mere likeness is a question.
    private mutating func ask() {
        for field in fields where isOpen(field) {
            let matches = free.compactMap { names[field.name]?.match($0) }.filter { $0.kind == .similar }
            if !matches.isEmpty { asked[field.name] = matches }
        }
    }

    /// The only column of dates that is left may be the only time that is needed.
    private mutating func askForTimes() {
        let open = fields.filter { isOpen($0) && $0.isTime && !$0.isOptional }
        let offered = Set(asked.values.joined().map(\.column))
        let dates = free.filter { ($0.type == .date || $0.type == .dateTime) && !offered.contains($0.name) }
        guard open.count == 1, dates.count == 1 else { return }
        asked[open[0].name] = [
            ColumnMatch(column: dates[0].name, kind: .onlyOne, reason: "looks like dates and is the only one")
        ]
    }
}
