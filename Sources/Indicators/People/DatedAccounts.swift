/// Accounts that belonged to different people over time, by the text that stands for them in a record.
public struct DatedAccounts: Sendable {
    private let spans: [String: [Span]]

    /// No account changed hands.
    public static let none = DatedAccounts([:])

    /// To whom an account belonged from one day until another.
    public struct Span: Sendable {
        let employee: String
        let days: DaySpan

        /// A span from the first day up to the day before `to`; nil leaves that end open.
        public init(employee: String, from: Day?, to: Day?) {
            self.employee = employee
            days = DaySpan(from: from, to: to)
        }
    }

    /// The spans of each account, by the text of ``UnmatchedAccount``.
    public init(_ spans: [String: [Span]]) { self.spans = spans }

    /// The employee behind `account` on `day`; nil where it was nobody's.
    func employee(_ account: String, on day: Day) -> String? {
        spans[account]?.first { $0.days.contains(day) }?.employee
    }
}
