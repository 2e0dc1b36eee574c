import Foundation
import PlumblineKit
import Testing

/// An import that is killed has stored all of its file or nothing, and ends like an undisturbed one when it is repeated.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct ImportKillTests {
    private static let rows = 1_500

    @Test func `a first import of a table that is killed at 25 random moments`() async throws {
        let folder = try TemporaryFolder()
        let file = try ImportFile.write(rows: 0..<Self.rows, points: 1, as: "csv", in: folder)
        try await killImports(of: file, over: try await ImportCompany())
    }

    /// The second file changes some records, brings others first, and leaves the rest alone.
    @Test func `an import of a workbook over an older one that is killed at 25 random moments`() async throws {
        let folder = try TemporaryFolder()
        let company = try await ImportCompany()
        let older = try ImportFile.write(rows: 0..<Self.rows, points: 1, as: "xlsx", in: folder)
        #expect(try await company.bring(older)["new"]?.int == Self.rows)
        let newer = try ImportFile.write(rows: 700..<700 + Self.rows, points: 5, as: "xlsx", in: folder)
        try await killImports(of: newer, over: company)
    }

    private func killImports(of file: URL, over company: ImportCompany) async throws {
        let undisturbed = try ImportCompany(copying: company)
        let start = ContinuousClock.now
        let report = try await undisturbed.bring(file)
        let duration = ContinuousClock.now - start
        #expect(report["rows"]?.int == Self.rows && report["values"]?["changed"]?.int ?? 0 > 100)
        let before = try ImportedState(company.database())
        let after = try ImportedState(undisturbed.database())
        #expect(before.records != after.records && before.values != after.values && !after.isStale)
        var kills = ImportKills(file: file, company: company, duration: duration, before: before, after: after)
        try await kills.run(25)
        print(kills)
        #expect(kills.tally.kills == 25, "\(kills)")
        #expect(kills.tally.nothing > 0 && kills.tally.stored > 0, "\(kills)")
    }
}

/// Kills imports at random moments and looks at what is left. `PLUMBLINE_KILL_SEED` repeats a run.
struct ImportKills: CustomStringConvertible {
    let file: URL
    let company: ImportCompany
    /// How long an undisturbed import takes at most; less once one was over earlier.
    private(set) var duration: Duration
    let before: ImportedState
    let after: ImportedState
    private let seed: UInt64
    private var chance: SeededChance
    private(set) var tally = Tally()
    private var moments: [Duration] = []

    /// What was found after the kills.
    struct Tally {
        var nothing = 0
        /// The whole file, and none of its values.
        var stored = 0
        var published = 0
        /// Kills that came too late.
        var missed = 0

        var kills: Int { nothing + stored + published }
    }

    init(file: URL, company: ImportCompany, duration: Duration, before: ImportedState, after: ImportedState) {
        (self.file, self.company, self.duration, self.before, self.after) = (file, company, duration, before, after)
        seed =
            ProcessInfo.processInfo.environment["PLUMBLINE_KILL_SEED"].flatMap { UInt64($0) }
            ?? .random(in: 0...UInt64.max)
        chance = SeededChance(seed: seed)
    }

    var description: String {
        let moments = moments.map { "\($0 / .milliseconds(1))" }.joined(separator: ", ")
        return
            "\(file.lastPathComponent), seed \(seed), \(duration): \(tally.nothing) kills left nothing, \(tally.stored) "
            + "the file without its values, \(tally.published) both; \(tally.missed) came too late; after ms \(moments)"
    }

    /// Kills `count` imports, one after the other, each in a workspace of its own.
    ///
    /// The moments lie all over an undisturbed import's duration. Every fifth waits for the file to be stored, so that
    /// some surely fall between that and the values.
    mutating func run(_ count: Int) async throws {
        while tally.kills < count, tally.missed < 4 * count {
            let number = tally.kills
            let killed = try ImportCompany(copying: company)
            let moment = (duration * number + .milliseconds(1) * random(duration / .milliseconds(1))) / count
            let running = try killed.startImport(of: file)
            if number % 5 == 4 {
                try await waitUntilStored(killed)
                try await Task.sleep(for: .milliseconds(random(20)))
            } else {
                try await Task.sleep(for: moment)
            }
            running.kill()
            guard try await running.finish(timeout: .seconds(10)).wasKilled else {
                tally.missed += 1
                if number % 5 != 4 { duration = min(duration, moment) * 0.9 }
                continue
            }
            moments.append(moment)
            try await check(killed, repairsFirst: number % 2 == 0)
        }
    }

    private mutating func random(_ limit: Double) -> Int { Int.random(in: 0...max(1, Int(limit)), using: &chance) }

    private func waitUntilStored(_ company: ImportCompany) async throws {
        let database = try company.database()
        let limit = ContinuousClock.now + duration * 3
        while ContinuousClock.now < limit {
            let imports = try Int(database.rows("SELECT COUNT(*) FROM imports").first?.first ?? "")
            if imports != before.traces.imports { return }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    private mutating func check(_ killed: ImportCompany, repairsFirst: Bool) async throws {
        let found = try ImportedState(killed.database())
        if found.traces == before.traces {
            tally.nothing += 1
            #expect(found == before, "nothing of the import: \(self)")
        } else {
            #expect(found.hasSameEvidence(as: after) && found.traces == after.traces, "all of the import: \(self)")
            if found.values == after.values { tally.published += 1 } else { tally.stored += 1 }
            #expect(found.values == after.values || (found.values == before.values && found.isStale), "\(self)")
            if repairsFirst {
                _ = try await killed.program.json("pull")
                #expect(try ImportedState(killed.database()) == after, "the next command publishes the values: \(self)")
            }
        }
        _ = try await killed.bring(file)
        let end = try ImportedState(killed.database())
        #expect(end.hasSameEvidence(as: after) && end.values == after.values && !end.isStale, "\(self)")
        #expect(try await killed.program.json("verify")["intact"] == true, "\(self)")
    }
}
