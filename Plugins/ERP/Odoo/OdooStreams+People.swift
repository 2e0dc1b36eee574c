import PlumblineKit

/// The streams of human resources.
extension OdooStream {
    /// Numbers of identity cards, private addresses and birthdays are not asked for.
    static let employees = OdooStream(
        "employees", "employee", LocalizedText(zh: "员工；每次全部读取", en: "Employees, all of them each time"), nil,
        models: ["hr.employee"], isIncremental: false, derived: [.leads, .leaving],
        common + [
            OdooMember("code", ["barcode"], zh: "工号；默认取胸卡号", en: "Staff number; the badge's unless said otherwise"),
            OdooMember("name", ["name"], isRequired: true, zh: "姓名", en: "Name"),
            OdooMember("email", ["work_email"], zh: "工作邮箱", en: "Address at work"),
            OdooMember("phone", ["mobile_phone"], zh: "工作手机", en: "Mobile phone of work"),
            OdooMember("department", ["department_id"], .link, zh: "部门，名称为路径", en: "Department, whose name is a path"),
            OdooMember("title", ["job_title"], zh: "职务", en: "Title"),
            OdooMember("job", ["job_id"], .link, zh: "岗位", en: "Job"),
            OdooMember("manager", ["parent_id"], .person, zh: "上级的员工编号", en: "Number of the manager"),
            OdooMember("categories", ["category_ids"], .plain("list<string>"), zh: "员工标签", en: "Tags"),
            OdooMember(
                "joined_on", ["first_contract_date", "contract_date_start"], .plain("date?"), zh: "入职日期",
                en: "First day of employment"),
            OdooMember(
                "last_day", ["departure_date"], .plain("date?"), zh: "最后工作日", en: "Last day of employment"),
        ])

    static let separations = OdooStream(
        "separations", "separation", LocalizedText(zh: "离职（已归档的员工）", en: "Departures: employees who were archived"),
        "separation", models: ["hr.employee"], derived: [.leaving], domain: [["active", "=", false]],
        common + [
            OdooMember("department", ["department_id"], .link, zh: "部门，名称为路径", en: "Department, whose name is a path"),
            OdooMember(
                "last_day", ["departure_date"], .plain("date?"), isRequired: true, zh: "最后工作日",
                en: "Last day of employment"),
            OdooMember("reason", ["departure_reason_id"], .link, zh: "离职原因", en: "Why the person left"),
            OdooMember("categories", ["category_ids"], .plain("list<string>"), zh: "员工标签", en: "Tags"),
        ])

    static let requisitions = OdooStream(
        "requisitions", "requisition", LocalizedText(zh: "招聘需求（岗位）", en: "Requisitions, which are jobs in Odoo"),
        "requisition", models: ["hr.job"],
        common + [
            OdooMember("name", ["name"], zh: "岗位名称", en: "Name of the job"),
            OdooMember("recruiter", ["user_id"], .person, zh: "招聘负责人", en: "Recruiter"),
            OdooMember(
                "openings", [], .plain("number?"), zh: "批准的需求人数；由企业字段提供",
                en: "How many were approved, by a field of the company's own"),
            OdooMember(
                "still_sought", ["no_of_recruitment"], .plain("number?"), zh: "尚需招聘人数；每录用一人减一",
                en: "How many are still sought: one fewer with each who is hired"),
            OdooMember("department", ["department_id"], .link, zh: "部门，名称为路径", en: "Department, whose name is a path"),
            OdooMember(
                "is_key", [], .plain("bool?"), zh: "是否关键岗位；由企业字段提供",
                en: "Whether it is a key position, by a field of the company's own"),
            OdooMember(
                "approved_at", [], .plain("time? or date?"), zh: "批准时间；由企业字段提供",
                en: "Approval, by a field of the company's own"),
            OdooMember(
                "target_on", [], .plain("date?"), zh: "目标到岗日；由企业字段提供", en: "Target day, by a field of the company's own"
            ),
            OdooMember(
                "cancelled_at", [], .plain("time? or date?"), zh: "取消时间；由企业字段提供",
                en: "Cancellation, by a field of the company's own"),
        ])

    static let hires = OdooStream(
        "hires", "hire", LocalizedText(zh: "应聘与录用", en: "Applications, offers and hires"), "hire",
        models: ["hr.applicant"],
        common + [
            OdooMember("job", ["job_id"], .link, isRequired: true, zh: "岗位", en: "Job"),
            OdooMember("recruiter", ["user_id"], .person, zh: "招聘负责人", en: "Recruiter"),
            OdooMember("stage", ["stage_id"], .link, zh: "阶段", en: "Stage"),
            OdooMember(
                "is_hired", ["stage_id.hired_stage"], .plain("bool?"), zh: "所在阶段是否为录用",
                en: "Whether its stage means hired"),
            OdooMember(
                "status", ["application_status"], zh: "ongoing、hired、refused 或 archived",
                en: "ongoing, hired, refused or archived"),
            OdooMember(
                "hired_at", ["date_closed"], .plain("time?"), zh: "进入录用阶段的时间",
                en: "When it reached a stage that means hired"),
            OdooMember("refused_at", ["refuse_date"], .plain("time?"), zh: "拒绝时间", en: "When it was refused"),
            OdooMember(
                "employee", ["employee_id", "emp_id"], .person, zh: "录用后的员工编号", en: "Number of the employee it became"),
            OdooMember(
                "joined_on",
                [
                    "employee_id.first_contract_date", "emp_id.first_contract_date",
                    "employee_id.contract_date_start", "emp_id.contract_date_start",
                ], .plain("date?"), zh: "入职日期", en: "First day of employment"),
            OdooMember(
                "last_day", ["employee_id.departure_date", "emp_id.departure_date"], .plain("date?"), zh: "最后工作日",
                en: "Last day of employment"),
            OdooMember(
                "offered_at", [], .plain("time? or date?"), zh: "发出录用通知；由企业字段提供",
                en: "When it was offered, by a field of the company's own"),
            OdooMember(
                "accepted_at", [], .plain("time? or date?"), zh: "接受；由企业字段提供",
                en: "When it was accepted, by a field of the company's own"),
            OdooMember(
                "declined_at", [], .plain("time? or date?"), zh: "谢绝；由企业字段提供",
                en: "When it was declined, by a field of the company's own"),
            OdooMember(
                "agreed_on", [], .plain("date?"), zh: "约定到岗日；由企业字段提供",
                en: "Agreed first day, by a field of the company's own"),
        ])

    static let trainings = OdooStream(
        "trainings", "training", LocalizedText(zh: "培训", en: "Trainings"), "training", models: [],
        common + [
            OdooMember("owner", ["user_id"], .person, zh: "负责人", en: "Who answers for it"),
            OdooMember("stage", ["stage_id"], .link, zh: "阶段", en: "Stage"),
            OdooMember("tags", ["tag_ids"], .plain("list<string>"), zh: "标签", en: "Tags"),
            OdooMember("kind", ["event_type_id"], .link, zh: "模板", en: "Its template"),
            OdooMember(
                "starts_at", ["date_begin"], .plain("time? or date?"), zh: "开始时间；改期后为新时间",
                en: "When it begins; the new time where it was moved"),
            OdooMember(
                "planned_on", [], .plain("date?"), zh: "原计划日期；由企业字段提供",
                en: "For when it was planned first, by a field of the company's own"),
            OdooMember(
                "cancel_reason", [], zh: "取消原因；由企业字段提供", en: "Why it was cancelled, by a field of the company's own"),
            OdooMember(
                "planned_attendees", [], .plain("number?"), zh: "计划人数；由企业字段提供",
                en: "How many were to come, by a field of the company's own"),
            OdooMember(
                "registrations", ["registration_ids"], .parts(setting: registrationFields, registrationMembers),
                zh: "报名，不含姓名", en: "Registrations, without names"),
        ])

    private static let registrationFields = Setting<[String: String]>.map(
        "registration_fields", default: [:], LocalizedText(zh: "报名成员对应的字段", en: "Fields of registrations, by members"))

    private static let registrationMembers = [
        OdooMember("state", ["state"], isRequired: true, zh: "状态", en: "draft, open, done or cancel")
    ]
}
