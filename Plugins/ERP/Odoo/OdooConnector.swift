public import PlumblineKit

/// Odoo over JSON-2 or JSON-RPC: budgets, purchase orders with receipts, timesheets, approvals, leads, partners, meetings,
/// recruiting, trainings, employees and departures.
///
/// - Shape: at most `page_size` records in a page, ascending by number within their model, each once in a run. Order lines,
///   receipts and registrations are folded into what they belong to, which is read again when one of them changes.
/// - Unit: times in UTC; days as the server keeps them; numbers to fifteen digits, money in the currency that the record names.
/// - People: an employee's number. Users become that of the one employee who has them, else `user/<number>`; what they did is read
///   again when the employee changes, but not where one loses the user or is deleted.
/// - Rights: a user who may read what the mapped streams read, with an API key of its own, for `resolve_users` employees with
///   their user, for receipts the places they went to, and for budgets the analytic accounts. On Odoo Online the external API
///   needs a Custom plan.
/// - Leaves out: names and texts on documents, addresses and telephones of leads and applicants, kinds of leave, reasons in
///   words, numbers of identity cards, what stages a record went through, and deleted records, which leave no trace (a sweep
///   finds that they are gone). Archived records are read and told as such. An order line that is deleted shows when its order
///   changes, and a product's new category when the line does.
/// - Reads as a whole each time: employees, budget lines, and what has a member that the server computes when it is asked, as no
///   time tells that such a one has changed. Version 19 has the days of employees and their departments so. `check` names them.
/// - Limits: none told; Online answers 429. One request is asked at a time.
/// - Not confirmed, and settings for that reason: models and names of fields (`*_models`, `*_fields`), looked up with
///   `fields_get` before they are read: usual ones that are not there leave their member null, or stop the stream where it
///   cannot do without. Not confirmed and without a setting: the body of errors, how an unknown model is told, that domains
///   follow links, what `GET /web/version` answers.
/// - Source: odoo/documentation, external_api.rst and external_rpc_api.rst (19.0); OdooRPC 0.10.1.
public struct OdooConnector: Connector {
    /// `erp.odoo`.
    public static let description = ConnectorDescription(
        id: "erp.odoo", family: .erp, name: LocalizedText(zh: "Odoo", en: "Odoo"),
        apiVersion: "JSON-2 (Odoo 19), JSON-RPC (Odoo 8 to 21)",
        documentation: "https://www.odoo.com/documentation/19.0/developer/reference/external_api.html",
        settings: OdooSettings.all + OdooStream.all.flatMap(\.settings),
        streams: OdooStream.all.map(\.description))

    private let settings: Settings
    private let server: OdooServer
    private let since: Instant?
    private let now: @Sendable () -> Instant

    /// Refuses settings that the interface cannot do with, a `since` that is no time, and names that are no fields.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        self.settings = settings
        server = try OdooServer(settings: settings, transport: context.transport)
        since = try ERPSettings.start(settings)
        now = context.now
        for stream in OdooStream.all {
            guard stream.isMixed || settings[stream.models].count <= 1 else {
                throw .settings(field: stream.models.field.key, reason: "this stream reads one model")
            }
            for field in stream.settings where field.kind == .map {
                _ = try OdooNames(settings[.map(field.key, default: [:], field.help)], of: field.key)
            }
        }
    }

    /// Asks for the version, and for the fields and the number of records of each model.
    public func check() async throws(ConnectorError) -> CheckReport {
        let version = try await server.wire.version()
        var remarks = OdooWireKind(rawValue: settings[OdooSettings.wire]).map { $0.remarks(on: version) } ?? []
        for stream in OdooStream.all {
            let models = settings[stream.models]
            if models.isEmpty { remarks.append("\(stream.name): no model named (\(stream.models.field.key))") }
            for model in models { remarks.append("\(stream.name): \(try await state(of: model, in: stream))") }
        }
        return CheckReport(source: version.map { "Odoo \($0)" } ?? "Odoo", remarks: remarks)
    }

    /// The next records that changed, or the next of all employees and budget lines.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        try await reading(stream).page(after: cursor)
    }

    private func reading(_ name: String) throws(ConnectorError) -> OdooReading {
        guard let stream = OdooStream.all.first(where: { $0.name == name }) else {
            throw .unknownStream(name, of: Self.description)
        }
        let models = settings[stream.models]
        guard !models.isEmpty else {
            throw .settings(field: stream.models.field.key, reason: "say which model is read: there is no usual one")
        }
        return reading(stream, models)
    }

    private func reading(_ stream: OdooStream, _ models: [String]) -> OdooReading {
        OdooReading(stream: stream, models: models, settings: settings, server: server, since: since, now: now)
    }

    /// What can be read of a model, or why not.
    private func state(of model: String, in stream: OdooStream) async throws(ConnectorError) -> String {
        if let gap = try await gap(.fields(of: model)) { return gap }
        let reading = reading(stream, [model])
        let plan: OdooPlan
        do throws(ConnectorError) {
            plan = try await reading.plan(of: model)
        } catch .settings(let field, let reason) {
            return "\(model) cannot be read: \(field): \(reason)"
        } catch {
            throw error
        }
        if let gap = try await gap(.count(model, await reading.domain(plan))) { return gap }
        let count = try await reading.count() ?? 0
        let lacking = plan.lacking.isEmpty ? "" : "; without \(plan.lacking.joined(separator: ", "))"
        let isWhole = stream.isIncremental && !plan.computed.isEmpty
        let whole = isWhole ? "; all are read each time, as \(plan.computed.joined(separator: ", ")) is computed" : ""
        return "\(model) has \(count) records\(lacking)\(whole)"
    }

    /// Why a call fails, in a few words; nil where it does not.
    private func gap(_ call: OdooCall) async throws(ConnectorError) -> String? {
        guard case .failure(let failure) = try await server.wire.answer(call) else { return nil }
        switch failure.kind {
        case .missing: return "\(call.model) is not installed"
        case .forbidden: return "\(call.model) may not be read with this key: \(failure.text)"
        case .other: return "\(call.model) cannot be read: \(failure.text)"
        case .denied, .busy: throw failure.error(of: call)
        }
    }
}

extension OdooConnector: IdentifierListing, RecordCounting {
    /// The identifiers of all records, a page at a time.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        try await reading(stream).identifiers(after: cursor)
    }

    /// What the server counts.
    public func count(of stream: String) async throws(ConnectorError) -> Int? {
        try await reading(stream).count()
    }
}

extension OdooWireKind {
    /// What is to be said of a version that is read over this interface.
    func remarks(on version: String?) -> [String] {
        let digits = (version ?? "").drop { !$0.isNumber }.prefix { $0.isNumber }
        guard let number = Int(digits) else { return [] }
        switch self {
        case .json2 where number < 19: return ["JSON-2 needs Odoo 19: set 'protocol' to json-rpc"]
        case .jsonRPC where number >= 19:
            return ["JSON-RPC is deprecated and ends with Odoo 22: set 'protocol' to json-2"]
        default: return []
        }
    }
}
