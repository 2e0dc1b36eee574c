/// How far a backup, or its restoring, has come.
public struct BackupProgress: Sendable, Hashable {
    /// What is being done.
    public let step: Step
    /// Bytes that are done in this step.
    public let done: Int
    /// Bytes of this step; nil where that is not known.
    public let total: Int?

    /// What is being done.
    public enum Step: String, Sendable, Hashable {
        /// The database is copied, which tells of no bytes.
        case copying
        /// Files and the copy are sealed.
        case sealing
        /// What was written is read again.
        case checking
        /// Files are unpacked.
        case restoring
        /// The database's pages and audit chain are checked, which tells of no bytes.
        case verifying
    }

    /// Takes how far the work has come.
    public typealias Report = @Sendable (BackupProgress) -> Void
}

/// Adds up the bytes of a step.
struct StepCounter {
    let step: BackupProgress.Step
    let total: Int?
    let report: BackupProgress.Report
    private var done = 0

    init(_ step: BackupProgress.Step, of total: Int?, _ report: @escaping BackupProgress.Report) {
        (self.step, self.total, self.report) = (step, total, report)
        report(BackupProgress(step: step, done: 0, total: total))
    }

    mutating func add(_ bytes: Int) {
        done += bytes
        report(BackupProgress(step: step, done: done, total: total))
    }
}
