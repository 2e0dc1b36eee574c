import PlumblineKit

extension WjxRecords {
    static let fields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "答卷的散列和题号", en: "Hash of the submission, and the question")),
        SourceField("response", "string", LocalizedText(zh: "答卷的散列", en: "Hash of the submission")),
        SourceField(
            "respondent", "string",
            LocalizedText(
                zh: "答卷人的散列，仅在同一问卷内相同；不知道是谁时每份答卷不同",
                en:
                    "Hash of who answered, the same within one survey only; another for each submission where nothing tells"
            )),
        SourceField("survey", "string", LocalizedText(zh: "问卷编号", en: "The survey's number")),
        SourceField("survey_title", "string?", LocalizedText(zh: "问卷标题；推送中为空", en: "Its title; null in pushes")),
        SourceField(
            "month", "string",
            LocalizedText(
                zh: "提交的月份，如 2026-07；更细的时间不读出",
                en: "The month in which it was submitted, such as 2026-07; no finer time leaves the connector")),
        SourceField(
            "question", "string",
            LocalizedText(
                zh: "题号；矩阵为 题号_行号，多选为 题号_选项号",
                en: "The question's number; 3_1 for the first row of a matrix, or for a first option that was ticked")),
        SourceField("question_title", "string?", LocalizedText(zh: "题目；推送中为空", en: "The question; null in pushes")),
        SourceField(
            "kind", "string",
            LocalizedText(
                zh: "single 单选，multiple 多选，matrix 矩阵，slider 滑动条，text 填空（内容不读）",
                en: "single, multiple, matrix, slider, or text, which is not read")),
        SourceField(
            "subject", "string?",
            LocalizedText(zh: "被评价者，来自链接参数 sojumpparm", en: "Who is rated, by the link's parameter sojumpparm")),
        SourceField("score", "number?", LocalizedText(zh: "分数；多选与填空为空", en: "The score; null for ticks and texts")),
        SourceField("choice", "string?", LocalizedText(zh: "选项文字", en: "The text of the option")),
        SourceField("scale_min", "int?", LocalizedText(zh: "量程下限", en: "The least score there can be")),
        SourceField("scale_max", "int?", LocalizedText(zh: "量程上限", en: "The highest score there can be")),
    ]
}
