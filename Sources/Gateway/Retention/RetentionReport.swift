public import Expressions
public import Indicators

/// What the rules of retention delete.
public struct RetentionReport: Sendable {
    /// For how many days rejects are kept.
    public let rejectDays: Int
    /// Rejects that were made before this moment are deleted.
    public let rejectsBefore: Timestamp
    /// How many rejects are deleted.
    public internal(set) var rejects: Int
    /// For how many days delivered events are kept.
    public let outboxDays: Int
    /// How many delivered events are deleted.
    public internal(set) var outbox = 0
    /// How many used events of the inbox are deleted, each after the days that its connection says.
    public internal(set) var inbox = 0
    /// How many entries of devices are deleted, each after the days that its connection says.
    public internal(set) var deviceEntries = 0
    /// For how many days runs are kept: those that read sources, and those that used what systems have sent.
    public internal(set) var runDays = (pulled: 0, pushed: 0)
    /// How many runs are deleted.
    public internal(set) var runs = 0
    /// For how many days deletions of records that are not stored are remembered.
    public internal(set) var deletionDays = 0
    /// How many of those are forgotten.
    public internal(set) var deletions = 0
    /// What is deleted of each record type that the rules name.
    public internal(set) var types: [TypeReport] = []

    /// What is deleted of a record type.
    public struct TypeReport: Sendable, Hashable {
        /// The type.
        public let recordType: String
        /// For how many days its records are kept.
        public let days: Int
        /// How many records are deleted.
        public internal(set) var deleted = 0
        /// How many records are old enough, but stay for the reason given.
        public internal(set) var waiting = 0
        /// Why records stay that are old enough; nil where none does.
        public internal(set) var reason: Reason?
        /// The day before which periods can no longer be computed; nil where nothing is deleted.
        public internal(set) var before: Day?
    }

    /// Why records stay that are old enough.
    public enum Reason: Sendable, Hashable {
        /// A period that is not locked still has values that may change.
        case openPeriod(String)
        /// An indicator looks records of the type up, whatever their age.
        case lookedUp(indicator: String)
        /// Records of the type wait for a person.
        case held

        /// The reason in both languages.
        public var text: BilingualText {
            switch self {
            case .openPeriod(let period):
                BilingualText(zh: "期间 \(period) 尚未锁定", en: "the period \(period) is not locked")
            case .lookedUp(let indicator):
                BilingualText(zh: "指标 \(indicator) 要查找这类记录", en: "the indicator \(indicator) looks such records up")
            case .held: BilingualText(zh: "有数据被质量闸门拦下", en: "records wait at the quality gate")
            }
        }
    }
}
