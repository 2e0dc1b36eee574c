import PlumblineKit

extension LimeSurveyRecords {
    static let fields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "答卷的散列和问题代码", en: "Hash of the response, and the question")),
        SourceField("response", "string", LocalizedText(zh: "答卷的散列", en: "Hash of the response")),
        SourceField(
            "respondent", "string",
            LocalizedText(
                zh: "答卷人的散列，仅在同一问卷内相同；没有令牌时每份答卷不同",
                en: "Hash of who answered, the same within one survey only; another for each response without a token")),
        SourceField("survey", "string", LocalizedText(zh: "问卷编号", en: "The survey's number")),
        SourceField("survey_title", "string?", LocalizedText(zh: "问卷标题", en: "Its title")),
        SourceField(
            "month", "string",
            LocalizedText(
                zh: "提交的月份，如 2026-07；更细的时间不读出",
                en: "The month in which it was submitted, such as 2026-07; no finer time leaves the connector")),
        SourceField(
            "question", "string",
            LocalizedText(
                zh: "问题代码；矩阵的行和多选的选项为 Q2[SQ001]",
                en: "The question's code; Q2[SQ001] for a row of a matrix, or for an option that was ticked")),
        SourceField("question_title", "string?", LocalizedText(zh: "问题", en: "The question")),
        SourceField(
            "row_title", "string?", LocalizedText(zh: "行或选项的文字", en: "The text of the row, or of the option ticked")),
        SourceField(
            "kind", "string",
            LocalizedText(
                zh: "single 单选，matrix 矩阵，multiple 多选，number 数值", en: "single, matrix, multiple or number")),
        SourceField(
            "score", "number?",
            LocalizedText(
                zh: "分数；多选、“其他”和没有分数的选项为空", en: "The score; null for ticks, for other, and where nothing tells one")),
        SourceField("choice", "string?", LocalizedText(zh: "选项文字", en: "The text of the option")),
        SourceField("scale_min", "int?", LocalizedText(zh: "量程下限", en: "The least score there can be")),
        SourceField("scale_max", "int?", LocalizedText(zh: "量程上限", en: "The highest score there can be")),
    ]
}
