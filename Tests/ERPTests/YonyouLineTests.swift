import ERPConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// Reading a YonBIP whose orders' lines have a time of change each.
@Suite struct YonyouLineTests {
    typealias Scene = YonyouScene

    private static let fields: SettingInput = .map([
        "number": "code", "status": "status", "date": "vouchdate", "purchaser": "operator", "amount": "oriMoney",
        "exchange_rate": "exchRate",
    ])

    private func server() -> YonyouEmulator {
        var server = Scene.server()
        for id in 1...6 { server.putOrder(id, lines: 3, at: Scene.minute(id)) }
        return server
    }

    @Test(arguments: ["between", "bounds", "egt"])
    func `a check names lists whose lines change one by one`(_ window: String) async throws {
        var server = server()
        server.lists[YonyouEmulator.orders]?.operators = ["between", "egt", "elt"]
        server.changeLine(2, 20, at: Scene.minute(90))
        let changes: [String: SettingInput] = ["purchase_window": .text(window), "page_size": .text("100")]
        let remarks = try await Scene.connector(EmulatedService(server), now: FixedClock().now, changes).check().remarks
        #expect(
            remarks.contains {
                $0.hasPrefix("purchases: ") && $0.contains("rows of one document differ in 'pubts'")
                    && $0.contains("say purchase_window: none")
            }, "got \(remarks)")
    }

    @Test func `a check says nothing of it where they change together, or all is read`() async throws {
        for (window, isLine) in [("between", false), ("none", true)] {
            var server = server()
            if isLine { server.changeLine(2, 20, at: Scene.minute(90)) }
            let changes: [String: SettingInput] = ["purchase_window": .text(window), "page_size": .text("100")]
            let remarks = try await Scene.connector(EmulatedService(server), now: FixedClock().now, changes).check()
                .remarks
            #expect(!remarks.contains { $0.contains("differ") }, "got \(remarks)")
        }
    }

    @Test func `lines that change one by one are known where all is read`() async throws {
        let service = EmulatedService(server())
        let changes: [String: SettingInput] = ["purchase_window": .text("none"), "purchase_fields": Self.fields]
        var ledger = StreamLedger("purchases")
        for number in 0..<4 {
            service.edit { $0.changeLine(number + 1, 20, at: Scene.minute(90 + number)) }
            try await Scene.run(&ledger, service, changes)
            Scene.expectExact(ledger, service)
            #expect(ledger.rejected == [])
        }
        var rejecting = StreamLedger("purchases")
        try await Scene.run(&rejecting, service, ["purchase_window": .text("none")])
        #expect(rejecting.rejected == ["1", "2", "3", "4"], "one time of change for each order is not there")
    }
}
