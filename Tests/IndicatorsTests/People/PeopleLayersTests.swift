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
        let file = [Self.row(nil, nil, "07-01"), Self.row("Office", "07-01", "08-01"), Self.row(nil, "08-01")]
        let rows = Self.layers(file: file, told: told).entries
        #expect(
            rows.map(\.line) == [
                "E01 Support 01-01..07-01", "E01 Office 07-01..07-10", "E01 Office 07-10..08-01", "E01 Sales 08-01..",
            ])
        #expect(rows.map(\.position) == ["agent", "agent", "seller", "seller"])
    }

    @Test func `open ends of the file are those of the directory, days that it fills count`() {
        let told = [Self.row("Sales", "03-01", "07-31")]
        #expect(Self.lines(file: [Self.row("Office")], told: told) == ["E01 Office 03-01..07-31"])
        #expect(Self.lines(file: [Self.row("Office", "05-01")], told: told) == ["E01 Office 05-01..07-31"])
        #expect(Self.lines(file: [Self.row("Office", "02-01")], told: told) == ["E01 Office 02-01..07-31"])
        #expect(Self.lines(file: [Self.row("Office", nil, "08-15")], told: told) == ["E01 Office 03-01..08-15"])
        let gap = [Self.row("Office", nil, "05-01"), Self.row(nil, "06-01")]
        #expect(Self.lines(file: gap, told: told) == ["E01 Office 03-01..05-01", "E01 Sales 06-01..07-31"])
    }

    @Test func `staff numbers that differ by case alone are the same, as the file writes them`() {
        let told = [
            DirectoryEntry(employee: "e01", unit: "Sales", manager: "e02"),
            DirectoryEntry(employee: "e02", unit: "Lab"),
        ]
        let rows = Self.layers(file: [DirectoryEntry(employee: "E01"), DirectoryEntry(employee: "E02")], told: told)
            .entries
        #expect(rows.map(\.line) == ["E01 Sales ..", "E02 Lab .."] && rows.first?.manager == "E02")
    }

    @Test func `a row that begins when the directory says that the person left keeps them`() {
        let file = [Self.row(nil, nil, "07-31"), Self.row("Office", "07-31")]
        #expect(
            Self.lines(file: file, told: [Self.row("Sales", "03-01", "07-31")]) == [
                "E01 Sales 03-01..07-31", "E01 Office 07-31..",
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

    @Test func `of two directories the second tells of the days of which the first does not`() {
        let histories = [Self.row("Support", "03-01", "07-31"), Self.row("Sales")].map { row in
            DirectoryHistory(["E01": DirectoryHistory.Person(account: "a", rows: [row])])
        }
        #expect(
            PeopleLayers(file: [], directories: histories).entries.map(\.line) == [
                "E01 Sales ..03-01", "E01 Support 03-01..07-31", "E01 Sales 07-31..",
            ])
    }

    @Test func `where the file's word counts against the directory's is told, days as well`() {
        let layers = Self.layers(
            file: [Self.row("Office", "07-01", position: "Agent")],
            told: [Self.row("Sales", "03-01", position: "agent")])
        let days = ["valid_from: 2026-07-01, not 2026-03-01"]
        func told(on day: Day) -> [String] {
            layers.differences(on: day).map { "\($0.column): \($0.file), not \($0.directory)" }
        }
        #expect(told(on: day("07-05")) == ["unit: Office, not Sales"] + days)
        #expect(told(on: day("06-05")) == days)
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
            let isEarly = own.validFrom == nil && (told[0].validFrom.map { day < $0 } ?? false)
            let ends = told.compactMap(\.validTo).filter { $0 <= day }
            let isLate = own.validTo == nil && ends.contains { end in own.validFrom.map { $0 < end } ?? true }
            return isEarly || isLate ? nil : own
        }
        guard let other, let last = file.last?.validTo, last <= day else { return nil }
        // Back to the first day of the employment.
        var first = day
        while first >= last, told.contains(where: { $0.isValid(on: first + -1) }) { first = first + -1 }
        return first >= last ? other : nil
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
