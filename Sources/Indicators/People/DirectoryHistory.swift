/// What one system's directory has told over time: who worked where from one day until another.
///
/// Systems tell how things are, not how they were. The history compares each snapshot with what it knows and dates what
/// is new: with the day the directory tells (joining, leaving), else with the day of the snapshot.
public struct DirectoryHistory: Sendable, Hashable {
    /// One person's account and the rows so far, oldest first; rows of an employment adjoin.
    public struct Person: Sendable, Hashable {
        /// The account that was told last.
        public var account: String
        /// The rows.
        public var rows: [DirectoryEntry]

        /// A person.
        public init(account: String, rows: [DirectoryEntry]) {
            self.account = account
            self.rows = rows
        }
    }

    /// Everybody who ever worked here, by staff number.
    public private(set) var people: [String: Person]

    /// What is known so far; nothing before the first snapshot.
    public init(_ people: [String: Person] = [:]) { self.people = people }

    /// The rows of everybody, by staff number and day.
    public var entries: [DirectoryEntry] { people.sorted { $0.key < $1.key }.flatMap(\.value.rows) }

    /// How many work here on `day`, or will.
    public func working(on day: Day) -> Int { people.values.count { $0.isWorking(on: day) } }

    /// Takes in what the directory tells on `day`, and gives what was new and what of it is doubtful: whoever follows
    /// decides whether to keep the result. Unless `acceptsNumbers` says so, an account that has another staff number than
    /// before is not taken for another person's.
    public mutating func follow(
        _ snapshot: DirectorySnapshot, on day: Day, acceptsNumbers: Bool = false
    ) -> (news: DirectoryNews, doubt: DirectoryDoubt?) {
        let before = self
        let renumbered = acceptsNumbers ? renumber(snapshot) : []
        var reading = DirectoryReading(snapshot, history: self, day: day, acceptsNumbers: acceptsNumbers)
        for (employee, person) in reading.told.sorted(by: { $0.key < $1.key }) {
            var employment = reading.employment(of: employee, people[employee])
            employment.follow(person, employee: employee)
            people[employee] = employment.person
            reading.news.note(employment.happened, employee)
        }
        for (employee, person) in people where reading.isAbsent(employee, person) {
            if reading.mayBeUnreadable {
                reading.news.perhapsLeft += 1
                continue
            }
            var employment = reading.employment(of: employee, person)
            employment.end(on: day)
            people[employee] = employment.person
            reading.news.note(employment.happened, employee)
        }
        reading.news.corrected += renumbered.filter { !reading.news.corrected.contains($0) }
        return (reading.news.sorted, DirectoryDoubt(reading.news, before, on: day))
    }

    /// Gives people whose account has a number that nobody has yet their rows under that number.
    private mutating func renumber(_ snapshot: DirectorySnapshot) -> [String] {
        let known = employeesByAccount
        let told = Set(snapshot.people.compactMap(\.employee))
        return snapshot.people.compactMap { person in
            guard let now = person.employee, let old = known[person.account], old != now, people[now] == nil,
                !told.contains(old), var rows = people[old]?.rows
            else { return nil }
            for index in rows.indices { rows[index].employee = now }
            people[now] = Person(account: person.account, rows: rows)
            people[old] = nil
            return now
        }
    }

    /// Whose each account is: of several who had it, who works here, or left last.
    var employeesByAccount: [String: String] {
        var owners: [String: String] = [:]
        for (employee, person) in people.sorted(by: { $0.key < $1.key }) {
            guard let other = owners[person.account].flatMap({ people[$0] }), !person.isLater(than: other) else {
                owners[person.account] = employee
                continue
            }
        }
        return owners
    }
}

extension DirectoryHistory.Person {
    fileprivate func isLater(than other: Self) -> Bool {
        guard let end = rows.last?.validTo else { return true }
        return other.rows.last?.validTo.map { $0 < end } ?? false
    }

    /// Whether the last row holds on `day`, or will.
    func isWorking(on day: Day) -> Bool { rows.last.map { $0.validTo.map { $0 > day } ?? true } ?? false }
}

/// A snapshot, sorted by whom it tells of.
private struct DirectoryReading {
    /// Who is told of, by staff number; managers are staff numbers here.
    private(set) var told: [String: DirectoryPerson] = [:]
    var news = DirectoryNews()
    /// Whether somebody is there who cannot be read and may be anybody: then nobody is absent for certain.
    private(set) var mayBeUnreadable = false
    private var untouched: Set<String> = []
    private var owners: [String: Set<String>] = [:]
    private let day: Day
    private let isFirst: Bool

    init(_ snapshot: DirectorySnapshot, history: DirectoryHistory, day: Day, acceptsNumbers: Bool) {
        self.day = day
        isFirst = history.people.isEmpty
        let known = history.employeesByAccount
        let numbers = snapshot.people.reduce(into: [String: String]()) { numbers, person in
            numbers[person.account] = person.employee ?? known[person.account]
        }
        take(snapshot.people, numbers: numbers)
        if !acceptsNumbers { holdRenumbered(known, told: Set(numbers.values)) }
        untouched.formUnion(snapshot.unreadable.compactMap { known[$0] })
        mayBeUnreadable = snapshot.unreadable.contains { known[$0] == nil }
        noteOwners(history)
    }

    private mutating func take(_ people: [DirectoryPerson], numbers: [String: String]) {
        var numbered: [String: [DirectoryPerson]] = [:]
        for var person in people {
            guard let employee = numbers[person.account] else {
                news.withoutNumber += 1
                continue
            }
            // An account of nobody known is not told; an empty one says that there is no manager.
            person.manager = person.manager.flatMap { $0.isEmpty ? "" : numbers[$0] }
            numbered[employee, default: []].append(person)
        }
        for (employee, people) in numbered {
            let accounts = Dictionary(people.map { ($0.account, $0) }) { $1 }
            take(Array(accounts.values), as: employee)
        }
    }

    /// Of several accounts with one staff number, the one of somebody who works here.
    private mutating func take(_ people: [DirectoryPerson], as employee: String) {
        let working = people.filter { $0.isWorking(on: day) }
        if working.count > 1 {
            untouched.insert(employee)
            news.conflicts.append(.sharedNumber(employee: employee, accounts: working.map(\.account).sorted()))
        } else {
            told[employee] = working.first ?? people.max { ($0.left ?? .distantPast) < ($1.left ?? .distantPast) }
        }
    }

    /// An account that was one person's and is another's now: neither of the two changes.
    private mutating func holdRenumbered(_ known: [String: String], told numbers: Set<String>) {
        let renumbered = told.compactMap { now, person -> (account: String, before: String, now: String)? in
            guard let before = known[person.account], before != now, !numbers.contains(before) else { return nil }
            return (person.account, before, now)
        }
        for (account, before, now) in renumbered {
            told[now] = nil
            untouched.formUnion([before, now])
            news.conflicts.append(.renumbered(account: account, before: before, now: now))
        }
    }

    /// Whose each address was and is.
    private mutating func noteOwners(_ history: DirectoryHistory) {
        for entry in history.entries {
            for address in entry.emails + entry.phones {
                owners[address.lowercased(), default: []].insert(entry.employee)
            }
        }
        for (employee, person) in told {
            for address in (person.emails ?? []) + (person.phones ?? []) {
                owners[address.lowercased(), default: []].insert(employee)
            }
        }
    }

    func employment(of employee: String, _ person: DirectoryHistory.Person?) -> Employment {
        Employment(
            person: person, day: day, isFirst: isFirst,
            isShared: { [owners] in owners[$0.lowercased(), default: []].contains { $0 != employee } })
    }

    /// Whether somebody works here as far as is known, and the snapshot has them no more.
    func isAbsent(_ employee: String, _ person: DirectoryHistory.Person) -> Bool {
        told[employee] == nil && !untouched.contains(employee) && person.isWorking(on: day)
    }
}

extension DirectoryNews {
    fileprivate mutating func note(_ happened: Set<Employment.Event>, _ employee: String) {
        for event in happened {
            switch event {
            case .joined: joined.append(employee)
            case .moved: moved.append(employee)
            case .movedUnit: movedUnit.append(employee)
            case .left: left.append(employee)
            case .returned: returned.append(employee)
            case .corrected: corrected.append(employee)
            }
        }
    }

    fileprivate var sorted: DirectoryNews {
        var news = self
        (news.joined, news.moved, news.movedUnit) = (joined.sorted(), moved.sorted(), movedUnit.sorted())
        (news.left, news.returned, news.corrected) = (left.sorted(), returned.sorted(), corrected.sorted())
        news.conflicts.sort { "\($0)" < "\($1)" }
        return news
    }
}
