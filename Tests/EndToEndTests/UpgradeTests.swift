import Foundation
import PlumblineKit
import Testing

/// What an older version wrote, opened with this one.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct UpgradeTests {
    @Test func `an older database keeps its values, evidence and audit chain`() async throws {
        let company = try OlderCompany()
        #expect(try company.steps().last == OlderCompany.schema)
        let before = try company.database().contents(without: ["grdb_migrations", "import_changes", "runs"])
        let verified = try await company.program.json("verify", "--head", company.url.path + "/head.txt")
        #expect(verified["intact"] == true && verified["entries"] == 10)
        #expect(try company.steps().last != OlderCompany.schema)
        #expect(try await company.values() == company.olderValues())
        let after = try company.database().contents(without: [])
        // Nothing was noted of single records, so each mark stands for its whole type; when values were computed is not
        // known.
        let added = ["stale_marks": ["1", "0"], "computed_definitions": ["NULL"], "people": ["NULL"]]
        for (table, rows) in before where table != "record_fields" {
            #expect(after[table] == rows.map { $0 + (added[table] ?? []) }, "\(table)")
        }
        for table in ["tombstones", "pushed_hours", "device_entries", "devices", "device_logs"] {
            #expect(after[table] == [], "\(table)")
        }
        #expect(after["people_file"] == after["people"] && after["directories"] == [])
        #expect(
            try company.database().rows("SELECT id, inserted, updated, message, gate FROM runs WHERE id = 4")
                == [["4", "1", "1", "import of second.csv", ""]])
    }

    @Test func `values of an older database follow from its evidence`() async throws {
        let company = try OlderCompany()
        let rebuilt = try await company.program.json("rebuild")
        #expect(rebuilt["changed"] == 0 && rebuilt["unchanged"] == 30)
        // July was locked before one of its records changed: that is the same finding as before.
        #expect(rebuilt["refused"]?.array?.count == 6)
        let explained = try await company.program.json("explain", "--all").array ?? []
        let disagreeing = explained.filter { $0["published"]?["agrees"] == false }
        #expect(explained.count == 36 && disagreeing.count == 6)
        #expect(disagreeing.allSatisfy { $0["period"]?["id"] == "2026-07" || $0["period"] == "2026-07" })
    }

    @Test func `what an older version kept of imports, rejects and decisions still serves`() async throws {
        let company = try OlderCompany()
        let sealed = try await company.program.run("rejects", "replay")
        #expect(sealed.status == 1 && sealed.output.contains("'points' wants decimal?, not 'xxxx'"))
        // July is as it was locked again, so that nothing speaks against it.
        try company.setPoints(ofRecord: "2", from: "9", to: "2")
        _ = try await company.program.json("pull")
        _ = try await company.program.json("undo", "2")
        let sheets = try company.database().rows(
            "SELECT _external_id, points FROM evidence_deed WHERE _connection = 'sheets' ORDER BY 1")
        #expect(sheets == [["A", "5"], ["B", "7"]])
        #expect(try await company.program.json("pull")["values"]?["changed"] == 0)
        #expect(try await company.program.json("verify")["intact"] == true)
        #expect(try await company.program.json("people", "unmatched") == [])
    }

    /// The step adds columns to the inbox and moves nothing: what was kept before is as it was.
    @Test func `an inbox of the version before keeps its events, their repeats and contradictions`() async throws {
        let company = try OlderCompany()
        _ = try await company.program.json("verify")
        try company.database().run(
            """
            DROP INDEX inbox_by_proof;
            DROP INDEX inbox_untaken;
            ALTER TABLE inbox DROP COLUMN proof;
            ALTER TABLE inbox DROP COLUMN untaken;
            DROP TABLE device_entries;
            DROP TABLE devices;
            DROP TABLE device_logs;
            DROP TABLE people_file;
            DROP TABLE directory_people;
            DROP TABLE directories;
            ALTER TABLE people DROP COLUMN left_as;
            DELETE FROM grdb_migrations WHERE CAST(identifier AS INTEGER) >= 16;
            INSERT INTO inbox (connection, key, fingerprint, received, state, bytes, contents)
            VALUES ('desk', x'01', x'02', 1790000000000000, 'used', 7, x'03');
            INSERT INTO inbox_repeats (inbox_id, fingerprint, count, last, contents)
            VALUES (1, x'02', 3, 1790000000000000, NULL), (1, x'04', 2, 1790000000000000, x'0505');
            """)
        #expect(try company.steps().last == "15 pushed records")
        let event = try #require(try await company.program.json("inbox", "list").array?.first)
        #expect(event["repeats"] == 3 && event["contradictions"] == 2 && event["untaken"] == 0)
        #expect(try company.steps().contains("16 proofs of events"))
        #expect(try await company.program.json("verify")["intact"] == true)
    }

    @Test func `a backup of an older database is of the older database`() async throws {
        let (company, place) = (try OlderCompany(), try TemporaryFolder())
        let file = place.url.appending(path: "older.backup").path
        let made = try await company.program.json("backup", file)
        #expect(made["intact"] == true && made["schema"] == .string(OlderCompany.schema))
        #expect(try company.steps().last == OlderCompany.schema)
        let folder = place.url.appending(path: "restored")
        _ = try await company.program.json("restore", file, "--to", folder.path)
        let restored = Plumbline(workspace: folder)
        #expect(try await restored.json("verify")["entries"] == 10)
        #expect(try await restored.json("rebuild")["changed"] == 0)
    }

    /// The last step moves what imports have kept into another table: enough of it that a kill can fall into the middle.
    @Test func `a kill while the schema is brought up to date leaves the old or the new one, whole`() async throws {
        let company = try OlderCompany()
        try company.database().run(
            """
            INSERT INTO import_changes (import_id, external_id, hash, before)
            WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 200000)
            SELECT 1, 'kept-' || n, zeroblob(32), '[null, null, 3, 3, "live", "' || hex(randomblob(60)) || '"]'
            FROM number;
            PRAGMA wal_checkpoint(TRUNCATE);
            """)
        let older = try company.database().contents(without: ["import_changes"])
        var (old, new, missed) = (0, 0, 0)
        while old + new < 8, missed < 24 {
            let killed = try OlderCompany(copying: company)
            let running = try killed.program.start(["verify"])
            // The log grows while the step goes on and stays until the program ends.
            let limit = ContinuousClock.now + .seconds(20)
            while killed.logSize < 3_000_000 * (1 + old % 4), ContinuousClock.now < limit {
                try await Task.sleep(for: .milliseconds(1))
            }
            running.kill()
            guard try await running.finish(timeout: .seconds(20)).wasKilled else {
                missed += 1
                continue
            }
            if try killed.steps().last == OlderCompany.schema {
                old += 1
                #expect(try killed.database().contents(without: ["import_changes"]) == older)
                #expect(try killed.database().rows("SELECT COUNT(*) FROM import_changes") == [["200001"]])
            } else {
                new += 1
                #expect(try killed.database().rows("SELECT COUNT(*) FROM run_changes") == [["200001"]])
            }
            #expect(try await killed.program.json("verify")["entries"] == 10)
            #expect(try killed.database().rows("SELECT COUNT(*) FROM run_changes") == [["200001"]])
            #expect(try await killed.values() == killed.olderValues())
        }
        print("of \(old + new) kills, \(old) left the old schema, \(new) the new one; \(missed) came too late")
        #expect(old + new == 8 && old > 0)
    }
}

extension OlderCompany {
    /// How long the log of the database is.
    fileprivate var logSize: Int {
        let log = url.appending(path: "plumbline.sqlite-wal").path
        return (try? FileManager.default.attributesOfItem(atPath: log)[.size] as? Int) ?? 0
    }
}
