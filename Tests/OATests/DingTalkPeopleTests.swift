import DingTalkTesting
import OAConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// The directory as it is, although it changes while it is read.
@Suite struct DingTalkPeopleTests {
    typealias Scene = DingTalkScene

    @Test func `people conform`() async throws {
        try await ConformanceSuite(
            DingTalkConnector.self, settings: Scene.settings, stream: "people",
            records: ["boss", "chen", "li", "sun", "wang", "zhang"], rejected: ["person 1 without id"]
        ) {
            var dingTalk = DingTalkEmulator.company()
            dingTalk.users[4].lacks = "userid"
            let service = EmulatedService(dingTalk)
            return DingTalkConnection.context(service, now: service.now)
        }.run()
    }

    private func people(
        _ dingTalk: DingTalkEmulator = .company(), _ changes: [String: SettingInput] = [:]
    ) async throws -> [String: JSON] {
        let service = EmulatedService(dingTalk)
        var ledger = StreamLedger("people")
        try await Scene.run(&ledger, service, changes)
        #expect(service.system.faults == [])
        return ledger.records.mapValues(\.json)
    }

    /// Hired on 1 March at 16:00 UTC, which is the second in Shanghai.
    @Test func `a person has the fields that a directory needs`() async throws {
        let people = try await people()
        #expect(
            people["zhang"] == [
                "id": "zhang", "staff_number": "P003", "name": "张伟", "name_en": .null,
                "email": "zhang.wei@plumbline.example", "mobile": "13800000003", "title": "Head of support",
                "unit": "Plumb/Support", "units": ["Plumb/Support"], "manager": .null, "leads": ["Plumb/Support"],
                "joined_on": "2026-03-02", "left_on": .null, "is_active": true,
            ])
        #expect(people["wang"]?["unit"] == "Plumb/Support/Level 2" && people["wang"]?["staff_number"] == .null)
        #expect(people["boss"]?["unit"] == "Plumb" && people["boss"]?["leads"] == [])
    }

    @Test func `who is in two departments comes once, with the first as the main one`() async throws {
        let chen = try #require(try await people()["chen"])
        #expect(chen["unit"] == "Plumb/Admin／行政", "a slash in a name is no separator")
        #expect(chen["units"] == ["Plumb/Admin／行政", "Plumb/Support/Level 2"])
        let unsure = try #require(try await people(.company(), ["main_unit": .text("only")])["chen"])
        #expect(unsure["unit"] == .null && unsure["units"]?.array?.count == 2)
        #expect(try await self.people(.company(), ["main_unit": .text("only")])["li"]?["unit"] == "Plumb/Support")
    }

    @Test func `managers are asked for where the settings say so`() async throws {
        let people = try await people(.company(), ["read_managers": .text("true")])
        #expect(people["li"]?["manager"] == "zhang" && people["zhang"]?["manager"] == .null)
        #expect(try await self.people()["li"]?["manager"] == .null)
    }

    @Test func `a part of the company can be read`() async throws {
        let people = try await people(.company(), ["root_department": .text("2"), "root_name": .text("Support")])
        #expect(people.keys.sorted() == ["chen", "li", "wang", "zhang"])
        #expect(people["chen"]?["units"] == ["Support/Level 2"], "departments outside are not told of")
    }

    @Test func `departments of more people than a page are read whole`() async throws {
        var dingTalk = DingTalkEmulator.company()
        for number in 1...250 { dingTalk.users.append(.init("u\(1000 + number)", "N", in: [2])) }
        #expect(try await people(dingTalk, ["page_size": .text("100")]).count == 257)
    }

    @Test func `who left vanishes, who joined comes`() async throws {
        let service = EmulatedService(DingTalkEmulator.company())
        var ledger = StreamLedger("people")
        try await Scene.run(&ledger, service)
        service.edit { dingTalk in
            dingTalk.leave("sun")
            dingTalk.hire(.init("wu", "吴刚", in: [3]))
        }
        try await Scene.run(&ledger, service)
        #expect(ledger.records.keys.sorted() == ["boss", "chen", "li", "wang", "wu", "zhang", "zhao"])
    }

    // MARK: Changes meanwhile

    /// At every request somebody moves, a department comes or goes: whoever was there all the time comes, once.
    @Test(arguments: 0..<12)
    func `nobody who was there all the time is missing or doubled`(seed: Int) async throws {
        var dingTalk = DingTalkEmulator.company()
        for number in 1...130 { dingTalk.users.append(.init("u\(1000 + number)", "N", in: [2 + number % 3])) }
        let service = EmulatedService(dingTalk)
        service.meanwhile { dingTalk, number, _ in
            if number > 35 { return }
            switch (number + seed) % 4 {
            case 0: dingTalk.move("u\(1001 + (number * 7 + seed) % 130)", to: [2 + (number + seed) % 4])
            case 1: dingTalk.leave("u\(1001 + (number * 11 + seed) % 130)")
            case 2: dingTalk.hire(.init("new\(number)", "N", in: [5]))
            default: dingTalk.departments[6] = dingTalk.departments[6] == nil ? .init("New", under: 5) : nil
            }
        }
        var ledger = StreamLedger("people")
        try await Scene.run(&ledger, service, ["page_size": .text("40")])
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "nobody is doubled")
        #expect(ledger.records.keys.sorted() == service.system.users.map(\.id).sorted(), "seed \(seed)")
        #expect(service.system.faults == [])
    }

    /// Moves to a department that was read already, from one that was not.
    @Test(arguments: 1...14)
    func `who moves behind the walk's back is found`(request: Int) async throws {
        let service = EmulatedService(DingTalkEmulator.company())
        service.meanwhile { dingTalk, number, _ in
            if number == request {
                for (id, target) in [("li", 5), ("sun", 2), ("chen", 1)] { dingTalk.move(id, to: [target]) }
            }
        }
        var ledger = StreamLedger("people")
        try await Scene.run(&ledger, service)
        #expect(ledger.records.count == 7 && ledger.lastRun.count == 7)
    }

    @Test func `a directory that never holds still is an error that passes`() async throws {
        let service = EmulatedService(DingTalkEmulator.company())
        service.meanwhile { dingTalk, number, _ in dingTalk.hire(.init("new\(number)", "N", in: [1])) }
        let error = await Scene.failure { _ = try await Scene.connector(service).page(of: "people", after: nil) }
        guard case .unavailable = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }

    @Test(arguments: 1...12)
    func `a run that dies goes on where it stood, and gives everybody`(request: Int) async throws {
        let service = EmulatedService(DingTalkEmulator.company())
        var ledger = StreamLedger("people")
        service.fail(request: request, with: .cutOff)
        await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service) }
        service.fail(request: 1, with: .broken)
        try await Scene.run(&ledger, service)
        #expect(ledger.records.count == 7)
    }

    @Test func `a page that does not move on is an error`() async throws {
        let transport = CannedTransport([
            "GET /gettoken": .json(#"{"errcode":0,"access_token":"t-123456","expires_in":7200}"#),
            "POST /topapi/v2/user/list": .json(#"{"errcode":0,"result":{"has_more":true,"next_cursor":0,"list":[]}}"#),
        ])
        let connector = try DingTalkConnector(
            settings: Settings(Scene.settings, against: DingTalkConnector.description.settings),
            context: DingTalkConnection.context(transport, now: FixedClock().now))
        await #expect { _ = try await connector.page(of: "people", after: nil) } throws: {
            "\($0)".contains("has more and does not move on")
        }
    }
}
