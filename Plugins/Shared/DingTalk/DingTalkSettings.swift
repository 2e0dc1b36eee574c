package import PlumblineKit

/// What every connection to DingTalk says.
package enum DingTalkSettings {
    package static let baseURL = Setting<String>.url(
        "base_url",
        LocalizedText(
            zh: "旧版接口地址，https://oapi.dingtalk.com", en: "Address of the legacy API, https://oapi.dingtalk.com"))
    package static let apiURL = Setting<String>.text(
        "api_url", default: "https://api.dingtalk.com",
        LocalizedText(
            zh: "新版接口地址；其主机名须写入 allowed_hosts", en: "Address of the new API, whose host belongs into allowed_hosts"))
    package static let appKey = Setting<String>.text(
        "app_key", LocalizedText(zh: "企业内部应用的 AppKey（Client ID）", en: "AppKey (Client ID) of the company's own app"))
    package static let appSecret = Setting<Secret>.secret(
        "app_secret", LocalizedText(zh: "该应用的 AppSecret", en: "That app's AppSecret"))
    package static let root = Setting<Int>.integer(
        "root_department", in: 1...Int.max, default: 1,
        LocalizedText(zh: "从哪个部门开始读取通讯录；1 为整个企业", en: "The department whose people are read; 1 is the whole company"))
    package static let pageSize = Setting<Int>.integer(
        "page_size", in: 1...1000, default: 100, unit: "records", LocalizedText(zh: "每页记录数", en: "Records in a page"))

    package static let listedPeople = Setting<Int>.integer(
        "listed_people", in: 1...1000, default: 100, unit: "people",
        LocalizedText(
            zh: "读取部门成员时每次调用的人数（上限未经确认）",
            en: "People in each answer to a call for a department's (its limit is not confirmed)"))

    /// Where the system is and who we are there.
    package static let access: [SettingField] = [baseURL.field, appKey.field, appSecret.field]
}
