import Testing

@testable import Indicators

/// What a directory tells day by day becomes dated rows.
@Suite struct DirectoryHistoryTests {
    private var history = DirectoryHistory()

    // MARK: Joining

    @Test mutating func `those of the first snapshot were always here, where no day is told`() {
        let news = history.follow("07-01", .told("E01", "Support"), .told("E02", "Sales", joined: "03-02"))
        #expect(news.joined == ["E01", "E02"])
        #expect(history.lines == ["E01 Support ..", "E02 Sales 03-02.."])
    }

    @Test mutating func `who comes later begins on the day told, or on the day they are seen`() {
        history.follow("07-01", .told("E01"))
        let news = history.follow("07-05", .told("E01"), .told("E02"), .told("E03", joined: "07-03"))
        #expect(news.joined == ["E02", "E03"] && news.left.isEmpty)
        #expect(history.lines == ["E01 - ..", "E02 - 07-05..", "E03 - 07-03.."])
    }

    @Test mutating func `who is to come has a row that begins on that day, and none once they are not to come`() {
        history.follow("07-01", .told("E01"), .told("E02", "Support", joined: "08-01"))
        history.follow("07-02", .told("E01"), .told("E02", "Sales", joined: "08-03"))
        #expect(history.lines == ["E01 - ..", "E02 Sales 08-03.."])
        #expect(history.follow("07-03", .told("E01")).left == ["E02"])
        #expect(history.lines == ["E01 - .."])
    }

    @Test mutating func `a day of joining that is told later, or otherwise, is put right`() {
        history.follow("07-01", .told("E01", "Support"))
        history.follow("07-10", .told("E01", "Sales"))
        #expect(history.follow("07-11", .told("E01", "Sales", joined: "05-04")).corrected == ["E01"])
        #expect(history.lines == ["E01 Support 05-04..07-10", "E01 Sales 07-10.."])
        history.follow("07-12", .told("E01", "Sales", joined: "07-11"))
        #expect(history.lines == ["E01 Sales 07-11.."])
        #expect(history.follow("07-13", .told("E01", "Sales", joined: "09-01")).isEmpty)
        #expect(history.lines == ["E01 Sales 07-11.."])
    }

    // MARK: Moving

    @Test mutating func `who moves has a row for each unit, from the day they are seen there`() {
        history.follow("07-01", .told("E01", "Support"))
        let news = history.follow("07-20", .told("E01", "Sales"))
        #expect(news.moved == ["E01"] && news.movedUnit == ["E01"])
        #expect(history.lines == ["E01 Support ..07-20", "E01 Sales 07-20.."])
        #expect(history.follow("07-21", .told("E01", "Sales")).isEmpty)
    }

    @Test mutating func `of two changes on one day the last counts`() {
        history.follow("07-01", .told("E01", "Support"))
        history.follow("07-20", .told("E01", "Sales"))
        history.follow("07-20", .told("E01", "Office"))
        #expect(history.lines == ["E01 Support ..07-20", "E01 Office 07-20.."])
    }

    @Test mutating func `what the directory does not tell stays, what it empties goes`() {
        var told = DirectoryPerson.told("E01", "Support")
        (told.position, told.manager, told.nameZh) = ("agent", "e02", "张伟")
        history.follow("07-01", told, .told("E02"))
        #expect(history.follow("07-02", .told("E01"), .told("E02")).isEmpty)
        #expect(history.entries.first?.manager == "E02" && history.entries.first?.position == "agent")
        var boss = DirectoryPerson.told("E01")
        (boss.manager, boss.position) = ("", "head")
        #expect(history.follow("07-03", boss, .told("E02")).moved == ["E01"])
        let now = history.entries[1]
        #expect(now.manager == nil && now.position == "head" && now.unit == "Support" && now.nameZh == "张伟")
    }

    @Test mutating func `a manager whom nobody knows is not told`() {
        var told = DirectoryPerson.told("E01")
        told.manager = "stranger"
        history.follow("07-01", told)
        #expect(history.entries.map(\.manager) == [nil])
    }

    // MARK: Addresses

    @Test mutating func `an address that is new to everybody is the person's from the beginning`() {
        history.follow("07-01", .told("E01", "Support", emails: ["a@x.example"]))
        history.follow("07-10", .told("E01", "Sales", emails: ["a@x.example"]))
        let news = history.follow("07-11", .told("E01", "Sales", emails: ["a@x.example", "b@x.example"]))
        #expect(news.corrected == ["E01"] && news.moved.isEmpty)
        #expect(
            history.lines == [
                "E01 Support ..07-10 a@x.example b@x.example", "E01 Sales 07-10.. a@x.example b@x.example",
            ])
    }

    @Test mutating func `an address that is handed on counts for each in their time`() {
        history.follow("07-01", .told("E01", emails: ["desk@x.example"]), .told("E02", emails: []))
        history.follow("07-10", .told("E01", emails: []), .told("E02", emails: ["desk@x.example"]))
        #expect(
            history.lines == [
                "E01 - ..07-10 desk@x.example", "E01 - 07-10..", "E02 - ..07-10", "E02 - 07-10.. desk@x.example",
            ])
    }

    // MARK: Leaving

    @Test mutating func `who is no more told of has left on that day; a day told is better`() {
        history.follow("07-01", .told("E01"), .told("E02"), .told("E03"), .told("E04"))
        let news = history.follow(
            "07-20", .told("E01"), .told("E03", left: "07-16"), .told("E04", isActive: false))
        #expect(news.left == ["E02", "E03", "E04"])
        #expect(history.lines == ["E01 - ..", "E02 - ..07-20", "E03 - ..07-16", "E04 - ..07-20"])
        let later = history.follow("07-25", .told("E01"), .told("E03", left: "07-18"), .told("E04", isActive: false))
        #expect(later.left.isEmpty && later.corrected == ["E03"])
        #expect(history.lines == ["E01 - ..", "E02 - ..07-20", "E03 - ..07-18", "E04 - ..07-20"])
    }

    @Test mutating func `a last day ahead is known ahead, and may be taken back`() {
        history.follow("07-01", .told("E01", left: "07-31"))
        #expect(history.lines == ["E01 - ..07-31"])
        history.follow("07-02", .told("E01"))
        #expect(history.lines == ["E01 - .."])
        history.follow("07-03", .told("E01", left: "07-31"))
        #expect(history.follow("08-01", .told("E01", left: "07-31")).isEmpty)
    }

    @Test mutating func `of somebody unknown who has left, days that are told are taken over`() {
        history.follow("07-01", .told("E01", "Support", joined: "02-01", left: "06-01"), .told("E02", isActive: false))
        #expect(history.lines == ["E01 Support 02-01..06-01"])
    }

    @Test mutating func `who is there again after long has begun again`() {
        history.follow("07-01", .told("E01", "Support"))
        history.follow("07-10")
        #expect(history.follow("07-25", .told("E01", "Support")).joined == ["E01"])
        #expect(history.lines == ["E01 Support ..07-10", "E01 Support 07-25.."])
    }

    @Test mutating func `a last day that lies before rows that were dated by looks ends no earlier employment later`() {
        history.follow("02-01", .told("E01", "Support"))
        history.follow("02-10")
        history.follow("05-10", .told("E01", "Sales"))
        #expect(history.lines == ["E01 Support ..02-10", "E01 Sales 05-10.."])
        history.follow("05-20", .told("E01", left: "05-05", isActive: false))
        #expect(history.lines == ["E01 Support ..02-10"])
    }

    @Test mutating func `who is there again was never away, unless the directory tells of a new beginning`() {
        history.follow("07-01", .told("E01", "Support"), .told("E02", "Sales"))
        history.follow("07-10")
        let news = history.follow("07-12", .told("E01", "Support"), .told("E02", "Sales", joined: "07-11"))
        #expect(news.returned == ["E01"] && news.joined == ["E02"])
        #expect(history.lines == ["E01 Support ..", "E02 Sales ..07-10", "E02 Sales 07-11.."])
    }

    // MARK: What cannot be

    @Test mutating func `two accounts at work with one staff number change nothing and are told`() {
        history.follow("07-01", .told("E01", "Support"))
        let first = DirectoryPerson(account: "a", employee: "E01", unit: "Sales")
        let second = DirectoryPerson(account: "b", employee: "E01", unit: "Office")
        let news = history.follow("07-02", first, second)
        #expect(news.conflicts == [.sharedNumber(employee: "E01", accounts: ["a", "b"])] && news.isEmpty)
        #expect(history.lines == ["E01 Support .."])
    }

    @Test mutating func `of two accounts with one staff number the one at work counts`() {
        let old = DirectoryPerson(account: "a", employee: "E01", unit: "Sales", isActive: false)
        history.follow("07-01", old, DirectoryPerson(account: "b", employee: "E01", unit: "Office"))
        #expect(history.lines == ["E01 Office .."])
    }

    @Test mutating func `an account with another staff number is held until a person accepts it`() {
        history.follow("07-01", .told("E01", "Support"))
        let renumbered = DirectorySnapshot([DirectoryPerson(account: "e01", employee: "E1001", unit: "Support")])
        let news = history.follow(renumbered, on: day("07-02")).news
        #expect(news.conflicts == [.renumbered(account: "e01", before: "E01", now: "E1001")] && news.isEmpty)
        #expect(history.lines == ["E01 Support .."])
        #expect(history.follow(renumbered, on: day("07-03"), acceptsNumbers: true).news.corrected == ["E1001"])
        #expect(history.lines == ["E1001 Support .."])
        #expect(history.follow(renumbered, on: day("07-04")).news == DirectoryNews())
        #expect(history.follow("07-05", DirectoryPerson(account: "e01", unit: "Support")) == DirectoryNews())
    }

    @Test mutating func `an account that two people had is the one's who works here`() {
        for working in ["E01", "E02"] {
            var people = [
                "E01": DirectoryHistory.Person(
                    account: "a", rows: [DirectoryEntry(employee: "E01", validTo: day("06-01"))]),
                "E02": DirectoryHistory.Person(
                    account: "a", rows: [DirectoryEntry(employee: "E02", validTo: day("06-02"))]),
            ]
            people[working]?.rows[0].validTo = nil
            history = DirectoryHistory(people)
            #expect(history.follow("07-01", DirectoryPerson(account: "a", unit: "Sales")).moved == [working])
        }
    }

    @Test
    mutating func `a staff number that is no more told is that of the account; an account without one is counted`() {
        history.follow("07-01", .told("E01", "Support"))
        let news = history.follow(
            "07-02", DirectoryPerson(account: "e01", unit: "Sales"), DirectoryPerson(account: "new"))
        #expect(news.withoutNumber == 1 && news.moved == ["E01"] && news.joined.isEmpty)
    }

    @Test mutating func `who is there and could not be read has not left`() {
        history.follow("07-01", .told("E01", "Support"), .told("E02"))
        let news = history.follow(DirectorySnapshot([.told("E02")], unreadable: ["e01"]), on: day("07-02")).news
        #expect(news.isEmpty && history.lines == ["E01 Support ..", "E02 - .."])
    }

    @Test mutating func `while somebody unknown cannot be read, nobody has left for certain`() {
        history.follow("07-01", .told("E01"), .told("E02"))
        let news = history.follow(DirectorySnapshot([.told("E02")], unreadable: ["person 7"]), on: day("07-02")).news
        #expect(news.isEmpty && news.perhapsLeft == 1 && history.lines == ["E01 - ..", "E02 - .."])
        #expect(history.follow("07-03", .told("E02")).left == ["E01"])
    }

    // MARK: Doubt

    private static func company(_ count: Int, unit: String = "Plumb") -> [DirectoryPerson] {
        (1...count).map { .told("E\($0)", unit) }
    }

    @Test(arguments: [(20, 3, false), (20, 4, true), (100, 10, false), (100, 11, true), (2, 1, false), (2, 2, true)])
    func `many who leave at once are doubtful`(company: Int, leaving: Int, isDoubtful: Bool) {
        var history = DirectoryHistory()
        _ = history.follow(DirectorySnapshot(Self.company(company)), on: day("07-01"))
        let rest = DirectorySnapshot(Array(Self.company(company).dropLast(leaving)))
        let doubt = history.follow(rest, on: day("07-02")).doubt
        #expect(doubt == (isDoubtful ? .manyLeft(leaving, of: company) : nil))
    }

    @Test(arguments: [(10, 5, false), (10, 6, true), (100, 30, false), (100, 31, true)])
    func `many who change their unit at once are doubtful`(company: Int, moving: Int, isDoubtful: Bool) {
        var history = DirectoryHistory()
        _ = history.follow(DirectorySnapshot(Self.company(company)), on: day("07-01"))
        let moved = Self.company(moving, unit: "Plumb Ltd") + Self.company(company).dropFirst(moving)
        let doubt = history.follow(DirectorySnapshot(moved), on: day("07-02")).doubt
        #expect(doubt == (isDoubtful ? .manyMoved(moving, of: company) : nil))
    }

    @Test mutating func `a unit that everybody leaves at once is doubtful`() {
        let units = Self.company(40) + [51, 52, 53].map { .told("E\($0)", "Lab") }
        _ = history.follow(DirectorySnapshot(units), on: day("07-01"))
        #expect(history.follow(DirectorySnapshot(Array(units.dropLast(2))), on: day("07-02")).doubt == nil)
        _ = history.follow(DirectorySnapshot(units), on: day("07-03"))
        let gone = history.follow(DirectorySnapshot(Array(units.dropLast(3))), on: day("07-04"))
        #expect(gone.doubt == .manyLeft(3, of: 43))
    }

    @Test mutating func `the first snapshot is not doubtful`() {
        #expect(history.follow(DirectorySnapshot(Self.company(50)), on: day("07-01")).doubt == nil)
    }

    // MARK: Whatever happens

    /// People, units and days at random, in which nobody is told to begin or end on a day.
    @Test(arguments: 0..<200)
    func `each snapshot is believed for its day, and no day before it is rewritten`(seed: UInt64) {
        var (random, history) = (SplitMix(state: seed), DirectoryHistory())
        var today = day("01-01")
        for _ in 0..<12 {
            today = today + Int.random(in: 0...3, using: &random)
            let before = history
            let people = (1...5).filter { _ in Bool.random(using: &random) }.map { number in
                DirectoryPerson.told("E\(number)", ["Support", "Sales", nil].randomElement(using: &random) ?? nil)
            }
            _ = history.follow(DirectorySnapshot(people), on: today)
            let directory = EmployeeDirectory(history.entries)
            for person in people {
                let row = directory.entry(of: person.account.uppercased(), on: today)
                #expect(row != nil && (person.unit == nil || row?.unit == person.unit))
            }
            for number in 1...5 where !people.contains(where: { $0.account == "e\(number)" }) {
                #expect(directory.entry(of: "E\(number)", on: today) == nil)
            }
            Self.expectOrder(in: history)
            Self.expectSamePast(before, history, before: today)
        }
    }

    private static func expectOrder(in history: DirectoryHistory) {
        for person in history.people.values {
            for (row, next) in zip(person.rows, person.rows.dropFirst()) {
                #expect(row.validTo.flatMap { end in next.validFrom.map { end <= $0 } } == true)
            }
        }
    }

    /// Days on which somebody was away may turn out as days on which they were there all the same.
    private static func expectSamePast(_ old: DirectoryHistory, _ new: DirectoryHistory, before today: Day) {
        let (old, new) = (EmployeeDirectory(old.entries), EmployeeDirectory(new.entries))
        for (number, back) in (1...5).flatMap({ number in (1...40).map { (number, $0) } }) {
            let (employee, day) = ("E\(number)", today + -back)
            guard let was = old.entry(of: employee, on: day) else { continue }
            #expect(new.entry(of: employee, on: day)?.unit == was.unit)
        }
    }
}
