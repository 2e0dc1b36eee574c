import PlumblineKit
import TrytonServer

/// The stream `requisitions`: requests to buy, which somebody approves or rejects.
struct TrytonRequisitions: TrytonReading {
    let stream: TrytonStream
    private let overlap: Duration

    static let description = StreamDescription(
        name: "requisitions", help: LocalizedText(zh: "采购申请及其审批", en: "Purchase requisitions and their approval"),
        recordType: "approval", deletions: [.fullList, .neverKnown], isIncremental: true,
        fields: [
            SourceField("id", "string", LocalizedText(zh: "编号", en: "Number")),
            SourceField("employee", "string", LocalizedText(zh: "申请人的往来方编码", en: "Code of who asks")),
            SourceField(
                "supervisor", "string?", LocalizedText(zh: "申请人上级的编码", en: "Code of the supervisor of who asks")),
            SourceField(
                "decided_by", "string?",
                LocalizedText(
                    zh: "批准或拒绝者的编码；服务器未记录时为空",
                    en: "Code of who approved or rejected; null where the server does not say")),
            SourceField(
                "state", "string",
                LocalizedText(zh: "状态", en: "draft, waiting, approved, processing, done, rejected or cancelled")),
            SourceField("supply_date", "date?", LocalizedText(zh: "需求日期", en: "When it is wanted")),
            SourceField("created_at", "time", LocalizedText(zh: "创建时间", en: "When it was made")),
            SourceField(
                "updated_at", "time?",
                LocalizedText(zh: "最后修改时间；从未修改为空", en: "When it was last changed; null where it never was")),
        ])

    init(client: TrytonClient, settings: Settings, since: JSON?) {
        overlap = settings[TrytonSettings.overlap]
        stream = TrytonStream(
            "purchase.requisition",
            fields: [
                "employee.party.code", "employee.supervisor.party.code", "approved_by.party.code",
                "rejected_by.party.code", "state", "supply_date", "create_date", "write_date",
            ],
            domain: since.map { [["OR", ["supply_date", ">=", $0], ["supply_date", "=", .null]]] } ?? [],
            client: client, pageSize: settings[TrytonSettings.pageSize])
    }

    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        try await stream.changed(after: cursor, overlap: overlap).page(Self.record)
    }

    private static func record(_ row: JSON, id: String) throws(JSONShapeError) -> JSON {
        guard let created = row["create_date"]?.trytonTime else {
            throw JSONShapeError(reason: "has no time 'create_date'")
        }
        return [
            "id": .string(id),
            "employee": .string(try row.requiredText("employee.party.code")),
            "supervisor": .text(row.linkedText("employee.supervisor.party.code")),
            "decided_by": .text(row.linkedText("rejected_by.party.code") ?? row.linkedText("approved_by.party.code")),
            "state": .string(try row.requiredText("state")),
            "supply_date": .text(row["supply_date"]?.trytonDay),
            "created_at": .time(created),
            "updated_at": .time(row["write_date"]?.trytonTime),
        ]
    }
}
