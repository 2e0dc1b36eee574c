/// The people file and what directories tell, put together.
///
/// What the file fills counts; what it leaves empty is filled from the directory, days as well:
///
/// - A cell counts on the days of its row.
/// - A person of the file is there on the days of their rows. A first row without `valid_from` begins when the directory says
///   that they joined, a last one without `valid_to` ends when it says that they left. A row that begins on that day, or
///   later, keeps them.
/// - After the last row of the file has ended, the directory brings the person back only by an employment that begins
///   later.
/// - A person who is not in the file is there as the directory says.
///
/// Of several directories, each tells of the days of which those before it do not.
public struct PeopleLayers: Sendable {
    private let file: [String: [DirectoryEntry]]
    private let told: [String: [DirectoryEntry]]
    private let inFile: [DirectoryEntry]

    /// The layers. Staff numbers that differ by case alone are the same: the file's spelling counts, then that of the first
    /// directory.
    public init(file: [DirectoryEntry], directories: [DirectoryHistory]) {
        inFile = file
        self.file = Dictionary(grouping: file, by: \.employee)
        let rows = directories.map(\.entries)
        let numbers = file.map(\.employee) + rows.joined().map(\.employee)
        let spelling = Dictionary(numbers.map { ($0.lowercased(), $0) }) { first, _ in first }
        told = rows.reduce(into: [:]) { told, rows in
            let spelled = Dictionary(grouping: rows.map { $0.spelled(spelling) }, by: \.employee)
            told.merge(spelled) { FilledRows(first: $0, second: $1).rows }
        }
    }

    /// The rows that count: those of the file in its order, then those whom only a directory knows.
    public var entries: [DirectoryEntry] {
        var seen: Set<String> = []
        let others = told.keys.filter { file[$0] == nil }.sorted()
        return (inFile.map(\.employee).filter { seen.insert($0).inserted } + others).flatMap(rows)
    }

    private func rows(of employee: String) -> [DirectoryEntry] {
        guard let own = file[employee] else { return told[employee] ?? [] }
        guard let told = told[employee] else { return own }
        return PersonLayers(file: own, told: told).rows
    }

    /// Where the file's word counts against a directory's, by staff number and column: cells on `day`, and the days of
    /// joining and leaving.
    public func differences(on day: Day) -> [DirectoryDifference] {
        file.keys.sorted().flatMap { employee -> [DirectoryDifference] in
            guard let own = file[employee], let told = told[employee] else { return [] }
            let days = Self.differences(own, told, of: employee)
            guard let row = own.first(where: { $0.isValid(on: day) }),
                let other = told.first(where: { $0.isValid(on: day) })
            else { return days }
            return row.differences(from: other) + days
        }
    }

    private static func differences(
        _ own: [DirectoryEntry], _ told: [DirectoryEntry], of employee: String
    ) -> [DirectoryDifference] {
        let (start, end) = (own.contains { $0.validFrom == nil }, own.contains { $0.validTo == nil })
        let days = [
            ("valid_from", start ? nil : own.compactMap(\.validFrom).min(), told.first?.validFrom),
            ("valid_to", end ? nil : own.compactMap(\.validTo).max(), told.last?.validTo),
        ]
        return days.compactMap { column, own, told in
            guard let own, own != told else { return nil }
            return DirectoryDifference(
                employee: employee, column: column, file: own.description, directory: told?.description ?? "-")
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

/// Rows of one person in two layers: the days between any two of their borders, and what counts on them.
private protocol LayeredRows {
    var layers: [[DirectoryEntry]] { get }
    /// What counts from `day` until the next border.
    func row(on day: Day) -> DirectoryEntry?
}

extension LayeredRows {
    var rows: [DirectoryEntry] {
        var rows: [DirectoryEntry] = []
        for span in spans {
            guard var row = row(on: span.from ?? (span.to.map { $0 + -1 } ?? Day(sinceEpoch: 0))) else { continue }
            (row.validFrom, row.validTo) = (span.from, span.to)
            if let last = rows.last, last.validTo == span.from, last.says(sameAs: row) {
                rows[rows.count - 1].validTo = span.to
            } else {
                rows.append(row)
            }
        }
        return rows
    }

    private var spans: [DaySpan] {
        let borders = Set(layers.joined().flatMap { [$0.validFrom, $0.validTo] }.compactMap(\.self)).sorted()
        return zip([nil] + borders.map(Optional.some), borders.map(Optional.some) + [nil]).map(DaySpan.init)
    }
}

/// What one directory tells, and another on other days.
private struct FilledRows: LayeredRows {
    let first: [DirectoryEntry]
    let second: [DirectoryEntry]
    var layers: [[DirectoryEntry]] { [first, second] }

    func row(on day: Day) -> DirectoryEntry? {
        first.first { $0.isValid(on: day) } ?? second.first { $0.isValid(on: day) }
    }
}

/// The rows of one person whom file and directory know.
private struct PersonLayers: LayeredRows {
    let file: [DirectoryEntry]
    let told: [DirectoryEntry]
    var layers: [[DirectoryEntry]] { [file, told] }

    func row(on day: Day) -> DirectoryEntry? {
        switch (file.first { $0.isValid(on: day) }, told.first { $0.isValid(on: day) }) {
        case (let own?, let other?): own.completed(from: other)
        case (let own?, nil): holds(own, on: day) ? own : nil
        case (nil, let other?): returns(other, on: day) ? other : nil
        case (nil, nil): nil
        }
    }

    /// Whether a row of the file holds on a day of which the directory does not tell: an open end of it is the directory's.
    private func holds(_ own: DirectoryEntry, on day: Day) -> Bool {
        if own.validFrom == nil, let start = told.first?.validFrom, day < start { return false }
        guard own.validTo == nil, let end = told.compactMap(\.validTo).filter({ $0 <= day }).max() else { return true }
        return own.validFrom.map { $0 >= end } ?? false
    }

    /// Whether a row of the directory counts on a day of which the file does not tell: behind its end, in an employment that
    /// begins later.
    private func returns(_ other: DirectoryEntry, on day: Day) -> Bool {
        guard let end = lastEnd, day >= end, let start = beginning(of: other) else { return false }
        return start >= end
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
    /// The row with staff numbers as they are written elsewhere, by their small letters.
    fileprivate func spelled(_ spelling: [String: String]) -> DirectoryEntry {
        var row = self
        row.employee = spelling[employee.lowercased()] ?? employee
        row.manager = manager.map { spelling[$0.lowercased()] ?? $0 }
        return row
    }

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
