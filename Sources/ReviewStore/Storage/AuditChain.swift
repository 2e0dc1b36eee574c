internal import Expressions
internal import OpenSSLCrypto

/// How audit entries are chained, the same in every implementation.
struct AuditChain: Sendable {
    /// The code before the first entry.
    static let origin = [UInt8](repeating: 0, count: SHA256.byteCount)

    let key: SymmetricKey

    /// The entry that follows `previous`.
    func entry(
        after previous: (sequence: Int64, code: [UInt8]), time: Timestamp, actor: String, action: String, detail: String
    ) -> AuditEntry {
        // Time is kept as it is stored.
        let time = Timestamp(microseconds: time.microseconds)
        let sequence = previous.sequence &+ 1
        let code = code(
            sequence: sequence, time: time.microseconds, actor: Array(actor.utf8), action: Array(action.utf8),
            detail: Array(detail.utf8), previous: previous.code)
        return AuditEntry(
            sequence: sequence, time: time, actor: actor, action: action, detail: detail, previousCode: previous.code,
            code: code)
    }

    /// HMAC-SHA256 over the code before, and every column as it is stored.
    func code(
        sequence: Int64, time: Int64, actor: [UInt8], action: [UInt8], detail: [UInt8], previous: [UInt8]
    ) -> [UInt8] {
        var bytes = previous
        bytes.append(integer: sequence)
        bytes.append(integer: time)
        for text in [actor, action, detail] {
            bytes.append(integer: Int64(text.count))
            bytes += text
        }
        return HMACSHA256.code(for: bytes, key: key)
    }

    /// How the audit names an account: a keyed hash, so that the person behind it can be erased.
    func pseudonym(connection: String, account: String) -> String {
        var bytes = Array("plumbline audit account".utf8)
        bytes.append(counted: connection)
        bytes.append(counted: account)
        return Hex.encode(HMACSHA256.code(for: bytes, key: key))
    }

    /// What the database notes of its last entry, so that a removed last row is found without an exported head.
    func headCode(sequence: Int64, code: [UInt8]) -> [UInt8] {
        var bytes = Array("plumbline audit end".utf8)
        bytes.append(integer: sequence)
        return HMACSHA256.code(for: bytes + code, key: key)
    }

    /// The note of the last entry, as it is stored.
    typealias Head = (sequence: Int64, code: [UInt8], check: [UInt8])

    /// Whether the note is as it was written.
    func holds(_ head: Head) -> Bool {
        ConstantTime.equals(headCode(sequence: head.sequence, code: head.code), head.check)
    }
}

/// A row of the audit table as it is stored, whatever is in it.
struct StoredAuditRow {
    var sequence: Int64
    var time: Int64
    var actor: [UInt8]
    var action: [UInt8]
    var detail: [UInt8]
    var previous: [UInt8]
    var code: [UInt8]
    /// Whether every column has the type it was written with.
    var isWellTyped: Bool
}

/// Goes through the rows of an audit chain in order and collects what is wrong.
struct AuditChecker {
    let chain: AuditChain
    private(set) var report = AuditReport()
    private(set) var last: (sequence: Int64, code: [UInt8]) = (0, AuditChain.origin)

    init(chain: AuditChain) { self.chain = chain }

    /// Checks the next row.
    mutating func check(_ row: StoredAuditRow) {
        report.entries += 1
        noteMissing(before: row.sequence)
        let code = chain.code(
            sequence: row.sequence, time: row.time, actor: row.actor, action: row.action, detail: row.detail,
            previous: row.previous)
        if !row.isWellTyped || !ConstantTime.equals(code, row.code) {
            report.problems.append(.changed(sequence: row.sequence))
        } else if row.sequence == last.sequence &+ 1, row.previous != last.code {
            report.problems.append(.outOfOrder(sequence: row.sequence))
        }
        last = (row.sequence, row.code)
    }

    /// Ends the check with what the database notes of its last entry.
    mutating func finish(head: AuditChain.Head?) {
        guard let head, chain.holds(head) else {
            if report.entries > 0 || head != nil { report.problems.append(.headChanged) }
            return
        }
        noteMissing(before: head.sequence &+ 1)
        if head.sequence == last.sequence, head.code != last.code {
            report.problems.append(.changed(sequence: head.sequence))
        } else if head.sequence < last.sequence {
            report.problems.append(.headChanged)
        }
    }

    /// Checks that the chain still holds an exported head, whose entry has `code` now.
    mutating func compare(_ head: AuditHead, storedCode: [UInt8]?) {
        if !head.isSigned(with: chain.key) {
            report.problems.append(.foreignHead)
        } else if head.sequence > last.sequence {
            report.problems.append(.cut(expected: head.sequence, found: last.sequence))
        } else if let storedCode, Hex.encode(storedCode) != head.code {
            report.problems.append(.rewritten(sequence: head.sequence))
        }
    }

    private mutating func noteMissing(before sequence: Int64) {
        // Damaged rows have wild numbers, which must neither overflow nor make a list of millions.
        let first = last.sequence &+ 1
        guard sequence > first else { return }
        for missing in first..<min(sequence, first &+ 100) {
            report.problems.append(.missing(sequence: missing))
        }
    }
}
