import Foundation
import PlumblineKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(10)), .sampleCompany)
struct AuditTests {
    private func copy() throws -> SampleCompany { try SampleCompany(copying: try #require(SampleCompany.current)) }

    @Test func `values that are computed anew from the evidence are the same`() async throws {
        let company = try copy()
        let program = company.program
        let before = try await program.values()
        let outcome = try await program.json("rebuild")
        #expect(outcome["changed"] == 0)
        #expect(outcome["refused"] == [])
        #expect(outcome["unchanged"]?.int == before.count)
        #expect(try await program.values() == before)
        #expect(try await program.json("verify")["intact"] == true)
    }

    /// Of each column the first, the middle and the last byte.
    @Test func `one flipped bit in any column of any audit row is found`() async throws {
        let company = try copy()
        let rows = try company.database().rows("SELECT sequence FROM audit").map { $0[0] }
        try #require(rows.count >= 2)
        for row in rows {
            for column in ["sequence", "time", "actor", "action", "detail", "previous_mac", "mac"] {
                for part in Database.Part.allCases {
                    try await expectDamage(company, "\(part) of \(column) of entry \(row)") { database in
                        try database.flip(part, column, of: row)
                    }
                }
            }
        }
    }

    @Test func `a removed audit row is found, the last one too`() async throws {
        let company = try copy()
        for row in try company.database().rows("SELECT sequence FROM audit").map({ $0[0] }) {
            try await expectDamage(company, "entry \(row) removed") { database in
                try database.rows("DELETE FROM audit WHERE sequence = \(row)")
            }
        }
    }

    @Test func `a published value that was changed behind the program's back is found`() async throws {
        try await expectDamage(try copy(), "value changed") { database in
            try database.rows(
                "UPDATE indicator_values SET decimal = '1' WHERE rowid = (SELECT max(rowid) FROM indicator_values)")
        }
    }

    /// An older state of the whole database is intact in itself; only a head that was kept elsewhere tells.
    @Test func `a cut tail is found with a head that was exported before`() async throws {
        let company = try SampleCompany()
        _ = try await company.program.json("people", "import")
        let older = try SampleCompany(copying: company)
        _ = try await company.program.json("pull")
        let head = company.url.appending(path: "head.txt").path
        _ = try await company.program.json("verify", "--export-head", head)
        #expect(try await company.program.json("verify", "--head", head)["intact"] == true)

        #expect(try await older.program.json("verify")["intact"] == true)
        let cut = try await older.program.run("verify", "--head", head)
        #expect(cut.status == 1)
        #expect(cut.output.contains("the chain ends with entry"))
    }

    /// Damages the database, expects `verify` to find it, and puts the database back.
    private func expectDamage(
        _ company: SampleCompany, _ what: String, _ damage: (Database) throws -> Void
    ) async throws {
        let damaged = try SampleCompany(copying: company)
        try damage(try damaged.database())
        let verified = try await damaged.program.run("verify", "--format", "json")
        #expect(verified.status == 1, "\(what)")
        #expect(try verified.json()["intact"] == false, "\(what)")
    }
}

extension Database {
    fileprivate enum Part: CaseIterable { case first, middle, last }

    /// Flips the lowest bit of one byte of a column; of a number, its lowest bit.
    fileprivate func flip(_ part: Part, _ column: String, of sequence: String) throws {
        let row = "WHERE sequence = \(sequence)"
        let found = try rows("SELECT typeof(\(column)), hex(CAST(\(column) AS BLOB)) FROM audit \(row)")
        guard let (type, hex) = found.first.map({ ($0[0], $0[1]) }) else { return }
        if type == "integer" {
            let other = column == "sequence" ? "\(column) + 1000" : "(\(column) | 1) - (\(column) & 1)"
            try rows("UPDATE audit SET \(column) = \(other) \(row)")
            return
        }
        let digits = hex.utf8.map { $0 < 0x3A ? $0 - 0x30 : $0 - 0x37 }
        var bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        let index =
            switch part {
            case .first: 0
            case .middle: bytes.count / 2
            case .last: bytes.count - 1
            }
        bytes[index] ^= 1
        let changed = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let literal = type == "text" ? "CAST(x'\(changed)' AS TEXT)" : "x'\(changed)'"
        try rows("UPDATE audit SET \(column) = \(literal) \(row)")
    }
}
