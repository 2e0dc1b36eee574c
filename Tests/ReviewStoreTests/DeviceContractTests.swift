import Expressions
import ReviewStore
import Testing

/// What devices tell, from its arrival until its time is over.
@Suite struct DeviceContractTests {
    private static let moment = Timestamp(microseconds: 1_790_000_000_000_000)

    private func entry(_ key: String, _ account: String? = "0007", hours: Int64 = 0) -> StoredDeviceEntry {
        StoredDeviceEntry(
            key: key, account: account, placed: Self.moment + .seconds(hours * 3600),
            received: Self.moment + .seconds(60), contents: Array("line \(key) 打卡".utf8))
    }

    private func arrival(
        _ entries: [StoredDeviceEntry], of serial: String = "CJ1", at connection: String = "gates",
        stamp: String? = nil
    ) -> DeviceArrival {
        DeviceArrival(
            connection: connection, serial: serial, entries: entries, stamp: stamp, received: Self.moment)
    }

    @Test(arguments: TestedStore.allCases)
    func `an entry comes out as it went in, by number, time and account`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let new = try await store.keep(arrival([entry("a"), entry("b", "0008", hours: 5), entry("c", nil, hours: 9)]))
        #expect(new == 3)
        #expect(try await store.lastDeviceEntry(of: "gates") == 3)
        let all = try await store.deviceEntries(of: "gates", in: 1..<10, placed: nil, limit: 10)
        #expect(all.map(\.number) == [1, 2, 3] && all.map(\.account) == ["0007", "0008", nil])
        #expect(all[0].contents == Array("line a 打卡".utf8) && all[0].serial == "CJ1")
        #expect(all[1].placed == Self.moment + .seconds(5 * 3600) && all[1].received == Self.moment + .seconds(60))
        #expect(try await store.deviceEntries(of: "gates", in: 2..<3, placed: nil, limit: 10).map(\.number) == [2])
        #expect(try await store.deviceEntries(of: "gates", in: 1..<10, placed: nil, limit: 2).map(\.number) == [1, 2])
        let late = (Self.moment + .seconds(3600))..<(Self.moment + .seconds(9 * 3600))
        #expect(try await store.deviceEntries(of: "gates", in: 1..<10, placed: late, limit: 9).map(\.number) == [2])
        #expect(try await store.deviceEntries(of: "gates", account: "0008", placed: late).map(\.number) == [2])
        #expect(try await store.deviceEntries(of: "gates", account: "0007", placed: late).isEmpty)
        #expect(try await store.deviceEntries(of: "others", in: 1..<10, placed: nil, limit: 9).isEmpty)
    }

    @Test(arguments: TestedStore.allCases)
    func `what is told again is there once, for its connection and device`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        #expect(try await store.keep(arrival([entry("a"), entry("a"), entry("b")])) == 2)
        #expect(try await store.keep(arrival([entry("a"), entry("c")])) == 1)
        #expect(try await store.keep(arrival([entry("a")], of: "CJ2")) == 1)
        #expect(try await store.keep(arrival([entry("a")], at: "doors")) == 1)
        let numbers = try await store.deviceEntries(of: "gates", in: 1..<99, placed: nil, limit: 9).map(\.number)
        #expect(numbers.count == 4 && numbers == numbers.sorted())
        #expect(try await store.lastDeviceEntry(of: "gates") == numbers.last)
        #expect(try await store.connectionsWithDeviceEntries() == ["doors", "gates"])
    }

    @Test(arguments: TestedStore.allCases)
    func `numbers of people, lines and keys are nowhere in the open`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        _ = try await store.keep(arrival([entry("secret-key", "Canary-7731")], stamp: "17"))
        let dump = try harness.dump().joined()
        #expect(dump.contains("device_entries: ") && dump.contains("CJ1"))
        for text in ["secret-key", "Canary-7731", "打卡"] {
            #expect(!dump.contains(text) && !dump.contains(text.utf8.map { Self.hex($0) }.joined()))
        }
    }

    private static func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

    @Test(arguments: TestedStore.allCases)
    func `marks and calls of devices are held`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        #expect(try await store.stamp(of: "CJ1", at: "gates") == nil)
        _ = try await store.keep(arrival([entry("a")], stamp: "17"))
        _ = try await store.keep(arrival([entry("b")]))
        try await store.note([
            DeviceContact(connection: "gates", serial: "CJ1", called: Self.moment + .seconds(50)),
            DeviceContact(connection: "gates", serial: "CJ2", called: Self.moment),
        ])
        try await store.note([DeviceContact(connection: "gates", serial: "CJ1", called: Self.moment)])
        #expect(try await store.stamp(of: "CJ1", at: "gates") == "17")
        let contacts = try await store.deviceContacts(of: "gates")
        #expect(contacts.map(\.serial) == ["CJ1", "CJ2"] && contacts[0].called == Self.moment + .seconds(50))
        #expect(try await store.health().devices == contacts)
    }

    @Test(arguments: TestedStore.allCases)
    func `what is over goes, is not taken again, and the audit tells`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let all = [entry("a"), entry("b", hours: 30), entry("c", hours: 60)]
        _ = try await store.keep(arrival(all))
        let end = Self.moment + .seconds(40 * 3600)
        func delete(_ isPreview: Bool) async throws -> Int {
            try await store.deleteDeviceEntries(of: "gates", before: end, isPreview: isPreview, actor: "somebody")
        }
        #expect(try await delete(true) == 2)
        #expect(try await store.deviceEntriesKeptSince(of: "gates") == nil)
        #expect(try await delete(false) == 2)
        #expect(try await delete(false) == 0)
        #expect(try await store.deviceEntriesKeptSince(of: "gates") == end)
        #expect(try await store.keep(arrival(all + [entry("d", hours: 50)])) == 1)
        let kept = try await store.deviceEntries(of: "gates", in: 1..<99, placed: nil, limit: 9)
        #expect(kept.map(\.contents).map { String(decoding: $0, as: UTF8.self) } == ["line c 打卡", "line d 打卡"])
        #expect(
            kept.map(\.number) == kept.map(\.number).sorted() && kept.last?.number ?? 0 > 3, "no number comes twice")
    }

    @Test(arguments: TestedStore.allCases)
    func `a commit that fails is told to all that shared it, and the next one works`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        try harness.failWrites(to: "device_entries")
        let failures = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<20 {
                group.addTask {
                    do { _ = try await store.keep(arrival([entry("\(number)")], stamp: "1")) } catch { return true }
                    return false
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failures == 20)
        #expect(try await store.stamp(of: "CJ1", at: "gates") == nil, "no mark without its lines")
        try harness.allowWrites(to: "device_entries")
        #expect(try await store.keep(arrival([entry("1")])) == 1)
    }
}
