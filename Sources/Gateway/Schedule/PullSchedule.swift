public import Expressions
public import Indicators
internal import OpenSSLCrypto

/// When a connection is pulled.
public struct PullSchedule: Sendable, Hashable {
    /// The times, without what spreads them.
    public let cron: CronExpression
    /// The zone whose clock they are read from.
    public let zone: Zone
    /// How far behind its time a pull may begin, as the file says; nil for a tenth of the time to the next one, at most a
    /// minute.
    public let jitter: Duration?
    /// What follows when a time has passed unused.
    public let catchUp: CatchUp
    /// The calendar whose working days alone are meant; nil where all days are.
    public var workingDays: WorkCalendar? { calendar?.calendar }
    private let calendar: ComparedCalendar?

    /// What follows when a time has passed while nothing could be pulled: the program did not run, or the connection was
    /// still being read.
    public enum CatchUp: String, Sendable, Hashable, CaseIterable {
        /// One pull at once, however many times have passed.
        case once
        /// Nothing: the next time counts.
        case skip
    }

    /// A schedule; by default of all days, with a short jitter and one pull for what was missed.
    public init(
        _ cron: CronExpression, in zone: Zone, jitter: Duration? = nil, catchUp: CatchUp = .once,
        workingDays: WorkCalendar? = nil
    ) {
        (self.cron, self.zone, self.jitter, self.catchUp) = (cron, zone, jitter, catchUp)
        calendar = workingDays.map(ComparedCalendar.init)
    }

    /// The first time after an instant; nil where there is none.
    public func next(after instant: Timestamp) -> Timestamp? {
        guard let workingDays else { return cron.next(after: instant, in: zone) }
        return cron.next(after: instant, in: zone, onlyOn: workingDays.isWorkday)
    }

    /// The moment at which `name` begins what is due at `time`: the same for ever, as the distance from `time` depends on
    /// the name alone. So connections spread, and a restart moves none of them.
    public func start(of name: String, at time: Timestamp) -> Timestamp {
        let interval = next(after: time).map { $0 - time } ?? .seconds(86_400)
        let bound = min(jitter ?? min(interval / 10, .seconds(60)), interval)
        return time + .microseconds(bound.wholeMicroseconds / Self.parts * Self.part(of: name))
    }

    private static let parts: Int64 = 1024

    /// A number of ``parts`` that looks like chance, the same for the same name.
    private static func part(of name: String) -> Int64 {
        SHA256.digest(of: Array("plumbline schedule \(name)".utf8)).prefix(2).reduce(0) { $0 << 8 | Int64($1) } % parts
    }
}

/// A calendar that is equal to one with the same working time.
private struct ComparedCalendar: Sendable, Hashable {
    let calendar: WorkCalendar

    static func == (left: Self, right: Self) -> Bool { left.calendar.fingerprint == right.calendar.fingerprint }

    func hash(into hasher: inout Hasher) { hasher.combine(calendar.fingerprint) }
}

extension Duration {
    fileprivate var wholeMicroseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
