import PlumblineKit
import ReviewStore
import Synchronization
import Testing

@testable import Gateway

/// Pulls from a program that crashes, hangs and lies: cursor and evidence stay right, and the next good pull has everything.
@Suite(.timeLimit(.minutes(3))) struct ProcessPullTests {
    private static let all = (1...7).map { "\($0) live" }

    private func cursor(_ host: WorkspaceHost) async throws -> String? {
        try await host.store.cursor(connection: "diary", stream: "deeds").map {
            String($0.drop { $0 != "\n" }.dropFirst())
        }
    }

    @Test func `a tap's records become evidence, and a second pull asks for what changed`() async throws {
        let tap = try PlayedTap()
        let host = try await tap.workspace.host()
        let first = try await host.pull([])
        #expect(first.isComplete && first.streams.map(\.run.counters.inserted) == [7])
        #expect(try await host.evidenceStates() == Self.all)
        #expect(try await cursor(host) == #"{"state":{"at":7},"keys":"id"}"#)
        try tap.rows([("1", 1), ("2", 9), ("3", 3)])
        let second = try await host.pull([])
        #expect(second.streams.map(\.run.counters.read) == [1] && second.streams.map(\.run.counters.updated) == [1])
        #expect(try await cursor(host) == #"{"state":{"at":9},"keys":"id"}"#)
    }

    @Test(arguments: [
        (#"[["complain","the TOKEN is wrong"],["exit",1]]"#, "exit code 1"), (#"[["die",0]]"#, "signal 9"),
        (#"[["say","{\"type\":\"RECORD\",\"str"],["die",0]]"#, "signal 9"),
        (#"[["say","{\"type\":\"STATE\",\"value\":7}"],["exit",3]]"#, "exit code 3"),
        (#"[["say",{"type":"BATCH","stream":"deeds"}]]"#, "BATCH"),
    ])
    func `a run that dies keeps what came and goes on from the last state`(act: String, says: String) async throws {
        for row in [0, 1, 4, 6] {
            let tap = try PlayedTap()
            try tap.behave([row: act])
            let host = try await tap.workspace.host()
            let failed = try await host.pull([])
            let message = try #require(failed.streams.first?.failure?.message)
            #expect(message.contains(says) && !message.contains("hush-hush-token"), "\(message)")
            let kept = try await host.evidenceStates()
            #expect(kept == Array(Self.all.prefix(row)), "what came before row \(row) is there")
            let state = row / 2 * 2
            let cursor = try await cursor(host) ?? "{}"
            #expect(
                state == 0 ? !cursor.contains("at") : cursor.contains(#""at":\#(state)"#), "\(cursor) before \(row)")

            try tap.behave([:])
            let good = try await host.pull([])
            #expect(good.isComplete && good.streams.map(\.run.counters.read) == [7 - state])
            #expect(try await host.evidenceStates() == Self.all)
        }
    }

    @Test func `a tap that hangs is ended and what came is kept`() async throws {
        let tap = try PlayedTap()
        try tap.workspace.edit("connectors/diary.yaml", "silence: 20s", "silence: 2s")
        try tap.behave([4: #"[["hang",0]]"#])
        let host = try await tap.workspace.host()
        let failed = try await host.pull([])
        #expect(failed.streams.first?.failure?.message.contains("'sandbox: silence'") == true)
        #expect(failed.streams.first?.failure?.isTemporary == true)
        #expect(try await host.evidenceStates() == Array(Self.all.prefix(4)))
        try tap.behave([:])
        // Limits are no part of how a stream is read: nothing is read anew.
        try tap.workspace.edit("connectors/diary.yaml", "silence: 2s", "silence: 25s")
        let good = try await tap.workspace.host().pull([])
        #expect(good.isComplete && good.streams.map(\.run.counters.read) == [3])
    }

    @Test func `garbage among the messages is kept as rejects, and the rest counts`() async throws {
        let tap = try PlayedTap()
        try tap.behave([
            2: #"[["say","Loading"],["say","{\"type\":\"RECORD\",\"stream\":\"deeds\",\"record\":{"]]"#,
            3: #"[["say",{"type":"RECORD","stream":"others","record":{"id":"9"}}]]"#,
            5: #"[["say",{"type":"RECORD","stream":"deeds","record":{"at":3}}],["say",{"type":"NEWS"}]]"#,
        ])
        let host = try await tap.workspace.host()
        let report = try await host.pull([])
        #expect(report.isComplete && report.streams.map(\.run.counters.rejected) == [2])
        #expect(report.streams.first?.anomalies.count == 3)
        #expect(try await host.evidenceStates() == Self.all)
        #expect(try await cursor(host) == #"{"state":{"at":7},"keys":"id"}"#)
    }

    @Test func `a line that could not be read yesterday is not lost for another one in its place today`() async throws {
        let tap = try PlayedTap()
        let host = try await tap.workspace.host()
        func pull(_ text: String, _ rows: [(String, Int)]) async throws -> [String] {
            try tap.behave([
                1: #"[["say","{\"type\":\"RECORD\",\"stream\":\"deeds\",\"record\":{\"points\":\#(text)"]]"#
            ])
            try tap.rows(rows)
            _ = try await host.pull([])
            var inputs: [String] = []
            for letter in try await host.openRejects() {
                inputs.append(String(decoding: try await host.store.openDeadLetter(letter.id), as: UTF8.self))
            }
            return inputs.map { String($0.suffix(1)) }
        }
        #expect(try await pull("1", [("1", 1), ("2", 2)]) == ["1"])
        #expect(try await pull("2", [("3", 3), ("4", 4)]) == ["1", "2"])
        #expect(try await pull("2", [("5", 5), ("6", 6)]) == ["1", "2"], "the same line again is the same reject")
    }

    @Test func `a record that the tap tells as deleted is gone, and one that came back is there`() async throws {
        let tap = try PlayedTap()
        let host = try await tap.workspace.host()
        _ = try await host.pull([])
        let gone = #"[["say",{"type":"RECORD","stream":"deeds","record":{"id":"3","_sdc_deleted_at":"2026-07-01"}}]]"#
        try tap.rows([("8", 8), ("9", 9)])
        try tap.behave([1: gone])
        #expect(try await host.pull([]).streams.map(\.run.counters.deleted) == [1])
        #expect(try await host.evidenceStates().contains("3 deleted"))
        try tap.behave([0: gone])
        try tap.rows([("3", 10)])
        _ = try await host.pull([])
        #expect(try await host.evidenceStates().contains("3 live"))
    }

    @Test func `a state that goes back, or stands before its records, harms nothing`() async throws {
        let tap = try PlayedTap()
        try tap.behave([
            0: #"[["say",{"type":"STATE","value":{"at":0}}]]"#,
            5: #"[["say",{"type":"STATE","value":{"at":1}}],["die",0]]"#,
        ])
        let host = try await tap.workspace.host()
        _ = try await host.pull([])
        #expect(try await cursor(host)?.contains(#""at":1"#) == true)
        try tap.behave([:])
        #expect(try await host.pull([]).streams.map(\.run.counters.read) == [6])
        #expect(try await host.evidenceStates() == Self.all)
    }

    @Test func `a sweep takes what the tap has no more, and one that fails takes nothing`() async throws {
        let tap = try PlayedTap()
        try tap.workspace.edit("connectors/diary.yaml", "record: deed", "record: deed\n    deletes: full_list")
        let host = try await tap.workspace.host()
        #expect(try await host.pull([]).isComplete)
        try tap.rows((2...7).map { ("\($0)", $0) })
        try tap.behave([2: #"[["die",0]]"#])
        #expect(try await host.pull([]).isComplete == false)
        #expect(try await host.evidenceStates() == Self.all)
        try tap.behave([:])
        #expect(try await host.pull([]).streams.map(\.run.counters.gone) == [1])
    }

    @Test func `a cancelled pull ends the tap and keeps the cursor`() async throws {
        let tap = try PlayedTap()
        try tap.behave([4: #"[["hang",0]]"#])
        let host = try await tap.workspace.host()
        let (pages, page) = AsyncStream.makeStream(of: Int.self)
        let task = Task { try await host.pull([]) { progress in page.yield(progress.records) } }
        for await count in pages where count >= 4 { break }
        task.cancel()
        _ = try? await task.value
        #expect(try await host.evidenceStates() == Array(Self.all.prefix(4)))
        try tap.behave([:])
        let again = try await host.pull([])
        #expect(again.isComplete && again.streams.map(\.run.counters.read) == [3])
    }

    @Test func `check shows the tap's streams, or why it does not start`() async throws {
        let tap = try PlayedTap()
        let host = try await tap.workspace.host()
        let check = await host.check(try host.workspace.connection("diary"))
        #expect(check.failure == nil && check.remarks.last == "stream deeds: key id, fields id")
        try tap.workspace.edit("connectors/diary.yaml", "[python3, tap.py]", "[python3, no-tap.py]")
        let other = try await tap.workspace.host()
        let failed = await other.check(try other.workspace.connection("diary"))
        #expect(failed.failure?.message.contains("no-tap.py") == true)
    }

    @Test func `a stream that the tap does not have is a mistake in the connection`() async throws {
        let tap = try PlayedTap()
        try tap.workspace.edit("connectors/diary.yaml", "    record: deed", "    from: deads\n    record: deed")
        let report = try await tap.workspace.host().pull([])
        #expect(report.streams.first?.failure?.message.contains("no stream 'deads'; it has: deeds") == true)
    }

    // MARK: Files

    @Test(arguments: [
        ("{silence: 20s}", "{silence: soon}", "'silence' must be a duration such as 30s, 5m or 2h, not 'soon'"),
        ("{silence: 20s}", "{memory_mib: 0}", "'memory_mib' must be a number above 0, not '0'"),
        ("{silence: 20s}", "{memory: 1}", "unknown key 'memory'"),
        ("{silence: 20s}", "{namespaces: maybe}", "'namespaces' must be one of auto, required, off, not 'maybe'"),
        ("[python3, tap.py]", "{a: b}", "setting 'command': expected a list of texts, got a map"),
        ("config: {token", "config: [token] #", "setting 'config': must be a map"),
    ])
    func `a mistake in the file is told with its place`(old: String, new: String, says: String) throws {
        let tap = try PlayedTap()
        try tap.workspace.edit("connectors/diary.yaml", old, new)
        let problems = try tap.workspace.problems()
        #expect(problems.contains { $0.hasPrefix("connectors/diary.yaml:") && $0.contains(says) }, "\(problems)")
    }

    @Test func `a secret that is not there is told, at whatever depth it stands`() async throws {
        let tap = try PlayedTap()
        try tap.workspace.edit("connectors/diary.yaml", "deep: [1", "deep: [{a: \"${file:no-such}\"}")
        let report = try await tap.workspace.host().pull([])
        #expect(report.failures.first?.message.contains("secrets/no-such") == true)
    }

    @Test func `limits on a connector that starts no program are a mistake`() throws {
        let workspace = try TestWorkspace()
        try workspace.edit("connectors/diary.yaml", "streams:", "sandbox: {memory_mib: 5}\nstreams:")
        #expect(
            try workspace.problems() == [
                "connectors/diary.yaml:5:10: file.scripted starts no program: there is nothing to limit"
            ])
    }
}
