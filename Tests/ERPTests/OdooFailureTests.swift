import ERPConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// What an Odoo refuses, lacks and complains of, over both interfaces.
@Suite struct OdooFailureTests {
    typealias Scene = OdooScene

    private let fixtures = Fixtures("odoo", in: .module)

    private func error(
        _ server: OdooEmulator, _ wire: String, _ stream: String = "purchases", _ changes: [String: SettingInput] = [:]
    ) async throws -> (error: ConnectorError?, service: EmulatedService<OdooEmulator>) {
        let service = EmulatedService(server)
        let connector = try Scene.connector(service, wire, now: service.now, changes)
        do {
            _ = try await connector.page(of: stream, after: nil)
            return (nil, service)
        } catch {
            return (error, service)
        }
    }

    private func reason(_ error: ConnectorError?) -> String { error.map { "\($0)" } ?? "none" }

    // MARK: Access

    @Test(arguments: Scene.protocols)
    func `a wrong key is refused and not tried again`(_ wire: String) async throws {
        let wrong: [String: SettingInput] = ["api_key": .secret(Secret("0123456789abcdef"))]
        let (error, service) = try await error(Scene.server(), wire, "purchases", wrong)
        guard case .refused(let status, let hint) = error else {
            Issue.record("got \(reason(error))")
            return
        }
        #expect(status == (wire == "json-2" ? 401 : 200) && service.requests.count == 1)
        #expect(!hint.contains("0123456789abcdef"))
    }

    /// Everything was asked once with a good key; with the key's life cut to each number of calls, the run ends in a refusal.
    @Test(arguments: Scene.protocols, [0, 1, 2, 3, 5, 8])
    func `a key that is withdrawn in the middle of a run is refused, and a new one goes on`(
        _ wire: String, _ life: Int
    ) async throws {
        var server = Scene.server()
        for id in 1...9 { server.putOrder(id, lines: 2, at: Scene.minute(id)) }
        server.keyLife = life
        let service = EmulatedService(server)
        var ledger = StreamLedger("purchases")
        let error = await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service, wire) }
        guard case .refused(wire == "json-2" ? 401 : 200, _) = error else {
            Issue.record("got \(reason(error))")
            return
        }
        service.edit { ($0.isKeyWithdrawn, $0.keyLife) = (false, nil) }
        try await Scene.run(&ledger, service, wire)
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: Scene.protocols)
    func `what the key may not read is refused by name`(_ wire: String) async throws {
        var server = Scene.server()
        server.models["purchase.order"]?.isForbidden = true
        let (error, _) = try await error(server, wire)
        guard case .refused(let status, let hint) = error else {
            Issue.record("got \(reason(error))")
            return
        }
        #expect(status == (wire == "json-2" ? 403 : 200))
        #expect(hint.contains("the key's user may not read purchase.order"), "got \(hint)")
    }

    @Test(arguments: Scene.protocols)
    func `a model that is not there is said to be not there`(_ wire: String) async throws {
        let (error, _) = try await error(Scene.server(), wire, "leads")
        let words = wire == "json-2" ? "the model 'crm.lead' does not exist" : "Object crm.lead doesn't exist"
        #expect(error == .unexpected(reason: "the server has no crm.lead: \(words)"))
    }

    @Test(arguments: Scene.protocols)
    func `no message holds a traceback`(_ wire: String) async throws {
        var server = Scene.server()
        server.models["purchase.order"]?.isForbidden = true
        for stream in ["purchases", "leads"] {
            let told = reason(try await error(server, wire, stream).error)
            #expect(!told.contains("Traceback") && !told.contains("pg-word-9") && !told.contains("debug"), "\(told)")
        }
    }

    @Test(arguments: [200, 401, 403, 404, 422])
    func `a body that begins with the traceback tells nothing of it`(_ status: Int) async throws {
        let body =
            #"{"debug":"Traceback: pg-word-9 in /opt/odoo/models.py","name":"builtins.ValueError","message":"Invalid field"}"#
        let answer = status == 200 ? #"{"jsonrpc":"2.0","id":1,"error":{"code":200,"data":\#(body)}}"# : body
        let transport = CannedTransport(always: .json(answer, status: status))
        let connector = try Scene.connector(transport, status == 200 ? "json-rpc" : "json-2", now: FixedClock().now)
        let error = await #expect(throws: ConnectorError.self) { try await connector.page(of: "leads", after: nil) }
        let told = reason(error)
        #expect(!told.contains("pg-word") && !told.contains("models.py"), "\(told)")
        #expect(told.contains("Invalid field") == ![401, 403].contains(status), "\(told)")
    }

    @Test func `what the server complains of is told in its words, without where it happened`() async throws {
        for (wire, name, status) in [("json-rpc", "rpc-error.json", 200), ("json-2", "json2-error.json", 422)] {
            let transport = CannedTransport(always: .json(try fixtures.text(name), status: status))
            let connector = try Scene.connector(transport, wire, now: FixedClock().now)
            let error = await #expect(throws: ConnectorError.self) { try await connector.page(of: "leads", after: nil) }
            let words = wire == "json-rpc" ? "You are not allowed to access 'Lead'" : "Invalid field 'x_stage'"
            #expect(reason(error).contains(words) && !reason(error).contains("http.py"), "\(reason(error))")
        }
    }

    /// The answer that the notes show, with an expense whose approval is not told.
    @Test func `an expense as the notes show it`() async throws {
        let transport = CannedTransport([
            "POST /json/2/hr.expense/fields_get": try .file("expense-fields.json", of: fixtures),
            "POST /json/2/hr.expense/search_read": .inTurn([
                .json(#"[{"id":12,"write_date":"2026-01-05 00:10:00"}]"#), try .file("expenses.json", of: fixtures),
            ]),
        ])
        let connector = try Scene.connector(transport, "json-2", now: FixedClock().now)
        let page = try await connector.page(of: "approvals", after: nil)
        let expense = try #require(page.records.first)
        #expect(expense.id == "hr.expense/12" && page.records.count == 1 && page.hasMore, "leave comes behind")
        #expect(expense.json["employee"] == "4" && expense.json["amount"] == .number("120.5"))
        #expect(expense.json["created_at"] == "2026-01-04T23:59:59Z" && expense.json["decided_at"] == .null)
        #expect(expense.json["approver"] == .null && expense.json["state"] == "paid")
    }

    @Test(arguments: Scene.protocols)
    func `a server that repeats the key does not get it into a message`(_ wire: String) async throws {
        let data: JSON = ["name": "builtins.Error", "message": .string("bad call with \(OdooEmulator.key)")]
        let answer: JSON = wire == "json-2" ? data : ["jsonrpc": "2.0", "error": ["code": 200, "data": data]]
        let transport = CannedTransport(always: .json(answer.text, status: wire == "json-2" ? 422 : 200))
        let connector = try Scene.connector(transport, wire, now: FixedClock().now)
        let error = await #expect(throws: ConnectorError.self) { try await connector.page(of: "leads", after: nil) }
        #expect(reason(error).contains("***") && !reason(error).contains(OdooEmulator.key), "\(reason(error))")
    }

    @Test func `a server before JSON-2 says so in the error`() async throws {
        let transport = CannedTransport(always: .text("<html>404</html>", status: 404))
        let connector = try Scene.connector(transport, "json-2", now: FixedClock().now)
        let error = await #expect(throws: ConnectorError.self) { try await connector.page(of: "leads", after: nil) }
        #expect(reason(error).contains("JSON-2 needs Odoo 19"))
    }

    @Test func `a busy database is unavailable, not broken`() async throws {
        let answer: JSON = [
            "jsonrpc": "2.0",
            "error": ["code": 200, "data": ["name": "psycopg2.errors.SerializationFailure", "message": "try again"]],
        ]
        let connector = try Scene.connector(
            CannedTransport(always: .json(answer.text)), "json-rpc", now: FixedClock().now)
        let error = await #expect(throws: ConnectorError.self) { try await connector.page(of: "leads", after: nil) }
        guard case .unavailable = error else {
            Issue.record("got \(reason(error))")
            return
        }
    }

    // MARK: Requests

    @Test func `JSON-2 sends the key, the database and named parameters`() async throws {
        let service = EmulatedService(Scene.server())
        let connector = try Scene.connector(service, "json-2", now: service.now)
        _ = try await connector.page(of: "employees", after: nil)
        let request = try #require(service.requests.first { $0.path.hasSuffix("/search_read") })
        #expect(request.path == "/json/2/hr.employee/search_read" && request.method == "POST")
        #expect(request.headers["Authorization"] == "bearer \(OdooEmulator.key)")
        #expect(request.headers["X-Odoo-Database"] == "company")
        let body = try JSON.parse(request.body)
        #expect(body["context"] == ["active_test": false, "tz": "UTC"] && body["order"] == "id asc")
        #expect(body["domain"] == [["id", ">", 0]] && body["limit"] == 3)
        let fields = body["fields"]?.array?.compactMap(\.string) ?? []
        #expect(fields.contains("work_email") && !fields.contains("identification_id"))
    }

    @Test func `JSON-RPC logs in once and repeats its number and key`() async throws {
        let service = EmulatedService(Scene.server())
        var ledger = StreamLedger("employees")
        try await Scene.run(&ledger, service, "json-rpc", ["language": .text("zh_CN")])
        #expect(service.system.logins == 1)
        let body = try JSON.parse(try #require(service.requests.last).body)
        let arguments = try #require(body["params"]?["args"]?.array)
        #expect(arguments.prefix(2) == ["company", 7] && arguments.count == 7)
        #expect(arguments[6]["context"]?["lang"] == "zh_CN")
    }

    @Test func `a server with one database needs no name for it`() async throws {
        var server = Scene.server()
        server.hasSeveralDatabases = false
        let settings = Scene.settings("json-2").filter { $0.key != "database" && $0.key != "username" }
        let service = EmulatedService(server)
        let connector = try OdooConnector(
            settings: Settings(settings, against: OdooConnector.description.settings),
            context: Scene.context(service, now: service.now))
        #expect(try await connector.page(of: "employees", after: nil).records.count == 3)
    }

    // MARK: Settings

    @Test(arguments: ["database", "username"])
    func `JSON-RPC without database or login is a mistake in the settings`(_ key: String) throws {
        let settings = try Settings(
            Scene.settings("json-rpc").filter { $0.key != key }, against: OdooConnector.description.settings)
        let error = #expect(throws: ConnectorError.self) {
            try OdooConnector(settings: settings, context: Scene.context(CannedTransport(), now: FixedClock().now))
        }
        guard case .settings(key, _) = error else {
            Issue.record("got \(reason(error))")
            return
        }
    }

    @Test(arguments: [
        ["since": SettingInput.text("2026-01-01")], ["companies": .list(["Plumb"])],
        ["purchase_models": .list(["purchase.order", "sale.order"])], ["lead_fields": .map(["x": "a;b"])],
        ["purchase_line_fields": .map(["x": "a.b.c"])], ["lead_fields": .map(["id": "x_id"])],
    ])
    func `settings that make no sense are refused before anything is asked`(_ changes: [String: SettingInput]) {
        #expect(throws: ConnectorError.self) {
            try Scene.connector(CannedTransport(), "json-2", now: FixedClock().now, changes)
        }
    }

    @Test(arguments: Scene.protocols)
    func `a field that is said and not there is a mistake in the settings, with its name`(_ wire: String) async throws {
        let changes: [String: SettingInput] = ["purchase_fields": .map(["baseline": "x_base"])]
        let (error, _) = try await error(Scene.server(), wire, "purchases", changes)
        #expect(
            error
                == .settings(
                    field: "purchase_fields",
                    reason: "purchase.order has no field 'x_base', or the key may not see it"))
    }

    @Test(arguments: Scene.protocols)
    func `a usual field that is not there stops only a stream that cannot do without`(_ wire: String) async throws {
        var server = Scene.server()
        server.putOrder(1, lines: 1, at: Scene.minute(1))
        server.models["purchase.order"]?.fields["date_approve"] = nil
        let orders = try await Scene.records("purchases", of: server, wire)
        #expect(orders["1"]?["ordered_at"] == .null)
        server.models["purchase.order"]?.fields["amount_untaxed"] = nil
        let (error, _) = try await error(server, wire)
        #expect(
            error
                == .settings(
                    field: "purchase_fields",
                    reason: "purchase.order has no field amount_untaxed, or the key may not see it; "
                        + "say under 'amount' which one it is"))
    }

    @Test func `a picture is no member`() async throws {
        let changes: [String: SettingInput] = ["employee_fields": .map(["face": "image_128"])]
        let (error, _) = try await error(Scene.server(), "json-2", "employees", changes)
        #expect(reason(error).contains("'image_128' of hr.employee is of a type that is not read"))
    }

    @Test(arguments: Scene.protocols)
    func `receipts that the key may not read are left out, and so are users`(_ wire: String) async throws {
        var server = Scene.server()
        server.putOrder(1, lines: 1, at: Scene.minute(1))
        server.models["stock.picking"]?.isForbidden = true
        server.models["hr.employee"]?.isForbidden = true
        let orders = try await Scene.records("purchases", of: server, wire, ["resolve_users": .text("false")])
        #expect(orders["1"]?["receipts"] == .null && orders["1"]?["buyer"] == "user/102")
        let (error, _) = try await error(server, wire)
        #expect(reason(error).contains("may not read hr.employee"), "whose the users are cannot be told")
    }

    // MARK: Check

    @Test(arguments: Scene.protocols)
    func `a check tells the version, what may be read, and what is not installed`(_ wire: String) async throws {
        var server = Scene.server()
        server.putOrder(1, lines: 1, at: Scene.minute(1))
        server.models["purchase.order"]?.fields["date_approve"] = nil
        server.models["hr.job"] = OdooEmulator.Model([
            "user_id": .init("many2one", "res.users"), "no_of_recruitment": .init("integer"),
        ])
        server.models["hr.job"]?.isForbidden = true
        server.models["res.partner"] = OdooEmulator.Model(["name": .init("char")])
        let service = EmulatedService(server)
        let connector = try Scene.connector(service, wire, now: service.now, ["training_models": .list([])])
        let report = try await connector.check()
        #expect(report.source == "Odoo 19.0" && service.system.faults == [])
        #expect(report.remarks.contains("purchases: purchase.order has 1 records; without active, date_approve"))
        #expect(report.remarks.contains("leads: crm.lead is not installed"))
        #expect(report.remarks.contains { $0.hasPrefix("requisitions: hr.job may not be read with this key: ") })
        #expect(report.remarks.contains("trainings: no model named (training_models)"))
        #expect(report.remarks.contains { $0.hasPrefix("partners: res.partner cannot be read: partner_fields: ") })
        #expect(report.remarks.contains { $0.hasPrefix("employees: hr.employee has 7 records") })
        #expect(report.remarks.contains { $0.hasPrefix("JSON-RPC is deprecated") } == (wire == "json-rpc"))
    }

    @Test func `a check tells which streams are read as a whole for want of times`() async throws {
        var server = Scene.server()
        server.addRest()
        server.models["hr.employee"]?.fields["departure_date"]?.isStored = false
        let service = EmulatedService(server)
        let connector = try Scene.connector(service, "json-2", now: service.now)
        let remarks = try await connector.check().remarks
        let whole = remarks.filter { $0.contains("; all are read each time, as ") }
        #expect(whole.map { $0.split(separator: ":")[0] } == ["hires", "separations"], "got \(remarks)")
        #expect(whole.first?.hasSuffix("as employee_id.departure_date is computed") == true)
    }

    @Test(arguments: Scene.protocols)
    func `a check with a key that does not count is refused`(_ wire: String) async throws {
        var server = Scene.server()
        server.isKeyWithdrawn = true
        let service = EmulatedService(server)
        let connector = try Scene.connector(service, wire, now: service.now)
        let error = await #expect(throws: ConnectorError.self) { try await connector.check() }
        guard case .refused = error else {
            Issue.record("got \(reason(error))")
            return
        }
    }

    @Test func `a check of an old server over JSON-2 says what to set`() async throws {
        let transport = CannedTransport([
            "GET /web/version": .json(#"{"version":"17.0"}"#),
            "POST *": .json(#"{"message":"x","name":"y"}"#, status: 404),
        ])
        let connector = try Scene.connector(transport, "json-2", now: FixedClock().now)
        let report = try await connector.check()
        #expect(report.source == "Odoo 17.0")
        #expect(report.remarks.first == "JSON-2 needs Odoo 19: set 'protocol' to json-rpc")
    }
}
