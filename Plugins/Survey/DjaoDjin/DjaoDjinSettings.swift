import PlumblineKit

/// What a connection to djaodjin-survey says.
enum DjaoDjinSettings {
    static let baseURL = Setting<String>.url(
        "base_url", LocalizedText(zh: "接口地址，以 /api 结尾", en: "Address of the API, ending in /api"))
    static let owner = Setting<String>.text(
        "owner", LocalizedText(zh: "拥有问卷的账户", en: "Account that owns the surveys"))
    static let token = Setting<Secret>.secret("token", LocalizedText(zh: "接口令牌", en: "Token for the API"))
    static let hashKey = Setting<Secret>.secret(
        "hash_key",
        LocalizedText(
            zh: "将答卷和答卷人编号散列的密钥；问卷结束后删除它，就无人能再对上号",
            en:
                "Key that hashes responses and respondents; delete it when the survey is over, and nobody can tell any more"
        ))
    static let surveys = Setting<[String]>.list(
        "surveys", default: [], LocalizedText(zh: "要读取的问卷；留空读取全部", en: "Surveys to read; all where there is none"))
    static let since = Setting<String?>.text(
        "since",
        LocalizedText(
            zh: "只读取此日期起开始的答卷，如 2026-01-01", en: "Read only responses begun from this day on, such as 2026-01-01"))
    static let scales = Setting<[String: String]>.map(
        "scales", default: [:],
        LocalizedText(zh: "数值单位的量程，如 score-5: 1-5", en: "The range of units of numbers, such as score-5: 1-5"))
    static let choiceScores = Setting<[String: String]>.map(
        "choice_scores", default: [:],
        LocalizedText(
            zh: "选项文字对应的分数；同一单位中未列出的选项无分数",
            en: "The scores of choices by their texts; others of the same unit have none"))
    static let placeScores = Setting<[String]>.list(
        "place_scores", default: [],
        LocalizedText(
            zh: "选项按位置计分（从 1 起）的单位，如 satisfaction；未列出且无分数的选项不读取",
            en:
                "Units whose choices count by their place, from 1, such as satisfaction; choices of others without scores are not read"
        ))
    static let toldChoices = Setting<[String]>.list(
        "told_choices", default: [],
        LocalizedText(
            zh: "虽无分数仍读取所选文字的单位；如部门等个人情况不要列出",
            en:
                "Units whose choices are told without a score; leave out what describes who answers, such as a department"
        ))
    static let openFor = Setting<Duration>.duration(
        "open_for", in: .seconds(86_400) ... .seconds(366 * 86_400), default: "90d",
        LocalizedText(
            zh: "开始后多久之内交卷仍会读到", en: "How long after it was begun a response may be handed in and still be read"))
    static let overlap = Setting<Duration>.duration(
        "overlap", in: .zero ... .seconds(366 * 86_400), default: "1h",
        LocalizedText(zh: "每次运行回看的时长", en: "How far each run steps back"))
    static let pageSize = Setting<Int>.integer(
        "page_size", in: 1...200, default: 25, unit: "responses", LocalizedText(zh: "每页答卷数", en: "Responses in a page"))

    static let all: [SettingField] = [
        baseURL.field, owner.field, token.field, hashKey.field, surveys.field, since.field, scales.field,
        choiceScores.field, placeScores.field, toldChoices.field, openFor.field, overlap.field, pageSize.field,
    ]
}
