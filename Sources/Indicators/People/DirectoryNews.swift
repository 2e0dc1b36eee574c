/// What a snapshot of a directory told that was not known before, by staff number, ascending.
public struct DirectoryNews: Sendable, Hashable {
    /// Those who began to work here, or will.
    public var joined: [String] = []
    /// Those who changed unit, position, manager, or what they are responsible for.
    public var moved: [String] = []
    /// Those of the moved whose unit is another.
    public var movedUnit: [String] = []
    /// Those who left: the directory says so, or has them no more.
    public var left: [String] = []
    /// Those who were taken for having left and are there again with the same account.
    public var returned: [String] = []
    /// Those of whom other names, addresses or days are told.
    public var corrected: [String] = []
    /// What cannot be true at the same time; those people stay as they were.
    public var conflicts: [DirectoryConflict] = []
    /// How many are no more told of, of whom it cannot be said whether they left, because somebody cannot be read.
    public var perhapsLeft = 0
    /// How many accounts are nobody's known staff number.
    public var withoutNumber = 0

    /// No news.
    public init() {}

    /// Whether nothing changed.
    public var isEmpty: Bool { (joined + moved + left + returned + corrected).isEmpty }
}

/// Two things that a directory tells and that cannot both be true.
public enum DirectoryConflict: Sendable, Hashable {
    /// Several accounts of people who work here have one staff number.
    case sharedNumber(employee: String, accounts: [String])
    /// An account has another staff number than before.
    case renumbered(account: String, before: String, now: String)
}

/// Why a snapshot is not believed before a person has looked: the likely cause is that the system shows less than before,
/// or names its units anew.
public enum DirectoryDoubt: Sendable, Hashable {
    /// So many of those who work here would have left at once.
    case manyLeft(Int, of: Int)
    /// So many of those who work here would have changed their unit at once.
    case manyMoved(Int, of: Int)

    /// What is doubtful about news of a directory that told of some who work here; nil where nothing is, and where it told
    /// of nobody.
    ///
    /// A tenth of the company, and more than three, does not leave between two looks, nor does everybody of a unit of three
    /// or more; three tenths, and more than five, do not change their unit. Nobody at all left is always doubtful.
    init?(_ news: DirectoryNews, _ before: DirectoryHistory, on day: Day) {
        let working = before.working(on: day)
        let (left, moved) = (news.left.count, news.movedUnit.count)
        if left > 0, left == working || left > max(3, working / 10) || Self.emptiesUnit(news, before, on: day) {
            self = .manyLeft(left, of: working)
        } else if moved > max(5, working * 3 / 10) {
            self = .manyMoved(moved, of: working)
        } else {
            return nil
        }
    }

    private static func emptiesUnit(_ news: DirectoryNews, _ before: DirectoryHistory, on day: Day) -> Bool {
        let units = Dictionary(grouping: before.people.filter { $0.value.isWorking(on: day) }) {
            $0.value.rows.last?.unit
        }
        let left = Set(news.left)
        return units.contains { unit, people in
            unit != nil && people.count >= 3 && people.allSatisfy { left.contains($0.key) }
        }
    }
}
