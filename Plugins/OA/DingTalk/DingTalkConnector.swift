import DingTalkServer
public import PlumblineKit

/// DingTalk's directory and approvals: everybody who works there, and the instances of chosen processes with each step.
///
/// - Shape: at most `page_size` records in a page; people ascending by account, approvals by process, time and id.
/// - Unit: all times UTC; accounts are userids.
/// - Streams: `people` is the directory as it is now. `approvals` lists what was asked for since the last run, and reads
///   again what had not ended then, and until `recheck` after the end. `instance_changes` is what DingTalk pushes
///   (scheme `dingtalk`, event `bpms_instance_change`): neither approver nor form stand in it, so no `approval` can be
///   made of it; the next pull reads both.
/// - Rights: the app needs to read contacts (and, of them, job number, mobile and e-mail) and approval instances. Limits:
///   20 to 60 calls a second and a number of calls a month; a person's manager costs a call (`read_managers`).
/// - Leaves out: form fields that `form_fields` does not name; titles, remarks, pictures, attachments, copies (cc); of
///   people everything else. Approvals that were deleted are noticed only while they are followed. Who has left is no
///   longer told of. Open approvals are followed before those that have ended; beside `max_followed` open ones, further
///   ones are told of as anomalies and their end is missed.
///   Approvals asked for more than a year ago are not listed. Pushed punches (`attendance_check_record`) hold positions
///   and are not read.
/// - Not confirmed, and behind a setting: the main one of several departments (`main_unit`), the zone of written times
///   (`written_times`), the statuses (`open_statuses`, `withdrawn_statuses`) and those of a step that waits
///   (`waiting_statuses`), the codes for a missing instance (`gone_codes`), and how many a list may give at once
///   (`listed_approvals`, `listed_people`). Not confirmed: `mobile` and e-mail in lists, the codes for a missing
///   department or person, and for calls a second in the new API, whether the ends of a window belong to it.
/// - Source: dingtalk-sdk 1.3.8; alibabacloud-dingtalk 2.2.65, `workflow_1_0`, `oauth2_1_0`.
public struct DingTalkConnector: Connector {
    /// `oa.dingtalk`.
    public static let description = ConnectorDescription(
        id: "oa.dingtalk", family: .oa, name: LocalizedText(zh: "钉钉", en: "DingTalk"),
        apiVersion: "v1.0 and legacy topapi v2", documentation: "https://open.dingtalk.com/document/",
        settings: DingTalkSettings.access + [DingTalkSettings.apiURL.field] + DingTalkApprovalSettings.all + [
            DingTalkSettings.root.field, DingTalkPeople.rootName.field, DingTalkPeople.mainUnit.field,
            DingTalkPeople.readManagers.field, DingTalkSettings.pageSize.field, DingTalkSettings.listedPeople.field,
        ],
        streams: [DingTalkPeople.description, approvals, DingTalkInstanceChanges.description])

    private static let approvals = StreamDescription(
        name: "approvals", help: LocalizedText(zh: "审批实例及其各步", en: "Approval instances with their steps"),
        recordType: "approval", deletions: [.reported, .neverKnown], isIncremental: true, fields: approvalFields)

    private let people: DingTalkPeople
    private let approvals: DingTalkApprovals
    private let changes: DingTalkInstanceChanges

    /// Refuses an `api_url` that is no address, a `since` that is no time, two names for one process, and `gone_codes`
    /// that say nothing of an instance.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        let apiURL = settings[DingTalkSettings.apiURL]
        do throws(HTTPURL.Invalid) {
            _ = try HTTPURL(apiURL)
        } catch {
            throw .settings(field: DingTalkSettings.apiURL.field.key, reason: error.reason)
        }
        let client = DingTalkClient(settings: settings, apiURL: apiURL, context: context)
        people = DingTalkPeople(
            client: client, settings: settings, shape: DingTalkPeople.Shape(settings),
            pageSize: settings[DingTalkSettings.pageSize], context: context)
        approvals = try DingTalkApprovals(client: client, settings: settings, context: context)
        changes = DingTalkInstanceChanges(templates: try DingTalkApprovals.templates(settings))
    }

    /// Asks for everybody, and for the last month's approvals of each process.
    public func check() async throws(ConnectorError) -> CheckReport {
        var remarks = ["\(try await people.count()) people"]
        for (name, count) in try await approvals.counts() {
            remarks.append("\(name): \(count.map(String.init) ?? "more than 10000") approvals in 30 days")
        }
        return CheckReport(source: "DingTalk", remarks: remarks)
    }

    /// The next people or approvals.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        switch stream {
        case DingTalkPeople.description.name: return try await people.page(after: cursor)
        case Self.approvals.name: return try await approvals.page(after: cursor)
        case DingTalkInstanceChanges.description.name: return Page(cursor: nil, hasMore: false)
        default: throw .unknownStream(stream, of: Self.description)
        }
    }
}

extension DingTalkConnector: IdentifierListing {
    /// The accounts of everybody. Approvals of more than a year ago are not listed, so none are.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        guard stream == DingTalkPeople.description.name else {
            throw .settings(field: "deletes", reason: "'\(stream)' cannot be listed; only people can")
        }
        return try await people.identifiers(after: cursor)
    }
}

extension DingTalkConnector: CallbackReading {
    /// The end of an instance is newer than its beginning, whichever arrives first.
    public var ordersByArrival: Bool { false }

    /// The instance that an event tells of, for `instance_changes`.
    public func page(of stream: String, in callback: ReceivedCallback) throws(ConnectorError) -> Page {
        guard stream == DingTalkInstanceChanges.description.name else { return Page(cursor: nil, hasMore: false) }
        return try changes.page(in: callback)
    }
}

extension DingTalkConnector {
    private static let approvalFields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "审批实例编号", en: "Id of the instance")),
        SourceField("template", "string", LocalizedText(zh: "processes 中的名称", en: "The name under processes")),
        SourceField("number", "string?", LocalizedText(zh: "审批编号", en: "The number that people see")),
        SourceField("requester", "string", LocalizedText(zh: "发起人账号", en: "Account of who asked")),
        SourceField(
            "unit", "string?", LocalizedText(zh: "发起人所在部门的名称", en: "Name of the department that it was asked for in")),
        SourceField(
            "outcome", "string",
            LocalizedText(zh: "pending、approved、rejected 或 withdrawn", en: "pending, approved, rejected or withdrawn")),
        SourceField("created_at", "time", LocalizedText(zh: "发起时间", en: "When it was asked for")),
        SourceField(
            "finished_at", "time?", LocalizedText(zh: "结束时间，包括撤销", en: "When it ended, also by being taken back")),
        SourceField("decided_at", "time?", LocalizedText(zh: "通过或拒绝的时间", en: "When it was approved or rejected")),
        SourceField(
            "decided_by", "string?", LocalizedText(zh: "作出结果的审批人", en: "The approver whose step made the outcome")),
        SourceField("waiting_for", "list<string>", LocalizedText(zh: "等待其审批的人", en: "Whose decision it waits for")),
        SourceField(
            "first_action_at", "time?", LocalizedText(zh: "发起人以外首次操作的时间", en: "When somebody else first acted on it")),
        SourceField(
            "steps", "list<map>",
            LocalizedText(
                zh: "每步：approver、result、status、started_at、finished_at",
                en: "Each step: approver, result, status, started_at, finished_at")),
        SourceField(
            "operations", "list<map>",
            LocalizedText(zh: "每次操作：by、at、type、result", en: "Each operation: by, at, type, result")),
        SourceField(
            "form", "map",
            LocalizedText(zh: "form_fields 中列出的控件：名称对应内容", en: "The fields of form_fields: contents by name")),
    ]
}
