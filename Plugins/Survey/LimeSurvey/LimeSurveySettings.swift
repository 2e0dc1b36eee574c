import PlumblineKit

/// What a connection to LimeSurvey says.
enum LimeSurveySettings {
    static let baseURL = Setting<String>.url(
        "base_url", LocalizedText(zh: "服务器地址，不含 /index.php", en: "Address of the server, without /index.php"))
    static let username = Setting<String>.text(
        "username", LocalizedText(zh: "只读用户的账号", en: "Login of a user who may only read"))
    static let password = Setting<Secret>.secret(
        "password", LocalizedText(zh: "该用户的密码", en: "That user's password"))
    static let plugin = Setting<String?>.text(
        "login_plugin",
        LocalizedText(
            zh: "登录插件，如 AuthLDAP；留空用服务器默认", en: "Plugin to log in with, such as AuthLDAP; the server's own if empty"))
    static let hashKey = Setting<Secret>.secret(
        "hash_key",
        LocalizedText(
            zh: "将答卷和答卷人编号散列的密钥；问卷结束后删除它，就无人能再对上号",
            en:
                "Key that hashes responses and respondents; delete it when the survey is over, and nobody can tell any more"
        ))
    static let surveys = Setting<[String]>.list(
        "surveys", LocalizedText(zh: "要读取的问卷编号", en: "Numbers of the surveys to read"))
    static let optionScores = Setting<[String: String]>.map(
        "option_scores", default: [:],
        LocalizedText(
            zh: "按“问卷.问题代码”给出各答案代码的分数，如 781923.Q1: A1=5 A2=4",
            en: "The scores of a question's answer codes, by survey and question, such as 781923.Q1: A1=5 A2=4"))
    static let choiceScores = Setting<[String: String]>.map(
        "choice_scores", default: [:],
        LocalizedText(
            zh: "选项文字对应的分数，用于 option_scores 未列出的问题；一题有选项列出时其余选项无分数",
            en:
                "The scores of options by their texts, for questions that option_scores does not list; others of the same question then have none"
        ))
    static let codeScores = Setting<[String]>.list(
        "code_scores", default: [],
        LocalizedText(
            zh: "选项按代码末尾的数字计分的题，写作“问卷.问题代码”，如 781923.Q1",
            en: "Questions whose options count by the number that ends their code, such as 781923.Q1"))
    static let placeScores = Setting<[String]>.list(
        "place_scores", default: [],
        LocalizedText(
            zh: "选项按位置计分（从 1 起）的题，写作“问卷.问题代码”；未列出且无分数的题不读取",
            en: "Questions whose options count by their place, from 1; others without scores are not read"))
    static let toldChoices = Setting<[String]>.list(
        "told_choices", default: [],
        LocalizedText(
            zh: "虽无分数仍读取所选文字的题，写作“问卷.问题代码”；如部门等个人情况题不要列出",
            en:
                "Questions whose choices are told without a score; leave out what describes who answers, such as a department"
        ))
    static let scales = Setting<[String: String]>.map(
        "scales", default: [:],
        LocalizedText(
            zh: "按“问卷.问题代码”给出量程，如 781923.Q4: 0-10；数值题只有列出才读取",
            en: "The range of questions, such as 781923.Q4: 0-10; of typed numbers only those listed are read"))
    static let serverOffset = Setting<String?>.text(
        "server_utc_offset",
        LocalizedText(
            zh: "服务器时间与 UTC 的差，如 +00:00；留空表示服务器使用连接的时区（未经证实）",
            en:
                "What the server's times are ahead of UTC, such as +00:00; if empty they are of the connection's zone (not confirmed)"
        ))
    static let undatedMonths = Setting<[String: String]>.map(
        "undated_months", default: [:],
        LocalizedText(
            zh: "不记录时间的问卷所属的月份，如 781923: 2026-07",
            en: "The month of surveys without date stamps, such as 781923: 2026-07"))
    static let lookBack = Setting<Int>.integer(
        "look_back", in: 0...1_000_000, default: 5000, unit: "responses",
        LocalizedText(
            zh: "最新编号之前多少个编号以内的未完成答卷会等待其完成，并重读已修改的答卷",
            en: "How many numbers behind the newest a response is waited for until it is complete, and read again"))
    static let rereadEvery = Setting<Duration>.duration(
        "reread_every", in: .zero ... .seconds(366 * 86_400), default: "1d",
        LocalizedText(
            zh: "多久重读一次 look_back 以内的答卷；修改过的答卷只有重读才能发现",
            en: "How often the responses within look_back are read again: one that was edited is not found otherwise"))
    static let emptyStatuses = Setting<[String]>.list(
        "empty_statuses", default: ["No Data, could not get max id", "No Response"],
        LocalizedText(
            zh: "服务器用来表示没有答卷的状态文字的开头（未经证实）",
            en: "How the statuses begin by which the server says that there are no responses (not confirmed)"))
    static let pageSize = Setting<Int>.integer(
        "page_size", in: 1...2000, default: 200, unit: "responses",
        LocalizedText(zh: "每次导出的编号个数", en: "Numbers of responses in an export"))

    static let all: [SettingField] = [
        baseURL.field, username.field, password.field, plugin.field, hashKey.field, surveys.field, optionScores.field,
        choiceScores.field, codeScores.field, placeScores.field, toldChoices.field, scales.field, serverOffset.field,
        undatedMonths.field, lookBack.field, rereadEvery.field, emptyStatuses.field, pageSize.field,
    ]
}
