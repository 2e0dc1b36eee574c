package import PlumblineKit

/// What every connection to WeCom says.
package enum WeComSettings {
    package static let baseURL = Setting<String>.url(
        "base_url",
        LocalizedText(
            zh: "接口地址，通常为 https://qyapi.weixin.qq.com", en: "Address of the API, as a rule https://qyapi.weixin.qq.com")
    )
    package static let corpID = Setting<String>.text("corp_id", LocalizedText(zh: "企业 ID", en: "The corp id"))
    package static let secret = Setting<Secret>.secret(
        "secret",
        LocalizedText(
            zh: "自建应用的 Secret；应用须在审批、打卡的“可调用接口的应用”名单里",
            en: "Secret of an own app that is on the list of apps which may call approvals and check-ins"))
    package static let contactsSecret = Setting<Secret?>.secret(
        "contacts_secret",
        LocalizedText(
            zh: "读取通讯录所用的 Secret，与上面不同时填写", en: "The secret that contacts are read with, where it is another one"))
    package static let listing = Setting<String>.choice(
        "listing", of: ["list_id", "user_list"], default: "list_id",
        LocalizedText(
            zh: "成员列表的来源：list_id 再逐个读取成员，或 user_list（新应用可能不可用）",
            en: "Where members are listed: list_id, then member by member; or user_list, which new apps may not call"))
    package static let departments = Setting<String>.choice(
        "departments", of: ["list", "simplelist"], default: "list",
        LocalizedText(
            zh: "部门列表的来源：list，或 simplelist（没有名称，部门为空）",
            en: "Where departments are listed: list; or simplelist, which has no names, so that units are null"))
    package static let listSize = Setting<Int>.integer(
        "list_size", in: 1...10_000, default: 1000, unit: "rows",
        LocalizedText(zh: "成员列表每次请求的行数", en: "Rows of the list of members that one request asks for"))
    package static let pageSize = Setting<Int>.integer(
        "page_size", in: 1...100, default: 50, unit: "records",
        LocalizedText(zh: "每页记录数", en: "Records in a page"))

    /// Where WeCom is and who we are there.
    package static let access: [SettingField] = [baseURL.field, corpID.field, secret.field]
    /// How people are read.
    package static let people: [SettingField] = [
        contactsSecret.field, listing.field, departments.field, listSize.field, pageSize.field,
    ]
}
