import DingTalkServer
import PlumblineKit

/// The stream `instance_changes`: what DingTalk tells at once when an approval begins or ends.
struct DingTalkInstanceChanges: Sendable {
    /// Names by code.
    let templates: [String: String]

    /// The instance that a `bpms_instance_change` tells of; nothing for other events and other processes.
    func page(in callback: ReceivedCallback) throws(ConnectorError) -> Page {
        let event: JSON
        do throws(JSONSyntaxError) {
            event = try JSON.parse(callback.body)
        } catch {
            throw .unexpected(reason: "the event is no JSON: \(error.message)")
        }
        var page = Page(cursor: nil, hasMore: false)
        guard event["EventType"] == "bpms_instance_change",
            let template = event["processCode"]?.string.flatMap({ templates[$0] })
        else { return page }
        do throws(JSONShapeError) {
            page.records.append(try Self.record(event, template))
        } catch {
            page.rejected.append(
                RejectedRecord(
                    id: event.filledText("processInstanceId") ?? "without id", reason: error.reason,
                    raw: event.keeping(Self.kept).bytes))
        }
        return page
    }

    private static let kept: Set = [
        "EventType", "processInstanceId", "processCode", "type", "result", "createTime", "finishTime", "staffId",
    ]

    private static func record(_ event: JSON, _ template: String) throws(JSONShapeError) -> SourceRecord {
        let id = try event.text(at: "processInstanceId")
        guard let created = event["createTime"]?.dingTalkMoment else {
            throw JSONShapeError(reason: "'createTime' is not a number of milliseconds")
        }
        let finished = event["finishTime"]?.dingTalkMoment
        // The end of an instance is later than its beginning, whichever of the two arrives first.
        let version = (finished ?? created).microseconds / 1000
        return SourceRecord(
            id: id, version: SourceVersion(String(version)),
            json: [
                "id": .string(id),
                "template": .string(template),
                "requester": .string(try event.text(at: "staffId")),
                "outcome": .string(try outcome(of: event)),
                "created_at": .time(created),
                "finished_at": .time(finished),
            ])
    }

    private static func outcome(of event: JSON) throws(JSONShapeError) -> String {
        switch (try event.string(at: "type"), event["result"]?.string) {
        case ("start", _): return "pending"
        case ("terminate", _): return "withdrawn"
        case ("finish", "agree"): return "approved"
        case ("finish", "refuse"): return "rejected"
        default:
            throw JSONShapeError(
                reason: "'type' is none of start, finish and terminate, or 'result' not agree or refuse")
        }
    }

    static let description = StreamDescription(
        name: "instance_changes",
        help: LocalizedText(
            zh: "审批开始与结束的推送（bpms_instance_change），不含审批人和表单",
            en: "Pushed beginnings and ends of approvals (bpms_instance_change), without approver and form"),
        deletions: [.neverKnown], isIncremental: true,
        fields: [
            SourceField("id", "string", LocalizedText(zh: "审批实例编号", en: "Id of the instance")),
            SourceField("template", "string", LocalizedText(zh: "processes 中的名称", en: "The name under processes")),
            SourceField("requester", "string", LocalizedText(zh: "发起人账号", en: "Account of who asked")),
            SourceField(
                "outcome", "string",
                LocalizedText(
                    zh: "pending、approved、rejected 或 withdrawn", en: "pending, approved, rejected or withdrawn")),
            SourceField("created_at", "time", LocalizedText(zh: "发起时间", en: "When it was asked for")),
            SourceField("finished_at", "time?", LocalizedText(zh: "结束时间", en: "When it ended")),
        ])
}
