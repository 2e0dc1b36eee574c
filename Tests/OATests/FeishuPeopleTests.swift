import FeishuTesting
import OAConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// The directory, which changes while it is read.
@Suite struct FeishuPeopleTests {
    typealias Scene = FeishuScene

    private func people(
        _ feishu: FeishuEmulator, _ changes: [String: SettingInput] = [:]
    ) async throws -> [String: JSON] {
        var ledger = StreamLedger("people")
        let service = EmulatedService(feishu)
        try await Scene.run(&ledger, service, changes)
        #expect(service.system.faults == [])
        return ledger.records.mapValues(\.json)
    }

    /// Joined at midnight of 1 July in Shanghai, which is 30 June by UTC.
    @Test func `a person has unit, manager and what the units are that the person leads`() async throws {
        let people = try await people(Scene.office())
        #expect(
            people["u1"] == [
                "id": "u1", "staff_number": "P001", "name": "张伟", "name_en": .null,
                "email": "zhang.wei@plumbline.example", "mobile": "+8610000000001", "title": "工程师",
                "unit": "准绳/客户服务部/网络／VPN", "units": ["准绳/客户服务部/网络／VPN"], "manager": "u2", "leads": [],
                "joined_on": "2026-07-01", "left_on": .null, "is_active": true,
            ])
        #expect(people["u2"]?["leads"] == ["准绳/客户服务部", "准绳/财务部"])
        #expect(people["u4"]?["unit"] == "准绳" && people["u4"]?["joined_on"] == .null)
        #expect(people["u5"]?["is_active"] == false && people["u2"]?["is_active"] == true)
    }

    @Test func `who is in several units appears once, with a main unit only as the settings say`()
        async throws
    {
        var feishu = Scene.office()
        let unknown = try await people(feishu)["u3"]
        #expect(unknown?["unit"] == .null && unknown?["units"] == ["准绳/客户服务部", "准绳/财务部"])
        let first = try await people(feishu, ["main_unit": .text("first")])["u3"]
        #expect(first?["unit"] == "准绳/客户服务部")
        feishu.users["u3"]?.main = "od-3"
        #expect(try await people(feishu)["u3"] == unknown, "a mark that no reference names is not relied on")
        #expect(try await people(feishu, ["main_unit": .text("first")])["u3"] == first)
        let marked = try await people(feishu, ["main_unit": .text("marked")])["u3"]
        #expect(marked?["unit"] == "准绳/财务部" && marked?["units"] == ["准绳/财务部", "准绳/客户服务部"])
        feishu.users["u3"]?.main = nil
        #expect(try await people(feishu, ["main_unit": .text("marked")])["u3"] == unknown)
    }

    @Test(arguments: [(nil, "50"), ("7", "7"), ("100", "50")] as [(String?, String)])
    func `lists are asked for in so many rows as the settings say, of people 50 at most`(
        size: String?, asked: String
    ) async throws {
        let service = EmulatedService(large())
        var ledger = StreamLedger("people")
        try await Scene.run(&ledger, service, size.map { ["list_size": .text($0)] } ?? [:])
        let contacts = service.requests.filter { $0.path.contains("/contact/") }
        #expect(Set(contacts.compactMap { $0["page_size"] }) == [asked] && ledger.records.count == 165)
        #expect(service.system.faults == [])
    }

    @Test func `what the app has no scope for is null, also whom the units are led by`() async throws {
        var feishu = Scene.office()
        feishu.hidden = ["email", "mobile", "employee_no", "leader_user_id", "join_time", "status", "department_ids"]
        let zhang = try await people(feishu)["u1"]
        for key in ["email", "mobile", "staff_number", "manager", "joined_on", "leads"] {
            #expect(zhang?[key] == .null)
        }
        #expect(zhang?["unit"] == "准绳/客户服务部/网络／VPN", "the department that lists the person is known")
    }

    @Test func `an app that may not see user ids is told so`() async throws {
        var feishu = Scene.office()
        feishu.hidden = ["user_id"]
        let service = EmulatedService(feishu)
        let error = await #expect(throws: ConnectorError.self) {
            try await Scene.connector(service).page(of: "people", after: nil)
        }
        #expect(error.map { "\($0)" }?.contains("contact:user.employee_id:readonly") == true)
        var ledger = StreamLedger("people")
        try await Scene.run(&ledger, service, ["user_id_type": .text("open_id")])
        #expect(ledger.records.keys.sorted() == (1...6).map { "ou_u\($0)" })
    }

    private func large() -> FeishuEmulator {
        var feishu = Scene.office()
        for number in 100..<260 { feishu.users["u\(number)"] = .init("u\(number)", "某", in: ["od-\(number % 4 + 1)"]) }
        return feishu
    }

    /// Somebody moves from a department that was not read yet into one that was, in the middle of the walk.
    @Test(arguments: 2...13)
    func `nobody who moves during the walk is lost or doubled`(request: Int) async throws {
        let service = EmulatedService(large())
        service.meanwhile { feishu, number, _ in
            guard number == request else { return }
            feishu.users["u103"]?.departments = ["od-1"]
            feishu.users["u100"]?.departments = ["od-4"]
            feishu.users["u110"] = nil
        }
        var ledger = StreamLedger("people")
        try await Scene.run(&ledger, service, ["page_size": .text("50")])
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count)
        let there = Set(service.system.users.keys).subtracting(["u6"])
        #expect(Set(ledger.records.keys).isSuperset(of: there), "who was there all the time is there")
        try await Scene.run(&ledger, service, ["page_size": .text("50")])
        #expect(Set(ledger.records.keys) == there && service.system.faults == [])
    }

    @Test(arguments: 2...16)
    func `a department that goes during the walk only makes it begin anew`(request: Int) async throws {
        let service = EmulatedService(large())
        service.meanwhile { feishu, number, _ in
            guard number == request else { return }
            feishu.departments["od-4"] = nil
            for id in feishu.users.keys where feishu.users[id]?.departments == ["od-4"] {
                feishu.users[id]?.departments = ["od-2"]
            }
        }
        var ledger = StreamLedger("people")
        try await Scene.run(&ledger, service, ["page_size": .text("50")])
        #expect(Set(ledger.records.keys) == Set(service.system.users.keys).subtracting(["u6"]))
        #expect(service.system.faults == [])
    }

    @Test func `a directory that never rests is no snapshot`() async throws {
        let service = EmulatedService(Scene.office())
        service.meanwhile { feishu, number, _ in
            feishu.users["u1"]?.departments = [number % 2 == 0 ? "od-1" : "od-2"]
            feishu.users["x\(number)"] = .init("x\(number)", "某", in: ["od-3"])
        }
        let error = await #expect(throws: ConnectorError.self) {
            try await Scene.connector(service).page(of: "people", after: nil)
        }
        guard case .unavailable(let reason, .some) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(reason.contains("the directory changed during each of 6 readings"))
    }
}
