import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// Which of several events about a record counts: by the system's own versions, by the order of arrival, and where a
/// connection goes over from one to the other.
@Suite struct InboxVersionTests {
    typealias Hooked = HookedWorkspace

    private static let arrivals = "settings: {id: id, deleted_when"
    private static func versions(_ place: String) -> String { "settings: {id: id, version: \(place), deleted_when" }

    /// A deed with two numbers that a connection may take as its version.
    private static func deed(_ points: Int, rev: Int, seq: Int = 0, id: String = "d") -> String {
        #"{"id":"\#(id)","who":"E01","at":"2026-07-10T02:00:00Z","points":\#(points),"rev":\#(rev),"seq":\#(seq)}"#
    }

    private static func gone(rev: Int? = nil, id: String = "d") -> String {
        #"{"type":"gone","id":"\#(id)"\#(rev.map { #","rev":\#($0)"# } ?? "")}"#
    }

    /// A company that sends events one after the other, each used before the next comes.
    private final class Sending {
        let hooked: HookedWorkspace
        var host: WorkspaceHost
        private var count = 0

        init(_ settings: String) async throws {
            hooked = try await HookedWorkspace()
            try hooked.company.edit("connectors/hooks.yaml", InboxVersionTests.arrivals, settings)
            host = try await hooked.company.host()
        }

        func send(_ bodies: String...) async throws {
            for body in bodies {
                count += 1
                try await hooked.send("m\(count)", body)
                _ = try await host.drainInbox()
            }
        }

        func goOver(from old: String, to new: String) async throws {
            try hooked.company.edit("connectors/hooks.yaml", old, new)
            host = try await hooked.company.host()
        }

        func replay(_ ids: ClosedRange<InboxID>? = nil) async throws {
            _ = try await host.replayInbox(InboxFilter(connection: "hooks", ids: ids))
        }

        var points: String? { get async throws { try await host.shown("deed_points", "E01") } }
    }

    @Test func `going over from the order of arrival to own versions freezes nothing`() async throws {
        let sending = try await Sending(Self.arrivals)
        for number in 1...5 { try await sending.send(Self.deed(number, rev: 0)) }
        try await sending.goOver(from: Self.arrivals, to: Self.versions("rev"))
        try await sending.send(Self.deed(6, rev: 2))
        #expect(try await sending.points == "6.00")
        try await sending.send(Self.deed(7, rev: 1))
        #expect(try await sending.points == "6.00", "from now on the system's own versions count")
    }

    @Test func `going back from own versions to the order of arrival freezes nothing`() async throws {
        let sending = try await Sending(Self.versions("rev"))
        try await sending.send(Self.deed(1, rev: 1_000))
        try await sending.goOver(from: Self.versions("rev"), to: Self.arrivals)
        try await sending.send(Self.deed(2, rev: 3))
        #expect(try await sending.points == "2.00")
    }

    @Test func `another member of the events may become the version`() async throws {
        let sending = try await Sending(Self.versions("rev"))
        try await sending.send(Self.deed(1, rev: 1_000, seq: 3))
        try await sending.goOver(from: Self.versions("rev"), to: Self.versions("seq"))
        try await sending.send(Self.deed(2, rev: 1_001, seq: 4))
        #expect(try await sending.points == "2.00")
        try await sending.send(Self.deed(3, rev: 1_002, seq: 2))
        #expect(try await sending.points == "2.00")
    }

    @Test func `events used again after going over to own versions show what the system says is newest`() async throws {
        let sending = try await Sending(Self.arrivals)
        try await sending.send(Self.deed(9, rev: 9), Self.deed(8, rev: 8), Self.deed(7, rev: 7))
        #expect(try await sending.points == "7.00")
        try await sending.goOver(from: Self.arrivals, to: Self.versions("rev"))
        try await sending.replay(2...2)
        #expect(try await sending.points == "7.00", "nothing says yet that it is newer")
        try await sending.replay()
        #expect(try await sending.points == "9.00")
        for id in [1, 2, 3] as [InboxID] {
            try await sending.replay(id...id)
            #expect(try await sending.points == "9.00")
        }
    }

    @Test func `events used again after going back show what came last`() async throws {
        let sending = try await Sending(Self.versions("rev"))
        try await sending.send(Self.deed(9, rev: 9), Self.deed(8, rev: 8))
        #expect(try await sending.points == "9.00")
        try await sending.goOver(from: Self.versions("rev"), to: Self.arrivals)
        try await sending.replay()
        #expect(try await sending.points == "8.00")
        try await sending.replay(1...1)
        #expect(try await sending.points == "8.00")
    }

    @Test func `a reject keeps its version, and takes nothing back when it is replayed`() async throws {
        let sending = try await Sending(Self.arrivals)
        try await sending.send(Self.deed(1, rev: 1).replacing(#""points":1"#, with: #""points":"one""#))
        let letter = try #require(try await sending.host.openRejects().first)
        #expect(letter.version == RecordVersion(own: nil, arrival: 1))
        try await sending.goOver(from: Self.arrivals, to: Self.versions("rev"))
        try await sending.send(Self.deed(2, rev: 2))
        #expect(try await sending.host.openRejects().isEmpty)
        #expect(try await sending.points == "2.00")
    }

    // MARK: Deletions

    @Test func `an event that comes late does not bring back what was deleted`() async throws {
        let sending = try await Sending(Self.versions("rev"))
        try await sending.send(Self.deed(1, rev: 1), Self.gone(rev: 3), Self.deed(2, rev: 2))
        #expect(try await sending.host.evidenceStates() == ["d deleted"])
        try await sending.replay(1...1)
        try await sending.replay()
        #expect(try await sending.host.evidenceStates() == ["d deleted"])
        try await sending.send(Self.deed(3, rev: 3))
        #expect(try await sending.host.evidenceStates() == ["d deleted"], "of the version that was deleted")
        #expect(try await sending.host.rebuild().changes.isEmpty)
        try await sending.send(Self.deed(4, rev: 4))
        #expect(try await sending.points == "4.00")
        #expect(try await sending.host.rebuild().changes.isEmpty)
        #expect(try await sending.host.store.verifyAudit().problems == [])
    }

    @Test func `a deletion that comes before what it deletes is remembered`() async throws {
        let sending = try await Sending(Self.versions("rev"))
        try await sending.send(Self.gone(rev: 3), Self.deed(2, rev: 2))
        #expect(try await sending.host.evidenceStates().isEmpty)
        #expect(try await sending.host.rebuild().changes.isEmpty)
        try await sending.send(Self.deed(4, rev: 4))
        #expect(try await sending.points == "4.00")
    }

    @Test func `a deletion without a version keeps that of the record`() async throws {
        let sending = try await Sending(Self.versions("rev"))
        try await sending.send(Self.deed(2, rev: 2), Self.gone(), Self.deed(1, rev: 1))
        #expect(try await sending.host.evidenceStates() == ["d deleted"])
    }

    @Test func `by the order of arrival, too, a deletion stays against what is used after it`() async throws {
        let sending = try await Sending(Self.arrivals)
        try await sending.hooked.send("first", Self.deed(1, rev: 1))
        _ = try await sending.host.discardEvents(InboxFilter(connection: "hooks"), reason: "a test")
        try await sending.send(Self.gone())
        try await sending.replay(1...1)
        #expect(try await sending.host.evidenceStates().isEmpty)
        #expect(try await sending.host.shown("deed_count", "E01") == nil)
    }

    @Test func `remembered deletions go with retention, no sooner than any connection's events`() async throws {
        let sending = try await Sending(Self.versions("rev"))
        try sending.hooked.company.edit("plumbline.yaml", "zone:", "retention: {deletions: 10}\nzone:")
        try sending.hooked.company.edit("connectors/hooks.yaml", "people: all", "people: all, keep_days: 40")
        sending.host = try await sending.hooked.company.host()
        try await sending.send(Self.gone(rev: 3))
        sending.hooked.company.clock.set("2026-11-20T00:00:00Z")
        let early = try await sending.host.applyRetention(isPreview: true)
        #expect(early.deletions == 0 && early.deletionDays == 40)
        sending.hooked.company.clock.set("2026-11-25T00:00:00Z")
        #expect(try await sending.host.applyRetention(isPreview: false).deletions == 1)
    }

    // MARK: Upgrade

    /// What the step of the schema made that tells the kinds of versions.
    private static let olderSchema = """
        DROP TABLE tombstones; DROP TABLE pushed_hours; DROP INDEX runs_of_stream; DROP INDEX runs_judged;
        DROP INDEX runs_released; DROP INDEX runs_newest; DROP INDEX dead_letters_by_run;
        DELETE FROM grdb_migrations WHERE identifier LIKE '15 %';
        UPDATE evidence_deed SET _source_version = substr(_source_version, 2);
        UPDATE dead_letters SET source_version = substr(source_version, 2);
        """

    @Test func `orders of arrival of an older database are told from own versions`() async throws {
        let sending = try await Sending(Self.arrivals)
        for number in 1...5 { try await sending.send(Self.deed(number, rev: 0)) }
        try await sending.send(Self.deed(1, rev: 1, id: "odd").replacing(#""points":1"#, with: #""points":"one""#))
        try sending.hooked.company.reopen()
        try sending.hooked.company.tamper(Self.olderSchema)
        try sending.hooked.company.edit("connectors/hooks.yaml", Self.arrivals, Self.versions("rev"))
        sending.host = try await sending.hooked.company.host()
        let stored = try await sending.host.store.evidence(of: "deed", after: nil, limit: 9, states: [.live])
        #expect(stored.map(\.version) == [RecordVersion(own: nil, arrival: 5)])
        #expect(try await sending.host.openRejects().map(\.version) == [RecordVersion(own: nil, arrival: 6)])
        #expect(try await sending.host.store.pushedHours().map(\.events) == [6])
        let receiver = CallbackReceiver(sending.host, inbox: InboxReception(sending.host.store))
        let request = try sending.hooked.request("new", Self.deed(6, rev: 2))
        #expect(await receiver.answer(request, for: "hooks").status == 200)
        _ = try await sending.host.drainInbox()
        #expect(try await sending.points == "6.00")
    }
}
