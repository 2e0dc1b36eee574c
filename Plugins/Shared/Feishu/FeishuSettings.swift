package import PlumblineKit

/// What every connection to Feishu or Lark says.
package enum FeishuSettings {
    package static let baseURL = Setting<String>.url(
        "base_url",
        LocalizedText(
            zh: "开放平台地址：飞书为 https://open.feishu.cn，Lark 为 https://open.larksuite.com",
            en: "Address of the open platform: https://open.feishu.cn for Feishu, https://open.larksuite.com for Lark"))
    package static let appID = Setting<String>.text(
        "app_id", LocalizedText(zh: "企业自建应用的 App ID", en: "App ID of the company's own app"))
    package static let appSecret = Setting<Secret>.secret(
        "app_secret", LocalizedText(zh: "该应用的 App Secret", en: "That app's App Secret"))
    package static let rootUnit = Setting<String?>.text(
        "root_unit",
        LocalizedText(
            zh: "公司名称，写在所有部门路径之前；不填则路径从一级部门开始",
            en: "Name of the company, put in front of all paths of units; without it they begin with the first level"))
    package static let mainUnit = Setting<String>.choice(
        "main_unit", of: ["unknown", "first", "marked"], default: "unknown",
        LocalizedText(
            zh: "一人属于多个部门时哪个是主部门：未知、第一个，或 orders 里标有 is_primary_dept 的（未见于文档）",
            en:
                "Which of a person's several units is the main one: unknown, the first, or the one that 'is_primary_dept' in 'orders' marks, which no reference names"
        ))
    package static let listSize = Setting<Int>.integer(
        "list_size", in: 1...100, default: 50, unit: "rows",
        LocalizedText(
            zh: "列出部门、成员、审批时每次请求的行数（部门最多 50，其余上限未见于文档）",
            en:
                "Rows that one request asks for of lists of departments, members and approvals; 50 at most for departments, the others' most is not documented"
        ))
    package static let pageSize = Setting<Int>.integer(
        "page_size", in: 1...1000, default: 200, unit: "records",
        LocalizedText(zh: "每页大约多少条记录", en: "About how many records in a page"))

    /// Where the platform is and who we are there.
    package static let access: [SettingField] = [baseURL.field, appID.field, appSecret.field]
    /// How people are told.
    package static let people: [SettingField] = [rootUnit.field, mainUnit.field, pageSize.field, listSize.field]
}
