import FeishuServer
public import PlumblineKit

/// Feishu or Lark: approvals with their steps and chosen form fields, key results of objectives, and people.
///
/// - Shape: `people` is a whole snapshot; `approvals` are about `page_size` in a page, those that are open or young first,
///   then by time of creation; `key_results` are those of a few people in a page.
/// - Unit: all times UTC. An approval's `decided_by` is who ended it; every step has its own approver and times. A key
///   result has a percentage: it begins at 0 and aims at 100; what it measures in, Feishu does not tell.
/// - Rights of the app: contacts of all members (contact:contact.base:readonly, contact:user.base:readonly,
///   contact:user.employee_id:readonly, and email, phone, employee number and department as far as they are wanted),
///   approval:approval:readonly, okr:okr:readonly with access as an app. What it has no scope for is null.
/// - Limits: 50 calls a second, 100 a minute for objectives; the transport waits as `x-ogw-ratelimit-reset` says.
/// - Leaves out: comments, attachments, images and places of approvals, and every form field that `form_fields` does not
///   name; the texts of objectives; key results that are deleted are not told, nor are readings between two runs.
/// - Events: none is a record. `approval_instance` tells code, status and time, neither who asked nor the form;
///   `contact.user.*` is documented by name alone. A run reads every approval again until it ends, and `recheck` longer.
/// - Not confirmed, and behind a setting: how long a span of creation times may be (`window`), what OVERTIME_CLOSE means
///   for the outcome (`timed_out_as`), that the first of several departments, or the one that `orders` marks, is the main
///   one (`main_unit`), how many rows a list gives at once (`list_size`). Not confirmed: whether both ends of a span are
///   included (each run asks for both and sorts them out), that approvals are listed by their `start_time`, that an alignment is told by
///   `aligning_objective_list`, that a list of departments goes beyond 1000.
/// - Source: lark-oapi 1.7.5 (`api/contact/v3`, `api/approval/v4`, `api/okr/v1`), pages of open.larkoffice.com.
public struct FeishuOAConnector: Connector {
    /// `oa.feishu`.
    public static let description = ConnectorDescription(
        id: "oa.feishu", family: .oa, name: LocalizedText(zh: "飞书审批与 OKR", en: "Feishu / Lark approvals and OKR"),
        apiVersion: "contact v3, approval v4, okr v1", documentation: "https://open.feishu.cn/document/server-docs",
        settings: FeishuOASettings.all,
        streams: [
            StreamDescription(
                name: "approvals", help: LocalizedText(zh: "审批实例", en: "Approvals with their steps"),
                recordType: "approval", deletions: [.reported, .neverKnown], isIncremental: true,
                fields: FeishuApproval.fields),
            StreamDescription(
                name: "key_results", help: LocalizedText(zh: "关键结果的读数", en: "Readings of key results"),
                recordType: "okr_key_result", deletions: [.neverKnown], isIncremental: false,
                fields: FeishuKeyResult.fields),
            FeishuPeople.description,
        ])

    private let client: FeishuClient
    private let directory: FeishuDirectory
    private let people: FeishuPeople
    private let approvals: FeishuApprovals
    private let keyResults: FeishuKeyResults
    private let codes: [String]

    /// Refuses a `since` that is no time.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        let since = try FeishuOASettings.start(settings, context)
        client = FeishuClient(settings: settings, context: context)
        directory = FeishuDirectory(client: client, idType: settings[FeishuOASettings.idType], settings: settings)
        people = FeishuPeople(directory: directory, settings: settings, context: context)
        approvals = FeishuApprovals(client: client, settings: settings, since: since, context: context)
        keyResults = FeishuKeyResults(
            client: client, directory: directory, settings: settings, since: since, context: context)
        codes = settings[FeishuOASettings.approvals]
    }

    /// Asks for departments, for each approval definition, and for the periods of objectives.
    public func check() async throws(ConnectorError) -> CheckReport {
        var remarks = ["\(try await directory.departmentCount()) departments"]
        for code in codes {
            remarks.append(
                try await remark("approval \(code)") { () async throws(ConnectorError) in
                    "\(try await approvals.countOfLastDay(code)) since yesterday"
                })
        }
        remarks.append(
            try await remark("objectives") { () async throws(ConnectorError) in
                "\(try await keyResults.periods().count) periods"
            })
        return CheckReport(source: "Feishu / Lark", remarks: remarks)
    }

    private func remark(
        _ what: String, _ ask: () async throws(ConnectorError) -> String
    ) async throws(ConnectorError) -> String {
        do throws(ConnectorError) {
            return "\(what): \(try await ask())"
        } catch {
            switch error {
            case .refused(let status, let hint) where status != 401: return "\(what) cannot be read: \(hint)"
            case .unexpected(let reason): return "\(what) cannot be read: \(reason)"
            default: throw error
            }
        }
    }

    /// The next approvals, key results or people.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        switch stream {
        case "approvals": return try await approvals.page(after: cursor)
        case "key_results": return try await keyResults.page(after: cursor)
        case FeishuPeople.description.name: return try await people.page(after: cursor)
        default: throw .unknownStream(stream, of: Self.description)
        }
    }
}

extension FeishuOAConnector: IdentifierListing {
    /// The accounts of everybody. The other streams cannot be listed.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        guard stream == FeishuPeople.description.name else {
            throw .settings(field: "deletes", reason: "'\(stream)' cannot be listed; only people can")
        }
        return try await people.identifiers(after: cursor)
    }
}
