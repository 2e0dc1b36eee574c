/// The people file and what directories tell, put together.
///
/// Where both know a person, a cell that the file fills counts on the days of its row, and an empty one is filled from the
/// directory. The person is there on the days that either tells of, with two exceptions:
///
/// - A row of the file without an end lasts until the directory says that the person left. A row that begins on that day, or
///   later, keeps them.
/// - After the last row of the file has ended, the directory brings the person back only by an employment that begins
///   later.
public struct PeopleLayers: Sendable {
    private let file: [String: [DirectoryEntry]]
    private let told: [String: [DirectoryEntry]]
    private let inFile: [DirectoryEntry]

    /// The layers; of several directories that tell of a person, the first counts.
    public init(file: [DirectoryEntry], directories: [DirectoryHistory]) {
        inFile = file
        self.file = Dictionary(grouping: file, by: \.employee)
        told = directories.map(\.people).reduce(into: [:]) { told, people in
            told.merge(people.mapValues(\.rows)) { first, _ in first }
        }
    }

    /// The rows that count: those of the file in its order, then those whom only a directory knows.
    public var entries: [DirectoryEntry] {
        var seen: Set<String> = []
        let order =
            inFile.map(\.employee).filter { seen.insert($0).inserted } + told.keys.filter { file[$0] == nil }.sorted()
        return order.flatMap(rows)
    }

    private func rows(of employee: String) -> [DirectoryEntry] {
        guard let own = file[employee] else { return told[employee] ?? [] }
        guard let told = told[employee] else { return own }
        return PersonLayers(file: own, told: told).rows
    }

    /// Where the file's word counts against a directory's on `day`, by staff number and column.
    public func differences(on day: Day) -> [DirectoryDifference] {
        file.keys.sorted().flatMap { employee -> [DirectoryDifference] in
            guard let told = told[employee], let row = file[employee]?.first(where: { $0.isValid(on: day) }),
                let other = told.first(where: { $0.isValid(on: day) })
            else { return [] }
            return row.differences(from: other)
        }
    }
}

/// A cell of the people file that says other than a directory.
public struct DirectoryDifference: Sendable, Hashable {
    /// The staff number.
    public let employee: String
    /// The column of the people file.
    public let column: String
    /// What the file says, which counts.
    public let file: String
    /// What the directory says.
    public let directory: String
}

/// The rows of one person whom both know.
private struct PersonLayers {
    let file: [DirectoryEntry]
    let told: [DirectoryEntry]

    var rows: [DirectoryEntry] {
        var rows: [DirectoryEntry] = []
        for span in spans {
            guard var row = row(on: span) else { continue }
            (row.validFrom, row.validTo) = (span.from, span.to)
            if let last = rows.last, last.validTo == span.from, last.says(sameAs: row) {
                rows[rows.count - 1].validTo = span.to
            } else {
                rows.append(row)
            }
        }
        return rows
    }

    /// The days between any two borders of rows.
    private var spans: [DaySpan] {
        let borders = Set((file + told).flatMap { [$0.validFrom, $0.validTo] }.compactMap(\.self)).sorted()
        return zip([nil] + borders.map(Optional.some), borders.map(Optional.some) + [nil]).map(DaySpan.init)
    }

    private func row(on span: DaySpan) -> DirectoryEntry? {
        let day = span.from ?? (span.to.map { $0 + -1 } ?? Day(sinceEpoch: 0))
        switch (file.first { $0.isValid(on: day) }, told.first { $0.isValid(on: day) }) {
        case (let own?, let other?): return own.completed(from: other)
        case (let own?, nil): return lasts(own, until: day) ? own : nil
        case (nil, let other?): return mayReturn(other, on: day) ? other : nil
        case (nil, nil): return nil
        }
    }

    /// Whether a row of the file holds on a day of which the directory does not tell: one without an end does not where the
    /// directory has said since its beginning that the person left.
    private func lasts(_ own: DirectoryEntry, until day: Day) -> Bool {
        guard own.validTo == nil, let end = told.compactMap(\.validTo).filter({ $0 <= day }).max() else { return true }
        return own.validFrom.map { $0 >= end } ?? false
    }

    /// Whether a row of the directory counts on a day of which the file does not tell.
    private func mayReturn(_ other: DirectoryEntry, on day: Day) -> Bool {
        guard let end = lastEnd, day >= end else { return true }
        return beginning(of: other).map { $0 >= end } ?? false
    }

    /// Where the file's last row ends; nil where it does not.
    private var lastEnd: Day? {
        file.contains { $0.validTo == nil } ? nil : file.compactMap(\.validTo).max()
    }

    /// The first day of the employment that a row of the directory belongs to.
    private func beginning(of row: DirectoryEntry) -> Day? {
        var first = row
        while let before = told.first(where: { $0.validTo != nil && $0.validTo == first.validFrom }) { first = before }
        return first.validFrom
    }
}

extension DirectoryEntry {
    /// The row with empty cells filled from another.
    fileprivate func completed(from other: DirectoryEntry) -> DirectoryEntry {
        var row = self
        row.nameZh = nameZh ?? other.nameZh
        row.nameEn = nameEn ?? other.nameEn
        row.unit = unit ?? other.unit
        row.position = position ?? other.position
        row.manager = manager ?? other.manager
        if emails.isEmpty { row.emails = other.emails }
        if phones.isEmpty { row.phones = other.phones }
        if responsibleFor.isEmpty { row.responsibleFor = other.responsibleFor }
        return row
    }

    fileprivate func says(sameAs other: DirectoryEntry) -> Bool {
        var other = other
        (other.validFrom, other.validTo) = (validFrom, validTo)
        return self == other
    }

    fileprivate func differences(from other: DirectoryEntry) -> [DirectoryDifference] {
        zip(cells, other.cells).compactMap { own, told in
            let isSame = own.texts.map { $0.lowercased() } == told.texts.map { $0.lowercased() }
            if own.texts.isEmpty || told.texts.isEmpty || isSame { return nil }
            return DirectoryDifference(
                employee: employee, column: own.column, file: own.texts.joined(separator: "; "),
                directory: told.texts.joined(separator: "; "))
        }
    }

    private var cells: [(column: String, texts: [String])] {
        let single = [
            ("name_zh", nameZh), ("name_en", nameEn), ("unit", unit), ("position", position), ("manager", manager),
        ].map { ($0.0, [$0.1].compactMap(\.self)) }
        return single + [
            ("emails", emails.sorted()), ("phones", phones.sorted()), ("responsible_for", responsibleFor.sorted()),
        ]
    }
}
