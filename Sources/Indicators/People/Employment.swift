/// One person's rows while a snapshot is taken in.
struct Employment {
    enum Event: Hashable {
        case joined, moved, movedUnit, left, returned, corrected
    }

    /// Nil while nothing is known, and where it turns out that they never worked here.
    private(set) var person: DirectoryHistory.Person?
    private(set) var happened: Set<Event> = []
    private let day: Day
    private let isFirst: Bool
    /// Whether an address is, or ever was, someone else's as well.
    private let isShared: (String) -> Bool

    init(person: DirectoryHistory.Person?, day: Day, isFirst: Bool, isShared: @escaping (String) -> Bool) {
        self.person = person
        self.day = day
        self.isFirst = isFirst
        self.isShared = isShared
    }

    private var rows: [DirectoryEntry] {
        get { person?.rows ?? [] }
        set { person?.rows = newValue }
    }

    /// Takes in what is told of the person on the day.
    mutating func follow(_ told: DirectoryPerson, employee: String) {
        person?.account = told.account
        if !told.isWorking(on: day) {
            followLeaver(told, employee)
        } else if let last = rows.last {
            resume(after: last, told)
            correctStart(told.joined)
            followDetails(told)
        } else {
            begin(DirectoryEntry(employee: employee), told, from: told.joined ?? (isFirst ? nil : day))
        }
    }

    // MARK: Joining and leaving

    private mutating func begin(_ row: DirectoryEntry, _ told: DirectoryPerson, from start: Day?) {
        var row = row.updated(with: told)
        (row.validFrom, row.validTo) = (start, told.left)
        if person == nil { person = DirectoryHistory.Person(account: told.account, rows: []) }
        rows.append(row)
        happened.insert(.joined)
    }

    /// Of somebody who is unknown, days that lie behind are taken over where both are told.
    private mutating func followLeaver(_ told: DirectoryPerson, _ employee: String) {
        if !rows.isEmpty { return end(on: told.left) }
        guard let joined = told.joined, let left = told.left, joined < left else { return }
        begin(DirectoryEntry(employee: employee), told, from: joined)
        happened = [.corrected]
    }

    /// Ends the last row: with the day told, where it is not the one that is known; else on the day of the snapshot, where
    /// the row has no end yet. Rows that would begin later never held.
    mutating func end(on told: Day?) {
        guard let last = rows.last else { return }
        let wasWorking = last.validTo.map { $0 > day } ?? true
        guard let end = told ?? (wasWorking ? day : nil), end != last.validTo else { return }
        let held = rows.filter { row in row.validFrom.map { $0 < end } ?? true }
        // What is left behind rows that never held may be an employment that ended earlier.
        let latest = held.count < rows.count ? held.last?.validTo : nil
        rows = held
        if held.isEmpty { person = nil } else { rows[held.count - 1].validTo = min(latest ?? end, end) }
        happened.insert(wasWorking ? .left : .corrected)
    }

    /// So many days after somebody was last seen, who is there again had not left: a system may show less for a while.
    private static let longestGap = 14

    /// Where the last row has ended, the person works here again: from the day told, else, after a while, from this day, or
    /// as if they had never been away.
    private mutating func resume(after last: DirectoryEntry, _ told: DirectoryPerson) {
        guard let end = last.validTo, end <= day else {
            if last.validTo != told.left { happened.insert(.corrected) }
            rows[rows.count - 1].validTo = told.left
            return
        }
        if let joined = told.joined, joined >= end { return begin(last, told, from: joined) }
        if day > end + Self.longestGap { return begin(last, told, from: day) }
        rows[rows.count - 1].validTo = told.left
        happened.insert(.returned)
    }

    /// The rows of the present employment: those that adjoin up to the last.
    private var present: Range<Int> {
        var first = rows.count - 1
        while first > 0, rows[first - 1].validTo == rows[first].validFrom, rows[first].validFrom != nil { first -= 1 }
        return max(first, 0)..<rows.count
    }

    /// Moves the beginning of the present employment to another day that is told, where that fits what is known: somebody
    /// who was seen at work does not begin later, and nobody begins before an earlier employment ended.
    private mutating func correctStart(_ joined: Day?) {
        let present = present
        guard let joined, joined != rows[present.lowerBound].validFrom else { return }
        let isAhead = rows[present.lowerBound].validFrom.map { $0 > day } ?? false
        if joined > day, !isAhead { return }
        if present.lowerBound > 0, let before = rows[present.lowerBound - 1].validTo, joined < before { return }
        if let end = rows[rows.count - 1].validTo, joined >= end { return }
        let over = present.prefix { index in rows[index].validTo.map { $0 <= joined } ?? false }
        rows.removeSubrange(over)
        rows[present.lowerBound].validFrom = joined
        happened.insert(.corrected)
    }

    // MARK: Details

    private mutating func followDetails(_ told: DirectoryPerson) {
        guard !happened.contains(.joined), let last = rows.last else { return }
        let new = last.updated(with: told)
        guard new != last else { return }
        let isMoved = new.place != last.place
        if isMoved { happened.insert(.moved) } else { happened.insert(.corrected) }
        if new.unit != last.unit { happened.insert(.movedUnit) }
        let startsToday = last.validFrom.map { $0 >= day } ?? false
        if startsToday || !(isMoved || takesAddresses(new, from: last)) {
            rows[rows.count - 1] = new
        } else {
            rows[rows.count - 1].validTo = day
            rows.append(new)
            rows[rows.count - 1].validFrom = day
        }
        spreadAddresses(of: new)
    }

    /// Whether an address is the person's no more, or came from someone else: then the day counts.
    private func takesAddresses(_ new: DirectoryEntry, from old: DirectoryEntry) -> Bool {
        let (now, before) = (Set(new.emails + new.phones), Set(old.emails + old.phones))
        return !before.isSubset(of: now) || now.subtracting(before).contains(where: isShared)
    }

    /// An address that was never anybody else's is the person's from the beginning of the employment.
    private mutating func spreadAddresses(of new: DirectoryEntry) {
        let (emails, phones) = (new.emails.filter { !isShared($0) }, new.phones.filter { !isShared($0) })
        for index in present.dropLast() {
            rows[index].emails += emails.filter { !rows[index].emails.contains($0) }
            rows[index].phones += phones.filter { !rows[index].phones.contains($0) }
        }
    }
}

extension DirectoryEntry {
    /// Where somebody works: what dates a row.
    fileprivate struct Place: Equatable {
        let unit, position, manager: String?
        let responsibleFor: [String]
    }

    fileprivate var place: Place {
        Place(unit: unit, position: position, manager: manager, responsibleFor: responsibleFor)
    }

    /// The row with what is told in place of what was known; days stay.
    fileprivate func updated(with told: DirectoryPerson) -> DirectoryEntry {
        var row = self
        row.nameZh = Self.newer(told.nameZh, nameZh)
        row.nameEn = Self.newer(told.nameEn, nameEn)
        row.unit = Self.newer(told.unit, unit)
        row.position = Self.newer(told.position, position)
        row.manager = Self.newer(told.manager, manager)
        row.emails = Self.newer(told.emails, emails)
        row.phones = Self.newer(told.phones, phones)
        row.responsibleFor = Self.newer(told.responsibleFor, responsibleFor)
        return row
    }

    /// What is told, or else what was known; an empty text says that there is none.
    private static func newer(_ told: String?, _ known: String?) -> String? {
        guard let told else { return known }
        return told.isEmpty ? nil : told
    }

    /// What is told, or else what was known; another order is no news.
    private static func newer(_ told: [String]?, _ known: [String]) -> [String] {
        guard let told, Set(told) != Set(known) else { return known }
        return told
    }
}
