/// What a system's directory tells today of one person.
///
/// Of what may be missing, nil says that the directory does not tell and what is known stays; an empty text or list says
/// that there is none.
public struct DirectoryPerson: Sendable, Hashable {
    /// The person's account in the system.
    public let account: String
    /// The staff number; nil where the directory does not tell it.
    public var employee: String?
    /// The Chinese name.
    public var nameZh: String?
    /// The English name.
    public var nameEn: String?
    /// E-mail addresses.
    public var emails: [String]?
    /// Phone numbers.
    public var phones: [String]?
    /// A path from the root unit, such as `Plumb/Support`.
    public var unit: String?
    /// The job, in the company's own words.
    public var position: String?
    /// The account of the manager.
    public var manager: String?
    /// Units whose values enter this person's scorecard.
    public var responsibleFor: [String]?
    /// The first day of the present employment.
    public var joined: Day?
    /// The first day after it.
    public var left: Day?
    /// Whether the person works here, as far as no day is told.
    public var isActive: Bool

    /// A person of whom nothing is told but the account, where nothing else is said.
    public init(
        account: String, employee: String? = nil, nameZh: String? = nil, nameEn: String? = nil,
        emails: [String]? = nil, phones: [String]? = nil, unit: String? = nil, position: String? = nil,
        manager: String? = nil, responsibleFor: [String]? = nil, joined: Day? = nil, left: Day? = nil,
        isActive: Bool = true
    ) {
        self.account = account
        self.employee = employee
        self.nameZh = nameZh
        self.nameEn = nameEn
        self.emails = emails
        self.phones = phones
        self.unit = unit
        self.position = position
        self.manager = manager
        self.responsibleFor = responsibleFor
        self.joined = joined
        self.left = left
        self.isActive = isActive
    }

    /// Whether the person works here on `day`, or is about to.
    func isWorking(on day: Day) -> Bool { isActive && left.map { $0 > day } ?? true }
}

/// Everybody whom a directory tells of on one day.
public struct DirectorySnapshot: Sendable, Hashable {
    /// Those who could be read.
    public var people: [DirectoryPerson]
    /// The accounts of those who are there and could not be read: what is known of them stays.
    public var unreadable: Set<String>

    /// A snapshot.
    public init(_ people: [DirectoryPerson], unreadable: Set<String> = []) {
        self.people = people
        self.unreadable = unreadable
    }
}
