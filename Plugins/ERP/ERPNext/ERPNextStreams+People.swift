import PlumblineKit

/// Employees: who they are, how they come, learn and go.
extension ERPNextStream {
    static let employees = ERPNextStream(
        description: StreamDescription(
            name: "employees",
            help: LocalizedText(
                zh: "员工，用于匹配账号和通讯录；每次全部读取", en: "Employees, for accounts and the directory; all each time"),
            deletions: [.fullList, .neverKnown], isIncremental: false,
            fields: head + [
                text("number", "员工编号", "The employee number"), text("name", "姓名", "Name"),
                text("user", "系统用户，通常为邮箱", "The user, which usually is an e-mail address"),
                text("email", "公司邮箱", "The company's e-mail address"), text("phone", "手机", "Mobile phone"),
                text("company", "公司", "The company"), text("department", "部门", "The department"),
                text("unit", "部门路径", "Path of the department from the top of the tree"),
                text("position", "职位", "The designation"), text("manager", "上级的员工单据名称", "The superior's document"),
                text("status", "状态", "Active, Inactive, Suspended or Left"), date("joined_on", "入职日期", "First day"),
                date("last_day", "离职日期", "Last day of work"), date("left_on", "离职次日", "The day behind it"),
                text("device", "考勤设备编号", "Number on attendance machines"),
            ]),
        forms: [
            ERPNextFormSettings(
                "employee", LocalizedText(zh: "员工", en: "Employees"), doctype: "Employee",
                fields: [
                    "number": "employee_number", "name": "employee_name", "user": "user_id", "email": "company_email",
                    "phone": "cell_number", "company": "company", "department": "department",
                    "position": "designation", "manager": "reports_to", "status": "status",
                    "joined_on": "date_of_joining", "last_day": "relieving_date", "device": "attendance_device_id",
                ])
        ], completion: .units)

    static let requisitions = ERPNextStream(
        description: StreamDescription(
            name: "requisitions",
            help: LocalizedText(zh: "职位空缺及其招聘申请；每次全部读取", en: "Job openings with their requisitions; all each time"),
            recordType: "requisition", deletions: [.fullList, .reported, .neverKnown], isIncremental: false,
            fields: head + [
                owner, created, text("title", "职位名称", "Title of the job"), text("department", "部门", "The department"),
                text("status", "状态", "Open or Closed"), number("openings", "招聘人数", "How many are wanted"),
                number("planned", "计划人数", "How many were planned"), time("posted_at", "发布时间", "When it was posted"),
                date("closes_on", "截止日期", "When it is to be closed"), date("closed_on", "关闭日期", "When it was closed"),
                text("request", "招聘申请的单据名称", "Name of its requisition"),
                field(
                    "requisition", "{id, status, openings, posted_on, wanted_by, completed_on, requester}?", "招聘申请",
                    "Its requisition"),
            ]),
        forms: [
            ERPNextFormSettings(
                "requisition", LocalizedText(zh: "职位空缺", en: "Job openings"), doctype: "Job Opening",
                fields: [
                    "owner": "owner", "created": "creation", "title": "job_title", "department": "department",
                    "status": "status", "openings": "vacancies", "planned": "planned_vacancies",
                    "posted_at": "posted_on", "closes_on": "closes_on", "closed_on": "closed_on",
                    "request": "job_requisition",
                ],
                links: [
                    ERPNextLink(
                        "requisition", "requisition", LocalizedText(zh: "招聘申请", en: "Job requisitions"),
                        doctype: "Job Requisition",
                        fields: [
                            "status": "status", "openings": "no_of_positions", "posted_on": "posting_date",
                            "wanted_by": "expected_by", "completed_on": "completed_on", "requester": "requested_by",
                        ], .named(by: "request"))
                ])
        ])

    private static let joined = LocalizedText(zh: "入职的员工", en: "Employees who came of it")

    static let hires = ERPNextStream(
        description: StreamDescription(
            name: "hires",
            help: LocalizedText(
                zh: "录用通知，含应聘与入职；每次全部读取", en: "Job offers with their applicants, and who joined; all each time"),
            recordType: "hire", deletions: [.fullList, .reported, .neverKnown], isIncremental: false,
            fields: head + [
                owner, created, text("applicant", "应聘的单据名称", "Name of the application"),
                text("status", "状态", "Awaiting Response, Accepted or Rejected"),
                date("offered_on", "录用通知日期", "Day of the offer"),
                field("application", "{id, applied, opening, status}?", "应聘", "The application"),
                field("employees", "list<{id, joined_on, last_day, status}>", "由此入职的员工", "Employees who came of it"),
            ]),
        forms: [
            ERPNextFormSettings(
                "hire", LocalizedText(zh: "录用通知", en: "Job offers"), doctype: "Job Offer",
                fields: [
                    "owner": "owner", "created": "creation", "applicant": "job_applicant", "status": "status",
                    "offered_on": "offer_date",
                ],
                links: [
                    ERPNextLink(
                        "hire", "application", LocalizedText(zh: "应聘", en: "Job applicants"), doctype: "Job Applicant",
                        fields: ["applied": "creation", "opening": "job_title", "status": "status"],
                        .named(by: "applicant")),
                    ERPNextLink(
                        "hire", "employees", joined, doctype: "Employee",
                        fields: ["joined_on": "date_of_joining", "last_day": "relieving_date", "status": "status"],
                        .sharing(
                            "applicant",
                            as: .text(
                                "hire_employees_link", default: "job_applicant",
                                LocalizedText(
                                    zh: "\(joined.zh)：指向应聘的字段",
                                    en: "\(joined.en): their field that names the application")))),
                ],
                states: .submitted)
        ])

    private static let amendments = LocalizedText(
        zh: "由取消的培训修订而成的培训", en: "Trainings that correct a cancelled one")

    static let trainings = ERPNextStream(
        description: StreamDescription(
            name: "trainings",
            help: LocalizedText(
                zh: "培训及其参加人，含已取消的；每次全部读取",
                en: "Trainings with who took part, cancelled ones too; all each time"),
            recordType: "training", deletions: [.fullList, .reported, .neverKnown], isIncremental: false,
            fields: head + [
                owner, text("status", "状态", "Scheduled, Completed or Cancelled"),
                time("starts", "开始时间", "When it begins"),
                time("ends", "结束时间", "When it ends"), text("kind", "类型", "Seminar, Workshop and the like"),
                field("rows", "list<{id, employee, status, attendance}>", "参加人", "Who takes part"),
                field(
                    "amendments", "list<{id, docstatus}>", "取消后修订而成的培训，不含草稿",
                    "Trainings that correct this one, which was cancelled; without drafts"),
            ]),
        forms: [
            ERPNextFormSettings(
                "training", LocalizedText(zh: "培训", en: "Trainings"), doctype: "Training Event",
                fields: [
                    "owner": "owner", "status": "event_status", "starts": "start_time", "ends": "end_time",
                    "kind": "type",
                ],
                rows: ("employees", ["employee": "employee", "status": "status", "attendance": "attendance"]),
                links: [
                    ERPNextLink(
                        "training", "amendments", amendments, doctype: "Training Event",
                        fields: ["docstatus": "docstatus"],
                        ERPNextLink.pointing("training", "amendments", from: "amended_from", amendments),
                        where: [["docstatus", "!=", 0]])
                ],
                states: .submittedAndCancelled)
        ])

    private static let letters = LocalizedText(zh: "离职流程", en: "Separations")

    static let separations = ERPNextStream(
        description: StreamDescription(
            name: "separations",
            help: LocalizedText(
                zh: "有离职日期的员工及其离职流程；每次全部读取", en: "Employees with a last day, and their separations; all each time"),
            recordType: "separation", deletions: [.fullList, .reported, .neverKnown], isIncremental: false,
            fields: head + [
                text("status", "状态", "Active, Inactive, Suspended or Left"), text("department", "部门", "The department"),
                text("unit", "部门路径", "Path of the department"), text("position", "职位", "The designation"),
                date("last_day", "离职日期", "Last day of work"), date("left_on", "离职次日", "The day behind it"),
                date("resigned_on", "辞职信日期", "Day of the letter of resignation"),
                date("contract_end", "合同到期日", "When the contract ends"),
                date("retirement", "退休日期", "Day of retirement"),
                field("separations", "list<{id, status, resigned_on}>", "离职流程", "Separations that are submitted"),
            ]),
        forms: [
            ERPNextFormSettings(
                "separation", LocalizedText(zh: "离职", en: "Who leaves"), doctype: "Employee",
                fields: [
                    "status": "status", "department": "department", "position": "designation",
                    "last_day": "relieving_date", "resigned_on": "resignation_letter_date",
                    "contract_end": "contract_end_date", "retirement": "date_of_retirement",
                ],
                links: [
                    ERPNextLink(
                        "separation", "separations", letters, doctype: "Employee Separation",
                        fields: ["status": "boarding_status", "resigned_on": "resignation_letter_date"],
                        ERPNextLink.pointing("separation", "separations", from: "employee", letters),
                        where: [["docstatus", "=", 1]])
                ], states: .leaving)
        ], completion: .units)
}
