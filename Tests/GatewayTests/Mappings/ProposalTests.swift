import Foundation
import Indicators
import RecordFiles
import Testing

@testable import Gateway

/// What is proposed for columns that nobody has explained yet.
@Suite struct ProposalTests {
    private let company: TestWorkspace
    private let workspace: Workspace

    init() throws {
        company = try TestWorkspace()
        try company.speakEnglish()
        workspace = try Workspace.read(company.path, registry: TestWorkspace.registry)
    }

    private func propose(
        _ text: String, as type: String?, told: [String: String] = [:], name: String = "export.csv"
    ) throws -> MappingProposal {
        try company.write(name, text)
        var request = ImportRequest(path: company.path + "/" + name)
        request.record = type
        return try workspace.propose(request, told: told)
    }

    /// The proposed columns: `field = column (reason)`.
    private func columns(_ proposal: MappingProposal) -> [String] {
        proposal.fields.compactMap { field in
            field.column.map { "\(field.field.name) = \($0) (\(field.reason ?? ""))" }
        }
    }

    private func asked(_ proposal: MappingProposal) -> [String] {
        proposal.fields.filter { !$0.candidates.isEmpty }.map { field in
            "\(field.field.name): \(field.candidates.map { "\($0.column) (\($0.reason))" }.joined(separator: ", "))"
        }
    }

    private static let helpdesk = """
        工单编号,标题,提单时间,处理人,客户,当前状态,紧急程度,首次回复时间,完成时间,重新打开次数
        T1,不能登录,2026-07-01 09:00,zhang@example.com,甲公司,已解决,特急,2026-07-01 09:20,2026-07-01 11:00,0
        T2,报表错误,2026-07-02 10:00,zhang@example.com,乙公司,处理中,普通,2026-07-02 10:30,,1

        """

    @Test func `a helpdesk's Chinese export is understood by labels and synonyms`() throws {
        let proposal = try propose(Self.helpdesk, as: "ticket")
        #expect(
            columns(proposal) == [
                "id = 工单编号 (synonym 工单编号 of 工单号)", "assignee_id = 处理人 (label 处理人)",
                "requester_id = 客户 (label 客户)", "created_at = 提单时间 (synonym 提单时间 of 创建时间)",
                "first_public_reply_at = 首次回复时间 (synonym 首次回复时间 of 首次响应时间)",
                "solved_at = 完成时间 (synonym 完成时间 of 解决时间)", "status = 当前状态 (synonym 当前状态 of 状态)",
                "priority = 紧急程度 (synonym 紧急程度 of 优先级)", "reopen_count = 重新打开次数 (synonym 重新打开次数 of 重开次数)",
            ])
        #expect(proposal.unread == ["标题"])
        #expect(proposal.idColumns == ["工单编号"])
        let status = try #require(proposal.fields.first { $0.field.name == "status" })
        #expect(status.expression == "{'已解决': 'solved', '处理中': 'open'}[source['当前状态']]")
        #expect(
            proposal.fields.filter { $0.certainty == .notFound && $0.isRequired }.map(\.field.name) == [
                "is_deleted", "is_spam",
            ])
        #expect(!proposal.isComplete)
    }

    @Test func `an English export is understood whatever the case and the spaces of its columns`() throws {
        let proposal = try propose(
            """
            Ticket Number,Created,Assigned To,Reporter,STATUS,Priority,resolved_at,Reopens
            7,2026-07-01T09:00:00Z,a,b,in progress,P1,,0

            """, as: "ticket")
        #expect(
            columns(proposal) == [
                "id = Ticket Number (synonym ticket number of 工单号)",
                "assignee_id = Assigned To (synonym assigned to of 处理人)",
                "requester_id = Reporter (synonym reporter of 客户)", "created_at = Created (synonym created of 创建时间)",
                "solved_at = resolved_at (synonym resolved at of 解决时间)", "status = STATUS (the same name)",
                "priority = Priority (the same name)", "reopen_count = Reopens (synonym reopens of 重开次数)",
            ])
        #expect(
            proposal.fields.first { $0.field.name == "priority" }?.expression == "{'P1': 'urgent'}[source['Priority']]")
    }

    @Test func `an attendance sheet is understood, and what is only alike is asked`() throws {
        let proposal = try propose(
            """
            工号,考勤日期,上班打卡时间,下班打卡时间,班次名称,是否工作日,迟到时长,应出勤分钟数
            E01,2026-07-01,2026-07-01 08:58,2026-07-01 18:02,白班,是,0,480

            """, as: "attendance_day")
        #expect(
            columns(proposal) == [
                "employee_id = 工号 (synonym 工号 of 员工)", "date = 考勤日期 (synonym 考勤日期 of 日期)",
                "is_workday = 是否工作日 (synonym 是否工作日 of 工作日)", "shift_id = 班次名称 (synonym 班次名称 of 班次)",
                "planned_minutes = 应出勤分钟数 (label 应出勤分钟数)", "first_in_at = 上班打卡时间 (synonym 上班打卡时间 of 上班打卡)",
                "last_out_at = 下班打卡时间 (synonym 下班打卡时间 of 下班打卡)",
            ])
        #expect(asked(proposal) == ["late_seconds: 迟到时长 (similar name to 迟到时长（秒）)"])
        #expect(proposal.fields.first { $0.field.name == "is_workday" }?.expression == "{'是': true}[source['是否工作日']]")
        #expect(proposal.idColumns == ["工号", "考勤日期"])
    }

    @Test func `where two columns fit as well, none is guessed`() throws {
        let proposal = try propose("编号,负责人,责任人,标题\n1,E01,E02,a\n", as: "improvement")
        #expect(columns(proposal).contains("owner_id = 负责人 (label 负责人)"), "a label goes before a synonym")
        let other = try propose("编号,责任人,跟进人,标题\n1,E01,E02,a\n", as: "improvement")
        #expect(
            asked(other) == ["owner_id: 责任人 (synonym 责任人 of 负责人), 跟进人 (synonym 跟进人 of 负责人)"])
        #expect(other.questions.contains { $0.contains("is owner_id") && $0.contains("--map owner_id=COLUMN") })
        #expect(other.fields.first { $0.field.name == "owner_id" }?.expression == nil)
        let answered = try propose(
            "编号,责任人,跟进人,标题\n1,E01,E02,a\n", as: "improvement", told: ["owner_id": "跟进人", "effective": "true"])
        #expect(answered.isComplete)
        #expect(answered.fields.first { $0.field.name == "owner_id" }?.expression == "account(source['跟进人'])")
        #expect(answered.fields.first { $0.field.name == "effective" }?.expression == "true")
    }

    @Test func `the only column of dates is asked about for the only time that is needed`() throws {
        let proposal = try propose("编号,负责人,啥时候,环境,引发故障\nD1,E01,2026-07-02,x,否\n", as: "deployment")
        #expect(asked(proposal) == ["deployed_at: 啥时候 (looks like dates and is the only one)"])
    }

    @Test func `a value that nobody knows is asked, and a person's answer goes into the map`() throws {
        let text = "编号,作者,状态,关联工单数,有用票数,无用票数\n1,E01,草稿,0,0,0\n2,E01,编辑中,0,0,0\n"
        let proposal = try propose(text, as: "kb_article")
        let status = try #require(proposal.fields.first { $0.field.name == "status" })
        #expect(status.certainty == .asked)
        #expect(status.values == [.init(text: "草稿", code: "draft"), .init(text: "编辑中", code: nil)])
        #expect(
            proposal.questions.contains { $0.contains("'编辑中'") && $0.contains("one of draft, published, archived") })
        let answered = try propose(text, as: "kb_article", told: ["status.编辑中": "draft"])
        #expect(
            answered.fields.first { $0.field.name == "status" }?.expression
                == "{'草稿': 'draft', '编辑中': 'draft'}[source['状态']]")
    }

    @Test func `an enumeration that may be empty stays empty`() throws {
        let proposal = try propose(
            "编号,负责人,类型,发生时间,对方级别,已核实\n1,E01,会议,2026-07-01,高管,是\n2,E01,电话,2026-07-01,,否\n", as: "activity")
        #expect(
            proposal.fields.first { $0.field.name == "counterparty_level" }?.expression
                == "source['对方级别'] == null ? null : dyn({'高管': 'executive'}[source['对方级别']])")
    }

    @Test func `without a type the likely ones are named, and an unknown field is refused`() throws {
        let error = #expect(throws: HostError.self) { try propose(Self.helpdesk, as: nil) }
        #expect(error?.description.contains("say with --record what a row is; most columns fit ticket (9)") == true)
        let other = #expect(throws: HostError.self) { try propose(Self.helpdesk, as: "ticket", told: ["assigne": "x"]) }
        #expect(other?.description.contains("ticket has no field 'assigne'") == true)
    }
}
