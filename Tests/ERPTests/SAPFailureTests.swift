import ERPConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// What a server says instead of a list, and what it leaves out without saying so.
@Suite struct SAPFailureTests {
    typealias Scene = SAPScene

    private let fixtures = Fixtures("sap", in: .module)

    private func connector(
        _ transport: any Transport, _ version: SAPVersion, _ changes: [String: SettingInput] = [:]
    ) throws -> SAPConnector {
        try Scene.connector(transport, version, now: FixedClock().now, changes)
    }

    private func error(
        of answer: CannedAnswer, _ version: SAPVersion, stream: String = "employees"
    ) async throws -> ConnectorError? {
        let connector = try connector(CannedTransport(always: answer), version)
        return await #expect(throws: ConnectorError.self) { try await connector.page(of: stream, after: nil) }
    }

    // MARK: Complaints

    @Test(arguments: [400, 404, 401, 403], SAPVersion.allCases)
    func `a complaint is told with its code and words`(_ status: Int, _ version: SAPVersion) async throws {
        let text = try fixtures.text(version == .v2 ? "failure-v2.json" : "failure-v4.json")
        let body =
            status > 400 && status < 404 ? SAPEmulator.failure(status, "No way", version) : .json(text, status: status)
        let error = try await error(of: body, version)
        let message = error.map { "\($0)" } ?? ""
        switch (status, version) {
        case (401, _), (403, _):
            // The transport keeps the first words of a refusal: a complaint that was cut off stays as it is.
            guard case .refused(status, let hint)? = error else {
                Issue.record("got \(message)")
                return
            }
            #expect(hint.contains("005056A509B1"))
        case (_, .v2):
            #expect(message.contains("005056A509B11EE1B9A8FEC11C21D78E: Property NetAmount not found in type"))
            #expect(message.contains("; Invalid query option") && !message.contains("5F3A6B1E"))
        case (_, .v4):
            #expect(message.contains("/IWBEP/CM_V4_COS/021: Property 'NetAmount' is not defined; See the error log"))
        }
        #expect(status != 404 || message.hasSuffix("is the service active, and does it have this set?"))
    }

    @Test(arguments: SAPVersion.allCases)
    func `a short refusal is told in the server's words`(_ version: SAPVersion) async throws {
        let short =
            version == .v2
            ? #"{"error":{"code":"X","message":{"value":"No way"}}}"# : #"{"error":{"code":"X","message":"No way"}}"#
        #expect(try await error(of: .json(short, status: 403), version) == .refused(status: 403, hint: "X: No way"))
    }

    @Test(arguments: SAPVersion.allCases)
    func `a page to log in is never an empty list`(_ version: SAPVersion) async throws {
        let service = EmulatedService(Scene.full())
        let connector = try connector(service, version, ["client": .text("200")])
        let error = await #expect(throws: ConnectorError.self) { try await connector.page(of: "purchases", after: nil) }
        guard case .unexpected(let reason)? = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(reason.contains("answered text/html, not JSON; a page to log in means a wrong client"))
    }

    @Test(arguments: [
        #"{"d":{}}"#, #"{"value":{}}"#, #"{"d":{"results":[1]}}"#, #"{"value":[[]]}"#, "[]", "null",
        #"{"d":{"results":[],"__next":5}}"#,
    ])
    func `what is no list is no end`(_ answer: String) async throws {
        for version in Scene.versions {
            guard case .unexpected? = try await error(of: .json(answer), version) else {
                Issue.record("\(answer) was taken")
                return
            }
        }
    }

    @Test func `an answer of the other version is told as such`() async throws {
        let error = try await error(of: .json(#"{"value":[]}"#), .v2)
        #expect(error.map { "\($0)" }?.hasSuffix("is the service of another version than v2?") == true)
    }

    @Test(arguments: SAPVersion.allCases)
    func `a limit and a broken server only take time`(_ version: SAPVersion) async throws {
        for number in 1...12 {
            for answer in [CannedAnswer.rateLimited, .broken] {
                let service = EmulatedService(Scene.orders(9))
                var ledger = StreamLedger("purchases")
                service.fail(request: number, with: answer)
                try await Scene.run(&ledger, service, version)
                Scene.expectExact(ledger, service, "request \(number)")
            }
        }
    }

    @Test(arguments: SAPVersion.allCases)
    func `a server that allows three requests in ten seconds is waited for`(_ version: SAPVersion) async throws {
        var server = Scene.orders(12)
        server.window = RequestWindow(limit: 3, seconds: 10)
        let service = EmulatedService(server)
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service, version)
        Scene.expectExact(ledger, service)
    }

    /// A run and its sweep of 12 orders ask at least 10 times.
    @Test(arguments: 1...10, SAPVersion.allCases)
    func `a run that dies goes on where it stood`(_ request: Int, _ version: SAPVersion) async throws {
        for answer in [CannedAnswer.html, .cutOff] {
            let service = EmulatedService(Scene.orders(12))
            var ledger = StreamLedger("purchases")
            service.fail(request: request, with: answer)
            await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service, version) }
            try await Scene.run(&ledger, service, version)
            Scene.expectExact(ledger, service)
        }
    }

    // MARK: Tokens

    @Test(arguments: 2...6, [true, false])
    func `a token that ends within a run is followed by another`(_ life: Int, _ isTold: Bool) async throws {
        for version in Scene.versions {
            var server = Scene.orders(12)
            (server.tokenLife, server.toldLife) = (life, isTold ? life : 3600)
            let service = EmulatedService(server)
            var ledger = StreamLedger("purchases")
            try await Scene.run(&ledger, service, version, Scene.oauth)
            Scene.expectExact(ledger, service)
            #expect(service.system.grants > 1)
        }
    }

    @Test func `a run keeps one token`() async throws {
        let service = EmulatedService(Scene.orders(12))
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service, .v2, Scene.oauth)
        Scene.expectExact(ledger, service)
        #expect(service.system.grants == 1)
    }

    @Test func `a token that is never taken is refused, not asked for without end`() async throws {
        var server = Scene.orders(3)
        server.tokenLife = 0
        let service = EmulatedService(server)
        let connector = try connector(service, .v4, Scene.oauth)
        let error = await #expect(throws: ConnectorError.self) { try await connector.page(of: "purchases", after: nil) }
        guard case .refused(401, _)? = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(service.requests.count <= 4)
    }

    @Test func `a wrong secret is told in the words of token_url, without the secret`() async throws {
        let changes = Scene.oauth.merging(["client_secret": .secret(Secret("wrong-word"))]) { $1 }
        let connector = try connector(EmulatedService(Scene.orders(3)), .v2, changes)
        let error = await #expect(throws: ConnectorError.self) { try await connector.page(of: "purchases", after: nil) }
        guard case .refused(400, let hint)? = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(hint.contains("invalid_client") && !hint.contains("wrong-word"))
    }

    // MARK: What is left out unsaid

    @Test(arguments: [SAPEmulator.Leaving.filter, .order], SAPVersion.allCases)
    func `a service that leaves out an option is refused and told by the check`(
        _ leaving: SAPEmulator.Leaving, _ version: SAPVersion
    ) async throws {
        var server = Scene.server()
        for id in [3, 1, 4, 2, 6, 5, 7] { server.putOrder(id, lines: 1, at: Scene.minute(id * 10)) }
        server.ignores = [leaving]
        let service = EmulatedService(server)
        var ledger = StreamLedger("purchases")
        let error = await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service, version) }
        let option = leaving == .filter ? "$filter" : "$orderby"
        #expect(
            error.map { "\($0)" }?.contains("the service does not implement \(option)") == true, "got \(error as Any)")
        let remarks = try await connector(service, version).check().remarks
        #expect(remarks.contains { $0.hasPrefix("purchases cannot be read:") && $0.contains(option) }, "got \(remarks)")
    }

    /// The order that a service has by itself may be the one that is wanted, in its first answer.
    @Test(arguments: SAPVersion.allCases)
    func `a check asks from the other end`(_ version: SAPVersion) async throws {
        var server = Scene.orders(2)
        server.ignores = [.order]
        server.set("A_PurchaseOrder", 2, "LastChangeDateTime", .moment(Scene.minute(50)))
        let remarks = try await connector(EmulatedService(server), version).check().remarks
        #expect(remarks.contains { $0.hasPrefix("purchases cannot be read:") && $0.contains("from the other end") })
    }

    @Test(arguments: SAPVersion.allCases)
    func `a condition that is left out is noticed`(_ version: SAPVersion) async throws {
        var server = Scene.orders(2)
        server.ignores = [.filter]
        let connector = try connector(
            EmulatedService(server), version, ["purchase_where": .map(["CompanyCode": "1010"])])
        let error = await #expect(throws: ConnectorError.self) { try await connector.page(of: "purchases", after: nil) }
        #expect(error.map { "\($0)" }?.contains("an entity whose 'CompanyCode' is not '1010'") == true)
    }

    @Test(arguments: SAPVersion.allCases)
    func `an answer that is cut off without a link is an error where the service counts`(
        _ version: SAPVersion
    ) async throws {
        var server = Scene.orders(9)
        (server.silentLimit, server.pageSize) = (4, 100)
        let service = EmulatedService(server)
        let cut = try connector(service, version)
        let error = await #expect(throws: ConnectorError.self) { try await cut.page(of: "purchases", after: nil) }
        #expect(error.map { "\($0)" }?.contains("the server gives 4 of 9 and no link to the rest") == true)
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service, version, ["top": .text("4")])
        Scene.expectExact(ledger, service, "with 'top' it is read")
    }

    @Test(arguments: SAPVersion.allCases)
    func `a service that does not count is read as well`(_ version: SAPVersion) async throws {
        var server = Scene.orders(9)
        server.ignores = [.count]
        let service = EmulatedService(server)
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service, version)
        Scene.expectExact(ledger, service)
    }

    /// Nobody says that there is more: what comes last is asked for until it gives nothing new.
    @Test(arguments: [2, 4, 9], SAPVersion.allCases)
    func `a list that is cut off unsaid is read to its end where nobody counts`(
        _ limit: Int, _ version: SAPVersion
    ) async throws {
        for way in [[:], ["counts": .text("false")]] as [[String: SettingInput]] {
            var server = Scene.server()
            for id in 1...9 {
                server.putOrder(id, lines: id % 4, at: Scene.minute(id))
                server.putUser(id)
            }
            (server.silentLimit, server.pageSize, server.ignores) = (limit, 100, [.count])
            let service = EmulatedService(server)
            var orders = StreamLedger("purchases")
            try await Scene.run(&orders, service, version, way)
            Scene.expectExact(orders, service)
            try await Scene.run(&orders, service, version, way)
            Scene.expectExact(orders, service, "a sweep takes none for gone")
            var users = StreamLedger("employees")
            try await Scene.run(&users, service, version, way)
            #expect(Set(users.records.keys) == Set((1...9).map { "u\($0)" }))
            #expect(Set(orders.lastRun).count == orders.lastRun.count, "none doubled: \(orders.lastRun)")
            let connector = try connector(service, version, way)
            var (listed, place) = ([String](), Cursor?.none)
            repeat {
                let page = try await connector.identifiers(of: "purchases", after: place)
                listed += page.identifiers
                place = page.cursor
            } while place != nil
            #expect(listed == (1...9).map(String.init))
        }
    }

    @Test(arguments: SAPVersion.allCases)
    func `a link to another server is not followed`(_ version: SAPVersion) async throws {
        var server = Scene.server()
        for id in 1...9 { server.putOrder(id, lines: 1, at: Scene.minute(1)) }
        server.linkHost = "http://s4.internal.example:8000"
        let service = EmulatedService(server)
        let connector = try connector(service, version)
        let error = await #expect(throws: ConnectorError.self) {
            var place: Cursor?
            for _ in 0..<3 { place = try await connector.page(of: "purchases", after: place).cursor }
        }
        #expect(error.map { "\($0)" }?.contains("leads to http://s4.internal.example:8000") == true)
        #expect(service.requests.allSatisfy { $0.url.hasPrefix(SAPEmulator.host) })
    }

    @Test(arguments: SAPVersion.allCases)
    func `a check tells what it can read and goes on behind what it may not`(_ version: SAPVersion) async throws {
        var server = Scene.full()
        server.forbidden = ["User"]
        let service = EmulatedService(server)
        let remarks = try await connector(service, version, ["approval_set": .text("Nothing")]).check().remarks
        #expect(
            remarks.first
                == "purchases: A_PurchaseOrder can be read, and keeps $filter and $orderby by 'LastChangeDateTime'")
        #expect(remarks.contains { $0.hasPrefix("approvals cannot be read:") && $0.contains("answered 404") })
        #expect(remarks.contains { $0.hasPrefix("employees cannot be read: our user may not:") })
    }
}
