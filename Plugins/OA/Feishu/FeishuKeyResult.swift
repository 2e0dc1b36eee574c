import FeishuServer
import PlumblineKit

/// A period of objectives.
struct FeishuPeriod {
    let id: String
    let name: String?
    let start: Instant
    let end: Instant

    static let mask: JSON = [
        "has_more": true, "page_token": true,
        "items": [
            ["id": true, "zh_name": true, "en_name": true, "period_start_time": true, "period_end_time": true]
        ],
    ]

    /// Nil for a period without id, start or end.
    init?(_ json: JSON) {
        guard let id = json.filled("id"), let start = json["period_start_time"]?.feishuMilliseconds,
            let end = json["period_end_time"]?.feishuMilliseconds
        else { return nil }
        (self.id, self.start, self.end) = (id, start, end)
        name = json.filled("zh_name") ?? json.filled("en_name")
    }
}

/// One reading of a key result.
///
/// Feishu tells how far a key result is as a percentage, with the time of its last change. It has neither a value at the
/// start nor one to reach, and no readings of before.
struct FeishuKeyResult {
    let owner: String
    let okr: JSON
    let objective: JSON
    let period: FeishuPeriod
    /// The day of this run, or the last of the period where that is over.
    let readOn: String

    /// What is kept of somebody's objectives: none of their texts.
    static let mask: JSON = [
        "total": true,
        "okr_list": [
            [
                "id": true, "period_id": true, "permission": true, "confirm_status": true,
                "objective_list": [
                    [
                        "id": true, "permission": true, "weight": true,
                        "aligning_objective_list": [["id": true, "owner": ["user_id": true, "open_id": true]]],
                        "kr_list": [
                            [
                                "id": true, "score": true, "weight": true, "kr_weight": true,
                                "progress_rate": ["percent": true],
                                "progress_rate_percent_last_updated_time": true, "score_last_updated_time": true,
                            ]
                        ],
                    ]
                ],
            ]
        ],
    ]

    static let fields = [
        SourceField(
            "id", "string",
            LocalizedText(
                zh: "读数编号：关键结果、更新时间、进度和得分；不变则编号不变",
                en: "The reading: key result, time of change, percentage and score; the same while nothing changed")),
        SourceField("key_result", "string", LocalizedText(zh: "关键结果编号", en: "Id of the key result")),
        SourceField("objective", "string", LocalizedText(zh: "目标编号", en: "Id of the objective")),
        SourceField("okr", "string", LocalizedText(zh: "OKR 编号", en: "Id of the OKR")),
        SourceField("owner", "string", LocalizedText(zh: "负责人账号", en: "Account of the owner")),
        SourceField("period", "string", LocalizedText(zh: "OKR 周期编号", en: "Id of the period")),
        SourceField("period_name", "string?", LocalizedText(zh: "OKR 周期名称", en: "Name of the period")),
        SourceField("period_start", "time", LocalizedText(zh: "周期开始", en: "When the period begins")),
        SourceField("period_end", "time", LocalizedText(zh: "周期结束", en: "When the period ends")),
        SourceField("objective_weight", "decimal?", LocalizedText(zh: "目标权重", en: "Weight of the objective")),
        SourceField("weight", "decimal?", LocalizedText(zh: "关键结果权重", en: "Weight of the key result")),
        SourceField(
            "percent", "decimal?", LocalizedText(zh: "进度百分比，0 起，100 为达成", en: "Progress in percent, from 0 to 100")),
        SourceField("score", "decimal?", LocalizedText(zh: "自评得分，0 至 100", en: "The score that was given, 0 to 100")),
        SourceField(
            "updated_at", "time?",
            LocalizedText(zh: "进度或得分最近一次更新；系统未提供时为空", en: "Last change of progress or score; null where it is not told")
        ),
        SourceField(
            "read_on", "date",
            LocalizedText(zh: "读取日期，周期结束后为周期最后一天", en: "Day of reading; the period's last day where it is over")),
        SourceField(
            "aligned_to", "list<map>?",
            LocalizedText(
                zh: "本目标对齐到的目标：objective、owner；系统未提供时为空",
                en: "Objectives that this one is aligned to: objective, owner; null where that is not told")),
        SourceField(
            "confirm_status", "int?", LocalizedText(zh: "确认状态", en: "Whether the OKR is confirmed, as a number")),
    ]

    func record(_ result: JSON, idType: String) throws(JSONShapeError) -> SourceRecord {
        let keyResult = try result.text(at: "id")
        let times = ["progress_rate_percent_last_updated_time", "score_last_updated_time"]
        let updated = times.compactMap { result[$0]?.feishuMilliseconds }.max()
        let percent = number(result["progress_rate"]?["percent"])
        let score = number(result["score"])
        let id = [
            keyResult, updated.map { String($0.microseconds / 1000) } ?? "-", percent.scalarText ?? "-",
            score.scalarText ?? "-",
        ].compoundIdentifier
        let kept = number(result["kr_weight"])
        return SourceRecord(
            id: id, version: nil,
            json: [
                "id": .string(id), "key_result": .string(keyResult),
                "objective": .string(try objective.text(at: "id")), "okr": .string(try okr.text(at: "id")),
                "owner": .string(owner), "period": .string(period.id), "period_name": .text(period.name),
                "period_start": .time(period.start), "period_end": .time(period.end),
                "objective_weight": number(objective["weight"]),
                "weight": kept.isNull ? number(result["weight"]) : kept, "percent": percent, "score": score,
                "updated_at": .time(updated), "read_on": .string(readOn), "aligned_to": aligned(idType),
                "confirm_status": number(okr["confirm_status"]),
            ])
    }

    private func aligned(_ idType: String) -> JSON {
        guard let objectives = objective["aligning_objective_list"]?.array else { return .null }
        return .array(
            objectives.map { ["objective": .text($0.filled("id")), "owner": .text($0["owner"]?.filled(idType))] })
    }

    /// A number, also one in a text; null for anything else.
    private func number(_ json: JSON?) -> JSON {
        guard let text = json?.scalarText, (try? JSON.parse(Array(text.utf8)))?.kind == "a number" else { return .null }
        return .number(text)
    }
}
