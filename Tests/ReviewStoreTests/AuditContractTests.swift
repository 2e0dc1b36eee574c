import Expressions
import Indicators
import OpenSSLCrypto
import ReviewStore
import Testing

@Suite struct AuditContractTests {
    /// A store with three entries, the second of them a publication.
    private func written(_ kind: TestedStore) async throws -> (any StoreHarness, any ReviewStore) {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        _ = try await store.appendAudit(actor: "u1", action: "people.import", detail: ["file": "people \"new\".csv"])
        try await store.publish([value("e1", "50"), value("e2", "60")])
        _ = try await store.setPeriod("2026-07", to: .locked, actor: "u2", reason: "七月结束")
        return (harness, store)
    }

    @Test(arguments: TestedStore.allCases)
    func `an untouched chain is intact and its head holds`(kind: TestedStore) async throws {
        let (_, store) = try await written(kind)
        let report = try await store.verifyAudit()
        #expect((report.entries, report.problems) == (3, []))
        let head = try await store.exportHead()
        #expect(head.sequence == 3)
        #expect(AuditHead(text: head.text) == head)
        _ = try await store.appendAudit(actor: "u1", action: "later", detail: [:])
        #expect(try await store.verifyHead(head).isIntact)
    }

    @Test(arguments: TestedStore.allCases)
    func `entries tell who did what, each chained to the one before`(kind: TestedStore) async throws {
        let (_, store) = try await written(kind)
        let entries = try await store.auditEntries(after: 0, limit: 10)
        #expect(entries.map(\.sequence) == [1, 2, 3])
        #expect(entries.map(\.actor) == ["u1", "u1", "u2"])
        #expect(entries.map(\.action) == ["people.import", "values.publish", "period.locked"])
        #expect(entries.first?.detail == #"{"file":"people \"new\".csv"}"#)
        #expect(entries.first?.previousCode == [UInt8](repeating: 0, count: 32))
        #expect(zip(entries, entries.dropFirst()).allSatisfy { $0.code == $1.previousCode })
    }

    @Test(
        arguments: TestedStore.allCases,
        ["sequence", "time", "actor", "action", "detail", "previous_mac", "mac"])
    func `any flipped byte of a row is found`(kind: TestedStore, column: String) async throws {
        let (harness, store) = try await written(kind)
        let original = try harness.auditBytes(column, sequence: 2)
        #expect(!original.isEmpty)
        for position in original.indices {
            for mask: UInt8 in [0x10, 0x80] {
                var bytes = original
                bytes[position] ^= mask
                try harness.setAuditBytes(bytes, column, sequence: 2)
                let report = try await store.verifyAudit()
                #expect(!report.isIntact, "\(column), byte \(position), mask \(mask)")
                let sequence = column == "sequence" ? bytes.reduce(Int64(0)) { $0 << 8 | Int64($1) } : 2
                #expect(report.problems.contains(.changed(sequence: sequence)))
                if column == "sequence" {
                    try harness.execute("UPDATE audit SET sequence = 2 WHERE sequence = \(sequence)")
                } else {
                    try harness.setAuditBytes(original, column, sequence: 2)
                }
            }
        }
        #expect(try await store.verifyAudit().isIntact)
    }

    @Test(arguments: TestedStore.allCases, [Int64(1), 2, 3])
    func `a removed row is found, the last one too`(kind: TestedStore, sequence: Int64) async throws {
        let (harness, store) = try await written(kind)
        try harness.execute("DELETE FROM audit WHERE sequence = \(sequence)")
        #expect(try await store.verifyAudit().problems.contains(.missing(sequence: sequence)))
        // What is written afterwards does not hide it.
        _ = try await store.appendAudit(actor: "u1", action: "later", detail: [:])
        #expect(try await store.verifyAudit().problems.contains(.missing(sequence: sequence)))
    }

    @Test(arguments: TestedStore.allCases)
    func `exchanged and added rows are found`(kind: TestedStore) async throws {
        let (harness, store) = try await written(kind)
        try harness.execute("UPDATE audit SET sequence = 9 WHERE sequence = 2")
        try harness.execute("UPDATE audit SET sequence = 2 WHERE sequence = 1")
        try harness.execute("UPDATE audit SET sequence = 1 WHERE sequence = 9")
        #expect(try await !store.verifyAudit().isIntact)

        let (other, second) = try await written(kind)
        try other.execute(
            """
            INSERT INTO audit (sequence, time, actor, action, detail, previous_mac, mac)
            SELECT 4, time, actor, action, detail, mac, previous_mac FROM audit WHERE sequence = 3
            """)
        #expect(try await !second.verifyAudit().isIntact)
    }

    @Test(arguments: TestedStore.allCases)
    func `a tail that was cut together with its note is found by the exported head`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        _ = try await store.appendAudit(actor: "u1", action: "first", detail: [:])
        _ = try await store.appendAudit(actor: "u1", action: "second", detail: [:])
        let note = try #require(try harness.rows("SELECT sequence, mac, check_mac FROM audit_head").first)
        _ = try await store.appendAudit(actor: "u1", action: "third", detail: [:])
        let head = try await store.exportHead()
        try harness.execute("DELETE FROM audit WHERE sequence = 3")
        try harness.execute(
            "UPDATE audit_head SET sequence = \(note[0]), mac = x'\(note[1])', check_mac = x'\(note[2])'")
        #expect(try await store.verifyAudit().isIntact)
        #expect(try await store.verifyHead(head).problems == [.cut(expected: 3, found: 2)])
        _ = try await store.appendAudit(actor: "u1", action: "another third", detail: [:])
        #expect(try await store.verifyAudit().isIntact)
        #expect(try await store.verifyHead(head).problems == [.rewritten(sequence: 3)])
    }

    @Test(arguments: TestedStore.allCases)
    func `an emptied chain is found by the exported head`(kind: TestedStore) async throws {
        let (harness, store) = try await written(kind)
        let head = try await store.exportHead()
        try harness.execute("DELETE FROM audit")
        #expect(try await !store.verifyAudit().isIntact)
        try harness.execute("DELETE FROM audit_head")
        #expect(try await store.verifyHead(head).problems.contains(.cut(expected: 3, found: 0)))
    }

    @Test(arguments: TestedStore.allCases)
    func `a head that was changed or signed elsewhere is foreign`(kind: TestedStore) async throws {
        let (_, store) = try await written(kind)
        let (_, other) = try await written(kind)
        let head = try await store.exportHead()
        let forged = AuditHead(sequence: 2, code: head.code, time: head.time, signature: head.signature)
        #expect(try await store.verifyHead(forged).problems == [.foreignHead])
        #expect(try await store.verifyHead(other.exportHead()).problems == [.foreignHead])
        #expect(AuditHead(text: "plumbline-audit-head 1 x") == nil)
    }

    @Test(
        arguments: TestedStore.allCases,
        [
            "UPDATE indicator_values SET numerator = '99' WHERE subject_id = 'e1'",
            "UPDATE indicator_values SET decimal = NULL WHERE subject_id = 'e1'",
            "UPDATE indicator_values SET subject_id = 'e3' WHERE subject_id = 'e1'",
            "UPDATE indicator_values SET published = published + 1 WHERE subject_id = 'e1'",
            "DELETE FROM indicator_values WHERE subject_id = 'e1'",
            "UPDATE indicator_values SET audit_sequence = 1 WHERE subject_id = 'e1'",
        ])
    func `a value that was written beside the store is found`(kind: TestedStore, sql: String) async throws {
        let (harness, store) = try await written(kind)
        try harness.execute(sql)
        #expect(try await store.verifyAudit().problems.contains(.valuesChanged(sequence: 2)))
    }

    @Test(arguments: TestedStore.allCases)
    func `a value that was added beside the store is found`(kind: TestedStore) async throws {
        let (harness, store) = try await written(kind)
        let columns = """
            indicator_id, subject_kind, period_id, status, sample_size, included, excluded, missing, unmatched, flags,
            definition_version, evidence_digest, revision, is_current, cause, published
            """
        try harness.execute(
            """
            INSERT INTO indicator_values (subject_id, audit_sequence, \(columns))
            SELECT 'e9', 7, \(columns) FROM indicator_values WHERE subject_id = 'e1'
            """)
        #expect(try await store.verifyAudit().problems == [.valuesChanged(sequence: 7)])
    }

    @Test(arguments: TestedStore.allCases)
    func `an old revision that was made current again is found`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        try await store.publish([value("e1", "50")])
        try await store.publish([value("e1", "60")])
        try harness.execute("UPDATE indicator_values SET is_current = 0")
        try harness.execute("UPDATE indicator_values SET is_current = 1 WHERE revision = 1")
        #expect(try await store.verifyAudit().problems == [.wrongCurrentRevision(valueKey("e1"))])
    }

    /// A store in which one account was given to two people in turn, the second for some days only.
    private func decided(_ kind: TestedStore) async throws -> (any StoreHarness, any ReviewStore) {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        func decide(_ employee: String, from: String? = nil, to: String? = nil) async throws {
            let account = Account(
                connection: "helpdesk", account: "zhang.wei@example.com", state: .resolved(employee: employee),
                validFrom: from.flatMap { Day(text: $0) }, validTo: to.flatMap { Day(text: $0) })
            try await store.decideAccount(account, actor: "u7", markingStale: [])
        }
        try await decide("1001")
        try await decide("1002", from: "2026-07-01", to: "2026-08-01")
        return (harness, store)
    }

    @Test(arguments: TestedStore.allCases)
    func `decisions about accounts hold, and the audit does not name the account`(kind: TestedStore) async throws {
        let (_, store) = try await decided(kind)
        #expect(try await store.accounts(connection: nil, states: [.resolved]).count == 3)
        #expect(try await store.verifyAudit().isIntact)
        let details = try await store.auditEntries(after: 0, limit: 9).map(\.detail)
        #expect(details.count == 2 && !details.joined().contains("zhang.wei"))
    }

    @Test(
        arguments: TestedStore.allCases,
        [
            "UPDATE accounts SET employee_id = '1003' WHERE employee_id = '1002'",
            "UPDATE accounts SET valid_to = '2026-09-01' WHERE employee_id = '1002'",
            "UPDATE accounts SET decided_by = 'u9' WHERE employee_id = '1002'",
            "UPDATE accounts SET decided_by = NULL", "DELETE FROM accounts WHERE employee_id = '1002'",
            "UPDATE accounts SET account = 'other'",
        ])
    func `a decision that was changed beside the store is found`(kind: TestedStore, sql: String) async throws {
        let (harness, store) = try await decided(kind)
        try harness.execute(sql)
        #expect(try await store.verifyAudit().problems == [.decisionChanged(connection: "helpdesk")])
    }

    @Test(
        arguments: TestedStore.allCases,
        [
            "UPDATE periods SET state = 'open'", "DELETE FROM periods", "UPDATE periods SET changed_by = 'u9'",
            "UPDATE periods SET changed = changed + 1", "UPDATE periods SET reason = NULL",
            "UPDATE periods SET period_id = '2026-08'",
        ])
    func `a period that was changed beside the store is found`(kind: TestedStore, sql: String) async throws {
        let (harness, store) = try await written(kind)
        try harness.execute(sql)
        #expect(try await store.verifyAudit().problems.contains(.periodChanged("2026-07")))
    }

    @Test(
        arguments: TestedStore.allCases,
        [
            "DELETE FROM audit WHERE sequence > 1; DELETE FROM audit_head", "DELETE FROM audit_head",
            "UPDATE audit_head SET sequence = 2", "UPDATE audit_head SET check_mac = mac",
        ])
    func `nothing is appended behind an end that may have been cut`(kind: TestedStore, sql: String) async throws {
        let (harness, store) = try await written(kind)
        try harness.execute(sql)
        let before = try harness.dump()
        let error = await #expect(throws: StoreError.self) {
            try await store.appendAudit(actor: "u1", action: "later", detail: [:])
        }
        #expect(error?.remedy == .stopAll && error?.description.contains("the note of the last audit entry") == true)
        await #expect(throws: StoreError.self) { try await store.publish([value("e1", "51", period: "2026-08")]) }
        await #expect(throws: StoreError.self) { try await store.exportHead() }
        #expect(try harness.dump() == before)
        #expect(try await store.verifyAudit().problems.contains(.headChanged))
    }
}
