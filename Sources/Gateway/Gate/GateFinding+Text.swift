public import Indicators
public import ReviewStore

extension GateFinding {
    /// The finding in words, with the threshold that decides.
    public var text: BilingualText {
        guard let key = Self.keys[rule] else { return words }
        return BilingualText(zh: words.zh + "（gate: \(key)）", en: words.en + " (gate: \(key))")
    }

    /// The threshold of each rule whose name is another.
    private static let keys = [
        ZeroRowsRule.name: "zero_rows", VolumeRule.name: "volume_change", GrowthRule.name: "volume_change",
        SurgeRule.name: "surge", VanishedRule.name: "vanished_share", SourceCountRule.name: "count_share",
        RejectedShareRule.name: "rejected_share", EmptyShareRule.name: "empty_share",
        SchemaDriftRule.name: "schema_drift", UnmatchedRule.name: "unmatched_share",
        FreshnessRule.name: "freshness_days", PushedRhythm.silence: "silence_hours",
        PushedRhythm.volume: "volume_change, deviations", PushedRhythm.rejects: "rejected_share",
        WorkspaceHost.impossibleTimes: "future_hours, earliest",
    ]

    private var words: BilingualText {
        let about = subject ?? ""
        return switch rule {
        case ZeroRowsRule.name:
            BilingualText(
                zh: "来源没有返回任何记录；以往约有 \(expected) 条", en: "the source gave no records; it used to give \(expected)")
        case VolumeRule.name:
            BilingualText(
                zh: "读取了 \(found) 条记录；以往为 \(expected) 条", en: "\(found) records were read; usual are \(expected)")
        case GrowthRule.name:
            BilingualText(
                zh: "新增 \(found) 条记录；一次允许 \(expected) 条", en: "\(found) new records at once; allowed are \(expected)")
        case SurgeRule.name:
            BilingualText(
                zh: "记录变动过快：\(found)；以往 \(expected)", en: "records change too fast: \(found); usual is \(expected)")
        case VanishedRule.name:
            BilingualText(
                zh: "\(found) 条记录在来源中消失；允许 \(expected)",
                en: "\(found) of the records vanished at the source; allowed is \(expected)")
        case SourceCountRule.name:
            BilingualText(
                zh: "来源有 \(expected) 条记录，这里有 \(found) 条", en: "the source counts \(expected) records, here are \(found)"
            )
        case RejectedShareRule.name:
            BilingualText(
                zh: "\(found) 的记录无法使用；以往 \(expected)",
                en: "\(found) of the records cannot be used; usual is \(expected)")
        case EmptyShareRule.name:
            BilingualText(
                zh: "字段 \(about) 在 \(found) 的记录中为空；以往 \(expected)",
                en: "\(about) is empty in \(found) of the records; usual is \(expected)")
        case SchemaDriftRule.name:
            BilingualText(
                zh: "来源字段 \(about) 变为 \(found)；以往为 \(expected)",
                en: "the source's \(about) is \(found) now; it was \(expected)")
        case UnmatchedRule.name:
            BilingualText(
                zh: "\(found) 个账号没有对应的员工；以往 \(expected)", en: "\(found) accounts belong to nobody; usual is \(expected)"
            )
        case FreshnessRule.name:
            BilingualText(
                zh: "自 \(found) 个工作日没有新内容；以往最多 \(expected) 个工作日",
                en: "nothing new since \(found) working days; usual are \(expected)")
        case LeftBehindRule.name:
            BilingualText(
                zh: "\(about) 的记录仍然计入，但已没有文件描述它；若是改名，请用 plumbline streams retire \(about)，否则两边都会计入",
                en: "the records of \(about) still count, and no file describes it any more: where it was renamed, "
                    + "'plumbline streams retire \(about)', or both count")
        case PushedRhythm.silence:
            BilingualText(
                zh: "自 \(about) 起没有收到事件，已有 \(found) 个工作小时；以往最多 \(expected)",
                en: "nothing has come since \(about), for \(found) working hours; usual are \(expected)")
        case PushedRhythm.volume:
            BilingualText(
                zh: "\(about) 收到 \(found) 个事件；以往为 \(expected) 个",
                en: "\(found) events came on \(about); usual are \(expected)")
        case PushedRhythm.rejects:
            BilingualText(
                zh: "\(about) 有 \(found) 的推送记录无法使用；以往 \(expected)",
                en: "\(found) of what was sent on \(about) cannot be used; usual is \(expected)")
        case WorkspaceHost.impossibleTimes:
            BilingualText(
                zh: "不可能的时间：\(found)；应在 \(expected)", en: "times that cannot be: \(found); expected \(expected)")
        default: BilingualText(zh: "\(rule)：\(found)；应为 \(expected)", en: "\(rule): \(found), expected \(expected)")
        }
    }
}
