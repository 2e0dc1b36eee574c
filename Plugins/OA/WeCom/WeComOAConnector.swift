public import PlumblineKit
import WeComServer

/// WeCom's directory and approvals: people, and approvals with their steps and forms.
///
/// - Shape: people and approvals in pages of `page_size`; one call for each person (unless `listing` is `user_list`) and
///   each approval. Approvals are listed by the time of submission; pending ones are read again until they end.
/// - Unit: all times UTC; accounts in lower case; days of forms in the connection's zone.
/// - Rights: an own app on the list of apps which may call approvals (since December 2023), and the contacts it may see.
///   Limits: 600 calls a minute for approvals; a blocked call waits 60 s, then 60 min, then for the day's end.
/// - Not noticed: that an approval was withdrawn, deleted or paid after it had passed, where it was submitted longer than
///   `recheck` ago; WeCom has no list of what changed.
/// - Leaves out: remarks, comments, who was notified, files and places of approvals; free text that `form_fields` does not
///   name, and all of leaves; gender, avatar and further attributes of people.
/// - Not confirmed, and behind a setting: whether the app may call `user/list` (`listing`) and sees names of departments
///   (`departments`). Not confirmed: the shapes of controls beyond the page's examples, what approvers' states beyond 3
///   mean, whether deleted approvals stay in the list, which number says that there is no such approval (one that cannot be
///   read is asked for again for a week or `recheck`), whether approvals are listed by the time that their details tell.
/// - Source: pages 96509, 91983, 90196, 90208 and 96067 of developer.work.weixin.qq.com; wechatpy 2.0.0a26.
public struct WeComOAConnector: Connector {
    /// `oa.wecom`.
    public static let description = ConnectorDescription(
        id: "oa.wecom", family: .oa, name: LocalizedText(zh: "企业微信审批与通讯录", en: "WeCom approvals and directory"),
        apiVersion: "cgi-bin, without versions",
        documentation: "https://developer.work.weixin.qq.com/document/path/91956",
        settings: WeComOASettings.all,
        streams: [WeComApprovals.description, WeComApprovalEvents.description, WeComPeople.description])

    private let people: WeComPeople
    private let approvals: WeComApprovals

    /// Refuses a `since` that is no day.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        let day = settings[WeComOASettings.since]
        guard let midnight = Instant(rfc3339: day + "T00:00:00Z") else {
            throw .settings(
                field: WeComOASettings.since.field.key, reason: "expected a day such as 2026-01-01, got '\(day)'")
        }
        let since = midnight.advanced(bySeconds: -context.utcOffset(midnight))
        people = WeComPeople(directory: WeComDirectory(settings: settings, context: context), settings: settings)
        approvals = WeComApprovals(
            client: WeComClient(settings: settings, secret: settings[WeComSettings.secret], context: context),
            settings: settings, since: since, context: context)
    }

    /// Tells what the app sees of the directory and of approvals, and what it is not told.
    public func check() async throws(ConnectorError) -> CheckReport {
        var remarks = try await people.remarks()
        do throws(ConnectorError) {
            remarks.append(try await approvals.remark())
        } catch {
            guard case .refused(_, let hint) = error else { throw error }
            remarks.append("approvals cannot be read: \(hint)")
        }
        return CheckReport(source: "WeCom", remarks: remarks)
    }

    /// The next people or approvals; nothing of `approval_events`, which WeCom sends by itself.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        switch stream {
        case WeComApprovals.description.name: return try await approvals.page(after: cursor)
        case WeComApprovalEvents.name: return Page(cursor: nil, hasMore: false)
        case WeComPeople.description.name: return try await people.page(after: cursor)
        default: throw .unknownStream(stream, of: Self.description)
        }
    }
}

extension WeComOAConnector: IdentifierListing {
    /// The accounts of all people. Approvals cannot be listed without their windows.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        guard stream == WeComPeople.description.name else {
            throw .settings(field: "deletes", reason: "'\(stream)' cannot be listed; only people can")
        }
        return try await people.identifiers(after: cursor)
    }
}

extension WeComOAConnector: CallbackReading {
    /// The second of an event says which is newer, whatever came first.
    public var ordersByArrival: Bool { false }

    /// The approval of an event, in the stream `approval_events` alone.
    public func page(of stream: String, in callback: ReceivedCallback) throws(ConnectorError) -> Page {
        guard stream == WeComApprovalEvents.name else { return Page(cursor: nil, hasMore: false) }
        return try WeComApprovalEvents.page(in: callback.body)
    }
}
