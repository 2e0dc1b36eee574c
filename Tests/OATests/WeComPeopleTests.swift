import OAConnectors
import PlumblineKit
import PlumblineTesting
import Testing
import WeComTesting

/// The directory of WeCom, as it is and while it changes.
@Suite struct WeComPeopleTests {
    typealias Scene = WeComScene
    private static let listings = ["list_id", "user_list"]

    private func people(
        _ service: EmulatedService<WeComEmulator>, _ changes: [String: SettingInput] = [:]
    ) async throws -> StreamLedger {
        var ledger = StreamLedger("people")
        try await Scene.run(&ledger, service, changes)
        return ledger
    }

    @Test(arguments: listings)
    func `a person has what the directory tells, once, whatever the spelling and the departments`(
        listing: String
    ) async throws {
        let service = EmulatedService(Scene.weCom())
        let ledger = try await people(service, ["listing": .text(listing)])
        #expect(ledger.lastRun == ["chenjing", "lina", "liuyang", "sunli", "wangfang", "zhangwei"])
        #expect(
            ledger.records["zhangwei"]?.json == [
                "id": "zhangwei", "staff_number": .null, "name": "张伟", "name_en": .null,
                "email": "zhang.wei@plumbline.example", "mobile": "13900000001", "title": "经理",
                "unit": "准绳科技/客户支持部", "units": ["准绳科技/客户支持部", "准绳科技/研发／平台"], "manager": .null,
                "leads": ["准绳科技/客户支持部", "准绳科技/研发／平台"], "joined_on": .null, "left_on": .null, "is_active": true,
            ])
        let chen = try #require(ledger.records["chenjing"]).json
        #expect(chen["unit"] == "准绳科技/客户支持部/一组" && chen["manager"] == "zhangwei" && chen["leads"] == [])
        #expect(chen["email"] == "chenjing@biz.plumbline.example" && chen["mobile"] == .null)
        #expect(service.system.faults == [])
    }

    @Test func `only who left the company is not active`() async throws {
        let ledger = try await people(EmulatedService(Scene.weCom()))
        let inactive = ledger.records.values.filter { $0.json["is_active"] != true }.map(\.id)
        #expect(inactive == ["liuyang"], "disabled and not activated ones work here")
    }

    @Test func `the main department comes first, and is nobody's guess where it is not told`() async throws {
        var weCom = Scene.weCom()
        weCom.users["zhangwei"]?.main = 3
        weCom.users["sunli"]?.departments = [2, 3]
        weCom.users["sunli"]?.main = nil
        let ledger = try await people(EmulatedService(weCom))
        #expect(ledger.records["zhangwei"]?.json["units"] == ["准绳科技/研发／平台", "准绳科技/客户支持部"])
        #expect(ledger.records["sunli"]?.json["unit"] == .null)
        #expect(ledger.records["sunli"]?.json["units"]?.array?.count == 2)
    }

    @Test func `what the app is not told is null`() async throws {
        var weCom = Scene.weCom()
        weCom.grantsPersonalFields = false
        let ledger = try await people(EmulatedService(weCom), ["departments": .text("simplelist")])
        let zhang = try #require(ledger.records["zhangwei"]).json
        for key in ["name", "email", "mobile", "title", "unit", "manager", "leads", "joined_on", "left_on"] {
            #expect(zhang[key] == .null, "\(key)")
        }
        #expect(zhang["units"] == [] && zhang["is_active"] == true && ledger.records.count == 6)
    }

    @Test func `somebody whom the app may not see is known by account and departments`() async throws {
        var weCom = Scene.weCom()
        weCom.refusals["user/get"] = 60011
        let ledger = try await people(EmulatedService(weCom))
        #expect(ledger.records["lina"]?.json["unit"] == "准绳科技/客户支持部" && ledger.records["lina"]?.json["name"] == .null)
    }

    @Test func `user_list is refused where the app may not call it`() async throws {
        var weCom = Scene.weCom()
        weCom.allowsUserList = false
        let connector = try Scene.connector(EmulatedService(weCom), ["listing": .text("user_list")])
        await #expect {
            try await connector.page(of: "people", after: nil)
        } throws: { "\($0)".contains("status 200: user/list: the app may not do this") }
    }

    /// A walk over the list passes somebody by who moves from a part that is not read yet to one that was.
    @Test(arguments: listings, 1...9)
    func `who moves during a walk is neither lost nor doubled`(listing: String, request: Int) async throws {
        let service = EmulatedService(Scene.weCom())
        service.meanwhile { weCom, number, _ in
            guard number == request else { return }
            weCom.users["sunli"]?.departments = [1]
            weCom.users["wangfang"]?.departments = [5]
        }
        let ledger = try await people(service, ["listing": .text(listing), "list_size": .text("2")])
        #expect(ledger.lastRun == ["chenjing", "lina", "liuyang", "sunli", "wangfang", "zhangwei"])
        #expect(ledger.records["sunli"]?.json["unit"] != nil && service.system.faults == [])
    }

    @Test(arguments: 0..<6)
    func `people who move, come and go at every request are known in the end`(seed: Int) async throws {
        let service = EmulatedService(Scene.weCom())
        service.meanwhile { weCom, number, _ in
            guard number < 40 else { return }
            let name = "New\((number * 7 + seed) % 10)"
            switch (number + seed) % 3 {
            case 0: weCom.put(.init(name, "新人", in: [(number % 3) + 1]))
            case 1: weCom.users[name.lowercased()] = nil
            default: weCom.users["lina"]?.departments = [(number % 3) + 1]
            }
        }
        let ledger = try await people(service)
        service.meanwhile(nil)
        #expect(ledger.lastRun.filter { !$0.hasPrefix("new") }.count == 6, "who was there all the time is there")
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "nobody twice")
        let end = try await people(service)
        #expect(end.records.keys.sorted() == service.system.users.keys.sorted() && service.system.faults == [])
    }

    @Test func `a directory that never holds still ends the run for a while`() async throws {
        let service = EmulatedService(Scene.weCom())
        service.meanwhile { weCom, number, _ in weCom.users["lina"]?.departments = [number % 4 + 1] }
        await #expect {
            try await Scene.connector(service).page(of: "people", after: nil)
        } throws: {
            guard case .unavailable(let reason, .some(.seconds(60))) = $0 as? ConnectorError else { return false }
            return reason.contains("changed during each of 6 walks")
        }
    }

    @Test func `departments that lie in each other have no path, and nothing hangs`() async throws {
        var weCom = Scene.weCom()
        weCom.departments[2]?.parent = 5
        let ledger = try await people(EmulatedService(weCom))
        #expect(ledger.records["chenjing"]?.json["unit"] == .null && ledger.records.count == 6)
    }
}
