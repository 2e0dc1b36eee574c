import Testing

@testable import Indicators

/// HR's file over what directories tell.
@Suite struct PeopleLayersTests {
    private static func row(_ unit: String?, _ from: String? = nil, _ to: String? = nil, position: String? = nil)
        -> DirectoryEntry
    {
        DirectoryEntry(
            employee: "E01", unit: unit, position: position, validFrom: from.map(day), validTo: to.map(day))
    }

    private static func lines(file: [DirectoryEntry], told: [DirectoryEntry]) -> [String] {
        layers(file: file, told: told).entries.map(\.line)
    }

    private static func layers(file: [DirectoryEntry], told: [DirectoryEntry]) -> PeopleLayers {
        let people = Dictionary(grouping: told, by: \.employee)
            .mapValues { DirectoryHistory.Person(account: "a", rows: $0) }
        return PeopleLayers(file: file, directories: [DirectoryHistory(people)])
    }

    @Test func `who stands in one of the two alone is as it says, the file's people first and in its order`() {
        let file = [DirectoryEntry(employee: "E09", unit: "Office"), DirectoryEntry(employee: "E02", unit: "Sales")]
        #expect(
            Self.lines(file: file, told: [Self.row("Support", "03-01")]) == [
                "E09 Office ..", "E02 Sales ..", "E01 Support 03-01..",
            ])
    }

    @Test func `a filled cell counts on the days of its row, an empty one is filled`() {
        let told = [
            Self.row("Support", "01-01", "07-10", position: "agent"), Self.row("Sales", "07-10", position: "seller"),
        ]
        let rows = Self.layers(file: [Self.row("Office", "07-01", "08-01"), Self.row(nil, "08-01")], told: told).entries
        #expect(
            rows.map(\.line) == [
                "E01 Support 01-01..07-01", "E01 Office 07-01..07-10", "E01 Office 07-10..08-01", "E01 Sales 08-01..",
            ])
        #expect(rows.map(\.position) == ["agent", "agent", "seller", "seller"])
    }

    @Test func `a row of the file without an end lasts until the directory says that the person left`() {
        #expect(
            Self.lines(file: [Self.row("Office")], told: [Self.row("Sales", "03-01", "07-31")]) == [
                "E01 Office ..07-31"
            ])
    }

    @Test func `a row that begins when the directory says that the person left keeps them`() {
        let file = [Self.row(nil, nil, "07-31"), Self.row("Office", "07-31")]
        #expect(
            Self.lines(file: file, told: [Self.row("Sales", "03-01", "07-31")]) == [
                "E01 - ..03-01", "E01 Sales 03-01..07-31", "E01 Office 07-31..",
            ])
    }

    @Test func `after the last row of the file only a new employment brings a person back`() {
        let file = [Self.row("Office", "02-01", "07-01")]
        #expect(Self.lines(file: file, told: [Self.row("Sales", "03-01")]) == ["E01 Office 02-01..07-01"])
        let again = [
            Self.row("Sales", "03-01", "07-20"), Self.row("Support", "09-01", "10-01"), Self.row("Sales", "10-01"),
        ]
        #expect(
            Self.lines(file: file, told: again) == [
                "E01 Office 02-01..07-01", "E01 Support 09-01..10-01", "E01 Sales 10-01..",
            ])
    }

    @Test func `of two directories that tell of a person the first counts`() {
        let histories = ["Support", "Sales"].map { unit in
            DirectoryHistory(["E01": DirectoryHistory.Person(account: "a", rows: [Self.row(unit)])])
        }
        #expect(PeopleLayers(file: [], directories: histories).entries.map(\.line) == ["E01 Support .."])
    }

    @Test func `where the file's word counts against the directory's is told`() {
        let layers = Self.layers(
            file: [Self.row("Office", "07-01", position: "Agent")],
            told: [Self.row("Sales", "03-01", position: "agent")])
        #expect(
            layers.differences(on: day("07-05")) == [
                DirectoryDifference(employee: "E01", column: "unit", file: "Office", directory: "Sales")
            ])
        #expect(layers.differences(on: day("06-05")).isEmpty)
    }

    // MARK: Against the rules, read day by day

    @Test(arguments: 0..<300)
    func `every day is as the two rules say`(seed: UInt64) {
        var random = SplitMix(state: seed)
        let (file, told) = (Self.randomRows(["Office", nil], &random), Self.randomRows(["Sales", "Support"], &random))
        let directory = EmployeeDirectory(Self.layers(file: file, told: told).entries)
        for number in -2...22 {
            let day = day("03-01") + number
            let expected = Self.expected(file, told, day)
            #expect(directory.entry(of: "E01", on: day)?.unit == expected?.unit, "\(day)")
            #expect((directory.entry(of: "E01", on: day) != nil) == (expected != nil), "\(day)")
        }
    }

    private static func expected(_ file: [DirectoryEntry], _ told: [DirectoryEntry], _ day: Day) -> DirectoryEntry? {
        let (own, other) = (file.first { $0.isValid(on: day) }, told.first { $0.isValid(on: day) })
        if file.isEmpty || told.isEmpty { return own ?? other }
        if let own, let other { return DirectoryEntry(employee: "E01", unit: own.unit ?? other.unit) }
        if let own {
            let ends = told.compactMap(\.validTo).filter { $0 <= day }
            let isCut = own.validTo == nil && ends.contains { end in own.validFrom.map { $0 < end } ?? true }
            return isCut ? nil : own
        }
        guard let other, let last = file.last?.validTo, last <= day else { return other }
        var (first, before) = (day, day + -1)
        while told.contains(where: { $0.isValid(on: before) }), first > last { (first, before) = (before, before + -1) }
        return first >= last && !told.contains { $0.isValid(on: first + -1) } ? other : nil
    }

    /// Up to three rows in the first days of March, the first perhaps without a beginning, the last perhaps without an end.
    private static func randomRows(_ units: [String?], _ random: inout SplitMix) -> [DirectoryEntry] {
        var days = Set((0..<6).map { _ in Int.random(in: 0...20, using: &random) }).sorted()[...]
        var rows: [DirectoryEntry] = []
        while days.count >= 2, rows.count < 3 {
            let start = day("03-01") + days.removeFirst()
            let end = day("03-01") + (Bool.random(using: &random) ? days[days.startIndex] : days.removeFirst())
            rows.append(
                DirectoryEntry(
                    employee: "E01", unit: units.randomElement(using: &random) ?? nil, validFrom: start, validTo: end))
        }
        if !rows.isEmpty, Bool.random(using: &random) { rows[0].validFrom = nil }
        if !rows.isEmpty, Bool.random(using: &random) { rows[rows.count - 1].validTo = nil }
        return rows
    }
}
