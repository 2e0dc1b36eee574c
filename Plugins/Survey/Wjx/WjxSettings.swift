import PlumblineKit

/// What a connection to wjx (问卷星) says.
enum WjxSettings {
    static let baseURL = Setting<String>.url(
        "base_url",
        LocalizedText(zh: "站点地址，如 https://www.wjx.cn", en: "Address of the site, such as https://www.wjx.cn"))
    static let apiKey = Setting<Secret?>.secret(
        "api_key",
        LocalizedText(zh: "ApiKey；不填则用 app_id 与 app_key 签名", en: "The ApiKey; without it requests are signed"))
    static let appID = Setting<String?>.text(
        "app_id", LocalizedText(zh: "签名方式的 appid", en: "The appid, for signed requests"))
    static let appKey = Setting<Secret?>.secret(
        "app_key", LocalizedText(zh: "签名方式的 appkey", en: "The appkey, for signed requests"))
    static let signature = Setting<String>.choice(
        "signature", of: DigestKind.allCases.map(\.rawValue), default: DigestKind.sha1.rawValue,
        LocalizedText(zh: "签名所用的散列", en: "The hash that requests are signed with"))
    static let hashKey = Setting<Secret>.secret(
        "hash_key",
        LocalizedText(
            zh: "将答卷编号散列的密钥；问卷结束后删除它，就无人能再对上号",
            en: "Key that hashes responses; delete it when the survey is over, and nobody can tell any more"))
    static let surveys = Setting<[String]>.list(
        "surveys", LocalizedText(zh: "要读取的问卷编号", en: "Numbers of the surveys to read"))
    static let closedSurveys = Setting<[String]>.list(
        "closed_surveys", default: [],
        LocalizedText(
            zh: "不再读取新答卷、但保留其记录的问卷编号",
            en: "Numbers of surveys of which nothing new is read, and whose records stay"))
    static let limitTexts = Setting<[String]>.list(
        "limit_texts", default: ["频繁"],
        LocalizedText(
            zh: "出错文字含其一时视为调用过快，稍后再试（未经证实）",
            en: "An error with one of these words means that we ask too fast, and try again later (not confirmed)"))
    static let parameter = Setting<String>.choice(
        "sojumpparm", of: WjxParameter.allCases.map(\.rawValue), default: WjxParameter.ignored.rawValue,
        LocalizedText(
            zh: "链接参数 sojumpparm 的含义：ignored 丢弃，subject 被评价者，respondent 答卷人（只存散列）",
            en:
                "What sojumpparm in links means: ignored drops it, subject is who is rated, respondent is who answers, kept as a hash"
        ))
    static let choiceScores = Setting<[String: String]>.map(
        "choice_scores", default: [:],
        LocalizedText(
            zh: "选项文字对应的分数；一题有选项列出时其余选项无分数；都未列出的题取问卷星的选项分数，再取数字选项本身",
            en:
                "The scores of choices by their texts; others of the same question then have none. Where a question has none of these texts, the survey's own scores count, then numbers as texts"
        ))
    static let placeScores = Setting<[String]>.list(
        "place_scores", default: [],
        LocalizedText(
            zh: "选项按位置计分（从 1 起）的题，写作“问卷.题号”，如 5657754.7；未列出且无分数的题不读取",
            en:
                "Questions whose options count by their place, from 1, by survey and question, such as 5657754.7; others without scores are not read"
        ))
    static let toldChoices = Setting<[String]>.list(
        "told_choices", default: [],
        LocalizedText(
            zh: "虽无分数仍读取所选文字的题，写作“问卷.题号”；如部门等个人情况题不要列出",
            en:
                "Questions whose choices are told without a score, by survey and question; leave out what describes who answers, such as a department"
        ))
    static let skippedValues = Setting<[String]>.list(
        "skipped_values", default: ["-1", "-2", "-3"],
        LocalizedText(
            zh: "表示未作答的负数；量程含负数的滑动条遇到它们时退回（未经证实）",
            en:
                "Numbers below zero that say that nothing was answered; a slider that reaches so far down is rejected with them (not confirmed)"
        ))
    static let optionScores = Setting<[String: String]>.map(
        "option_scores", default: [:],
        LocalizedText(
            zh: "按“问卷.题号”给出各选项的分数，如 5657754.1: 5,4,3,2,1；推送只读取这里列出的题",
            en:
                "The scores of a question's options by survey and question, such as 5657754.1: 5,4,3,2,1; of pushes only these questions are read"
        ))
    static let scales = Setting<[String: String]>.map(
        "scales", default: [:],
        LocalizedText(
            zh: "按“问卷.题号”给出量程，如 5657754.3: 1-5；为矩阵给出量程即表示各列从 1 起计分",
            en: "The range of questions, such as 5657754.3: 1-5; that of a matrix says that its columns count from 1"))
    static let numbersAll = Setting<Bool>.flag(
        "numbers_all", default: false,
        LocalizedText(
            zh: "答案中的题号是否把分页和说明也计入（未经证实）",
            en: "Whether page breaks and notes are counted among the numbers of questions in answers (not confirmed)"))
    static let since = Setting<String?>.text(
        "since",
        LocalizedText(
            zh: "只读取此时间起提交的答卷，如 2026-01-01T00:00:00+08:00",
            en: "Read only answers submitted since then, such as 2026-01-01T00:00:00+08:00"))
    static let rereadEvery = Setting<Duration>.duration(
        "reread_every", in: .zero ... .seconds(366 * 86_400), default: "1d",
        LocalizedText(
            zh: "多久重读一次近期答卷；修改过的答卷序号不变，只有重读才能发现",
            en:
                "How often recent answers are read again: one that was edited keeps its number and is not found otherwise"
        ))
    static let rereadFor = Setting<Duration>.duration(
        "reread_for", in: .zero ... .seconds(3660 * 86_400), default: "30d",
        LocalizedText(zh: "重读多久之内提交的答卷", en: "How long after an answer was submitted it is read again"))
    static let pushes = Setting<String>.choice(
        "pushes", of: WjxPushes.allCases.map(\.rawValue), default: WjxPushes.notices.rawValue,
        LocalizedText(
            zh: "推送如何使用：notices 仅作通知，答案由拉取读取；unsigned_answers 采用未签名的 JSON 答案；form 采用签名的表单推送（未经证实）",
            en:
                "What pushes tell: notices nothing, as answers are pulled; unsigned_answers the answers of the JSON push, which no signature covers; form those of the signed push as a form (not confirmed)"
        ))
    static let pageSize = Setting<Int>.integer(
        "page_size", in: 1...50, default: 50, unit: "responses",
        LocalizedText(zh: "每页答卷数；最多 50", en: "Responses in a page; no more than 50"))

    static let all: [SettingField] = [
        baseURL.field, apiKey.field, appID.field, appKey.field, signature.field, hashKey.field, surveys.field,
        closedSurveys.field, parameter.field, choiceScores.field, optionScores.field, placeScores.field,
        toldChoices.field, scales.field, skippedValues.field, numbersAll.field, since.field, rereadEvery.field,
        rereadFor.field, pushes.field, pageSize.field, limitTexts.field,
    ]
}

/// What the parameter of a survey's link means.
enum WjxParameter: String, CaseIterable { case ignored, subject, respondent }

/// What a push tells.
enum WjxPushes: String, CaseIterable {
    case notices
    case unsignedAnswers = "unsigned_answers"
    case form
}
