import PlumblineKit
import WeComServer
import XMLDocument

/// The stream `approval_events`: approvals as WeCom's callbacks tell them, without forms.
///
/// It is a stream of its own, so that an event never takes the place of an approval that was pulled with its form. A
/// connection maps one of the two onto `approval`: this one where nothing is pulled.
enum WeComApprovalEvents {
    static let name = "approval_events"

    static let description = StreamDescription(
        name: name,
        help: LocalizedText(zh: "审批状态变化的推送，没有表单", en: "Changes of approvals that WeCom sends, without forms"),
        recordType: "approval", deletions: [.reported, .neverKnown], isIncremental: true,
        fields: WeComApprovals.fields + [
            SourceField(
                "change", "string?",
                LocalizedText(
                    zh: "变化类型（StatuChangeEvent），如 2 通过", en: "What changed (StatuChangeEvent), such as 2 for passed"))
        ])

    /// What a message tells: an approval, or nothing where it is no approval's.
    ///
    /// The version is the second of the message, and behind it how far the approval has come: of two changes in one second
    /// the later one counts, in whatever order they arrive.
    static func page(in body: [UInt8]) throws(ConnectorError) -> Page {
        var page = Page(cursor: nil, hasMore: false)
        let message: XMLElement
        do throws(XMLRefusal) {
            message = try XMLElement(parsing: body, limits: XMLLimits(bytes: 1 << 20, depth: 16, elements: 20_000))
        } catch {
            throw .unexpected(reason: "the message cannot be read: \(error.reason)")
        }
        guard message.filled("Event") == "sys_approval_change" else { return page }
        do throws(JSONShapeError) {
            try take(message, into: &page)
        } catch {
            page.rejected.append(
                RejectedRecord(
                    id: message.child("ApprovalInfo")?.filled("SpNoStr") ?? "event of an approval",
                    reason: error.reason,
                    raw: excerpt(of: message).bytes))
        }
        return page
    }

    private static func take(_ message: XMLElement, into page: inout Page) throws(JSONShapeError) {
        guard let info = message.child("ApprovalInfo") else {
            throw JSONShapeError(reason: "the event has no single element 'ApprovalInfo'")
        }
        guard let created = message.filled("CreateTime").flatMap({ Int64($0) }), created > 0 else {
            throw JSONShapeError(reason: "the event has no 'CreateTime' in seconds since 1970")
        }
        let approval = try WeComApproval(info)
        let version = SourceVersion("\(created)\(approval.status.rank)")
        guard approval.status != .deleted else {
            return page.deleted.append(DeletedRecord(id: approval.number, version: version))
        }
        guard case .object(var record) = approval.json(form: .null) else { return }
        record["change"] = .text(info.filled("StatuChangeEvent"))
        page.records.append(SourceRecord(id: approval.number, version: version, json: .object(record)))
    }

    /// What may be shown of an event that cannot be read: no remarks.
    private static func excerpt(of message: XMLElement) -> JSON {
        let info = message.child("ApprovalInfo")
        return [
            "CreateTime": .text(message.filled("CreateTime")), "SpNoStr": .text(info?.filled("SpNoStr")),
            "SpStatus": .text(info?.filled("SpStatus")), "TemplateId": .text(info?.filled("TemplateId")),
        ]
    }
}
