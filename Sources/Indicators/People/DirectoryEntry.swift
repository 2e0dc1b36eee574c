/// One row of the people file: an employee as they were from one day until another.
///
/// An employee who changes unit, position or manager has a row for each span.
public struct DirectoryEntry: Sendable, Hashable {
    /// The staff number, which is the employee's id.
    public var employee: String
    /// The Chinese name; nil where the file has none.
    public var nameZh: String?
    /// The English name; nil where the file has none.
    public var nameEn: String?
    /// E-mail addresses as written; accounts are matched by them without regard to case.
    public var emails: [String]
    /// Phone numbers as written; accounts are matched by their digits.
    public var phones: [String]
    /// A path from the root unit, such as `Plumb/Support`.
    public var unit: String?
    /// The job, in the company's own words.
    public var position: String?
    /// The manager's staff number.
    public var manager: String?
    /// Units whose values enter this employee's scorecard.
    public var responsibleFor: [String]
    /// How the employee left at the end of the row, in the company's own words; nil where HR does not say.
    public var leftAs: String?
    /// The first day of the row; nil for always.
    public var validFrom: Day?
    /// The first day after the row; nil while it lasts.
    public var validTo: Day?

    /// A row that holds always and knows nothing but the staff number, where nothing else is said.
    public init(
        employee: String, nameZh: String? = nil, nameEn: String? = nil, emails: [String] = [], phones: [String] = [],
        unit: String? = nil, position: String? = nil, manager: String? = nil, responsibleFor: [String] = [],
        leftAs: String? = nil, validFrom: Day? = nil, validTo: Day? = nil
    ) {
        self.employee = employee
        self.nameZh = nameZh
        self.nameEn = nameEn
        self.emails = emails
        self.phones = phones
        self.unit = unit
        self.position = position
        self.manager = manager
        self.responsibleFor = responsibleFor
        self.leftAs = leftAs
        self.validFrom = validFrom
        self.validTo = validTo
    }

    /// Whether the row holds on `day`.
    public func isValid(on day: Day) -> Bool { span.contains(day) }

    /// The days the row holds for.
    var span: DaySpan { DaySpan(from: validFrom, to: validTo) }
}
