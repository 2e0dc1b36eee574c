public import Expressions
internal import Indicators

/// One entry of the audit chain.
public struct AuditEntry: Sendable, Hashable {
    /// 1 for the first; no number is left out.
    public let sequence: Int64
    /// When it was appended.
    public let time: Timestamp
    /// Who, as a pseudonymous id.
    public let actor: String
    /// What was done, such as `period.lock`.
    public let action: String
    /// A JSON object.
    public let detail: String
    /// The code of the entry before, 32 zeros before the first.
    public let previousCode: [UInt8]
    /// HMAC-SHA256 over the code before and every field of this entry.
    public let code: [UInt8]
}

/// What a check of the audit chain found.
public struct AuditReport: Sendable, Hashable {
    /// Entries checked.
    public var entries = 0
    /// What is wrong, in the order it was found.
    public var problems: [Problem] = []

    /// Whether nothing is wrong.
    public var isIntact: Bool { problems.isEmpty }

    /// What is wrong.
    public enum Problem: Sendable, Hashable {
        /// The entry is not as it was written.
        case changed(sequence: Int64)
        /// The entry is not there.
        case missing(sequence: Int64)
        /// The entry does not follow the one before it.
        case outOfOrder(sequence: Int64)
        /// The database's own note of the last entry is not as it was written.
        case headChanged
        /// A published value is not as its audit entry has it; or one was added or removed.
        case valuesChanged(sequence: Int64)
        /// The current revision of a value is not its last one.
        case wrongCurrentRevision(ValueKey)
        /// The state of a period is not the one that the audit tells of last.
        case periodChanged(String)
        /// Whose an account of the connection is, as persons decided, is not as the audit tells.
        case decisionChanged(connection: String)
        /// What became of a hold is not what the audit tells.
        case holdChanged(Int64)
        /// The exported head was not signed with this key, or was changed.
        case foreignHead
        /// The chain ends before the exported head.
        case cut(expected: Int64, found: Int64)
        /// The chain has another entry where the exported head points.
        case rewritten(sequence: Int64)
    }
}

/// Appends to the audit chain and checks it.
public protocol AuditStore: Sendable {
    /// Appends an entry for something that was done outside the store. `detail` holds no names and no secrets.
    func appendAudit(actor: String, action: String, detail: [String: String]) async throws(StoreError) -> AuditEntry

    /// Up to `limit` entries after the one named, oldest first.
    func auditEntries(after sequence: Int64, limit: Int) async throws(StoreError) -> [AuditEntry]

    /// Checks every entry as it is stored, and what the entries tell of against the tables: every published value, the
    /// states of periods, and the decisions about accounts.
    func verifyAudit() async throws(StoreError) -> AuditReport

    /// The end of the chain as it is now, signed.
    func exportHead() async throws(StoreError) -> AuditHead

    /// Checks the chain as ``verifyAudit()`` does, and that it still holds what `head` says.
    func verifyHead(_ head: AuditHead) async throws(StoreError) -> AuditReport
}

extension AuditReport.Problem: CustomStringConvertible {
    /// What is wrong, as a person is to read it.
    public var description: String {
        switch self {
        case .changed(let sequence): "entry \(sequence) is not as it was written"
        case .missing(let sequence): "entry \(sequence) is not there"
        case .outOfOrder(let sequence): "entry \(sequence) does not follow the one before it"
        case .headChanged: "the database's own note of the last entry was changed"
        case .valuesChanged(let sequence): "the values published with entry \(sequence) are not as it has them"
        case .wrongCurrentRevision(let key):
            "the current revision of \(key.indicator) for \(key.subject.id) in \(key.period) is not the last one"
        case .periodChanged(let period): "the state of the period \(period) is not the one that the audit tells of"
        case .decisionChanged(let connection):
            "whose an account of \(connection) is, as a person decided, is not as the audit tells"
        case .holdChanged(let hold): "what became of hold \(hold) is not what the audit tells"
        case .foreignHead: "the exported head was not signed with this workspace's key, or was changed"
        case .cut(let expected, let found):
            "the chain ends with entry \(found), but the exported head has entry \(expected)"
        case .rewritten(let sequence): "entry \(sequence) is another one than when the head was exported"
        }
    }
}
