import PlumblineKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(10)), .sampleCompany)
struct SampleCompanyTests {
    private func company() throws -> SampleCompany { try #require(SampleCompany.current) }

    @Test func `its files have no mistakes and its connections' tests pass`() async throws {
        let program = try company().program
        #expect(try await program.json("lint")["problems"] == [])
        let tests = try await program.json("test")
        #expect(tests["failed"] == 0)
        #expect(tests["passed"]?.int ?? 0 > 30)
    }

    @Test func `a second pull changes nothing`() async throws {
        let program = try company().program
        let before = try await program.values()
        let report = try await program.json("pull")
        #expect(report["values"]?["changed"] == 0)
        for stream in report["streams"]?.array ?? [] {
            for counter in ["inserted", "updated", "deleted", "gone"] {
                #expect(stream[counter] == 0, "\(stream["connection"]?.string ?? "") \(counter)")
            }
        }
        #expect(try await program.values() == before)
    }

    /// Local files are read fast, so that many of the moments fall into computing and publishing.
    @Test func `a pull that is killed at 20 random moments ends like an undisturbed one`() async throws {
        let undisturbed = try await company().program.values()
        var report = KillReport()
        while report.kills < 20 {
            let company = try SampleCompany()
            _ = try await company.program.json("people", "import")
            try await report.killPulls(of: company.program, within: .seconds(2), most: 20)
            _ = try await company.program.json("pull")
            #expect(try await company.program.values() == undisturbed, "\(report)")
            #expect(try await company.program.json("verify")["intact"] == true, "\(report)")
        }
        print(report)
    }

    /// The indicators that the templates of the roles weigh.
    static let templates = [
        "tech_support": [
            "ts_first_reply_time_avg", "ts_resolution_rate", "ts_full_resolution_time_avg", "ts_kb_contribution_count",
            "ts_csat", "ts_service_attitude_rating", "ts_teamwork_rating",
        ],
        "business_development": [
            "bd_qualified_lead_count", "bd_new_partner_count", "bd_mou_conversion_rate", "bd_event_valid_contacts",
            "bd_channel_revenue", "bd_market_report_quality", "bd_negotiation_rating",
        ],
        "administration": [
            "ad_expense_control_rate", "ad_asset_count_accuracy", "ad_event_on_time_rate", "ad_request_response_rate",
            "ad_employee_satisfaction", "ad_initiative_rating", "ad_process_improvement_count",
        ],
        "human_resources": [
            "hr_key_position_fill_rate", "hr_cost_per_hire", "hr_core_turnover_rate", "hr_training_completion_rate",
            "hr_transaction_accuracy", "hr_transaction_timeliness", "hr_internal_customer_satisfaction",
            "hr_policy_expertise_rating",
        ],
        "market_operations": [
            "mo_content_publish_count", "mo_engagement_rate", "mo_campaign_lead_conversion_rate",
            "mo_content_on_schedule_rate",
        ],
        "rd_product": ["rd_okr_score", "rd_milestone_on_time_rate", "x_360_overall"],
        "all": ["x_key_event_points", "x_compliance_veto"],
    ]

    @Test func `every item of every role's template has a value for someone`() async throws {
        let values = try await company().program.values().values
        let scored = Set(
            values.filter { $0.exact != nil && ["complete", "partial"].contains($0.status) }.map(\.key.indicator))
        for (role, items) in Self.templates {
            for item in items { #expect(scored.contains(item), "\(item) of \(role)") }
        }
    }

    // MARK: People and rejects

    @Test func `accounts that nobody is matched to wait for a person, with the number of their records`() async throws {
        let accounts = try await company().program.json("people", "unmatched").array ?? []
        let rows = accounts.map { account in
            let candidates = account["candidates"]?.array?.compactMap(\.string).joined(separator: "+") ?? ""
            let texts = ["connection", "account", "state"].map { account[$0]?.string ?? "" }
            return (texts + [candidates, "\(account["records"]?.int ?? 0)"]).joined(separator: " ")
        }
        #expect(
            rows == [
                "dingtalk-attendance T901 unresolved  4",
                "odoo-purchases xingzheng@plumbline.example ambiguous P009+P010 3",
                "redmine-issues former.dev unresolved  1",
                "zendesk-tickets 901090 unresolved  4",
            ])
    }

    @Test func `records that cannot be used are kept with their reason and place`() async throws {
        let rejects = try await company().program.json("rejects", "list").array ?? []
        let rows = rejects.map { "\($0["connection"]?.string ?? "") \($0["external_id"]?.string ?? "")" }
        #expect(
            rows.sorted() == [
                "dingtalk-attendance P007/26-07-21 星期二", "kingdee-budget-lines 2026/9/CC05/展会费",
                "odoo-leads LD2799", "odoo-purchases PO2615", "wjx-csat 89", "zendesk-tickets 20184",
            ])
        for reject in rejects {
            #expect(reject["reason"]?.string?.isEmpty == false)
            #expect(reject["place"]?.string?.hasPrefix("connectors/") == true)
        }
    }

    @Test func `an unmatched person's records lower the coverage and count for nobody`() async throws {
        let value = try await explain("ts_first_reply_time_avg", "P005", "2026-08")
        #expect(value["value"]?["coverage"]?["unmatched"] == 4)
        let unmatched = excluded(value, because: "unmatched")
        #expect(unmatched == ["20135", "20138", "20140", "20148"])
    }

    // MARK: Time

    /// Ticket, whose value, month, business minutes to the first reply.
    @Test(arguments: [
        ("20146", "P003", "2026-08", "0"),  // asked and answered at night
        ("20189", "P006", "2026-09", "25"),  // on a Sunday that is a make-up working day
        ("20199", "P004", "2026-09", "35"),  // over the Mid-Autumn holiday
        ("20200", "P003", "2026-09", "0"),  // answered within it
    ])
    func `a first reply is measured in business minutes`(
        ticket: String, employee: String, month: String, minutes: String
    ) async throws {
        let explanation = try await explain("ts_first_reply_time_avg", employee, month)
        #expect(record(explanation, ticket)?["value"]?.string == minutes)
    }

    @Test func `an answer before its question is left out of that duration with its reason`() async throws {
        let explanation = try await explain("ts_first_reply_time_avg", "P003", "2026-09")
        #expect(excluded(explanation, because: "missing") == ["20179"])
        #expect(explanation["value"]?["coverage"]?["missing"] == 1)
    }

    // MARK: Owners and transfers

    @Test(arguments: ["20147", "20152"])
    func `a ticket that was handed over counts for who owned it at the moment that counts`(ticket: String) async throws
    {
        #expect(record(try await explain("ts_first_reply_time_avg", "P005", "2026-08"), ticket) != nil)
        #expect(record(try await explain("ts_solved_count", "P006", "2026-08"), ticket) != nil)
        #expect(record(try await explain("ts_solved_count", "P005", "2026-08"), ticket) == nil)
    }

    @Test func `after a transfer in mid-month a person's records count for the new unit`() async throws {
        let unit = "准绳科技/客户服务部"
        let before = records(try await explain("at_absence_rate", unit, "2026-08"))
        let after = records(try await explain("at_absence_rate", "准绳科技/产品研发部", "2026-08"))
        let days = { (all: [String]) in
            all.filter { $0.hasPrefix("P005/") }.compactMap { Int($0.split(separator: " ")[0].suffix(2)) }
        }
        #expect(!days(before).isEmpty && days(before).allSatisfy { $0 <= 16 })
        #expect(!days(after).isEmpty && days(after).allSatisfy { $0 >= 17 })
    }

    // MARK: What counts, and what does not

    @Test func `merged and deleted tickets are left out with the reason`() async throws {
        let july = try await explain("ts_first_reply_sla_rate", "P003", "2026-07")
        #expect(excluded(july, because: "condition").contains("20123"))
        let september = try await explain("ts_first_reply_sla_rate", "P004", "2026-09")
        #expect(excluded(september, because: "condition").contains("20171"))
    }

    @Test func `a ticket that was reopened and not solved again is not solved`() async throws {
        #expect(
            excluded(try await explain("ts_solved_count", "P004", "2026-09"), because: "condition").contains("20177"))
        #expect(record(try await explain("ts_solved_count", "P004", "2026-08"), "20132") != nil)
    }

    @Test func `an unanswered ticket stays in the denominator of its due time`() async throws {
        let explanation = try await explain("ts_first_reply_sla_rate", "P004", "2026-09")
        #expect(record(explanation, "20182", measure: "denominator")?["counted"] == true)
        #expect(record(explanation, "20182", measure: "numerator")?["counted"] == false)
    }

    @Test func `of two answers to one survey the last counts`() async throws {
        let explanation = try await explain("ts_csat", "P005", "2026-07")
        #expect(!excluded(explanation, because: "not_latest").isEmpty)
    }

    @Test func `the same visit twice counts once`() async throws {
        let explanation = try await explain("bd_exec_visit_count", "P008", "2026-07")
        let first = try #require(record(explanation, "WC20260006"))
        let second = try #require(record(explanation, "WC20260007"))
        #expect(first["distinct"] == second["distinct"])
        let visits = Set(
            (explanation["measures"]?.array?.first?["records"]?.array ?? []).compactMap { $0["distinct"]?.string })
        #expect(explanation["value"]?["exact"]?.string == "\(visits.count)")
    }

    // MARK: Statuses

    @Test func `who is wholly on leave is exempt from attendance`() async throws {
        let values = try await company().program.values()
        for indicator in ["at_attendance_rate", "at_punctuality_rate"] {
            let key = PublishedValue.Key(indicator: indicator, kind: "employee", subject: "P019", period: "2026-08")
            #expect(values[key]?.status == "exempt" && values[key]?.exact == nil)
        }
    }

    @Test func `an anonymous value of too few answers is shown to nobody`() async throws {
        let program = try company().program
        let values = try await program.values()
        let culture = values.values.filter {
            $0.key.indicator == "hr_culture_identification" && $0.key.period == "2026-H2"
        }
        let shown = culture.filter { $0.key.kind == "org_unit" && $0.exact != nil }.map(\.key.subject).sorted()
        #expect(shown == ["准绳科技", "准绳科技/产品研发部"])
        #expect(culture.contains { $0.status == "low_sample" && $0.exact == nil && $0.decimal == nil })
        let explanation = try await explain("hr_culture_identification", "准绳科技/客户服务部", "2026-H2")
        #expect(explanation["value"]?["exact"]?.isNull == true)
        #expect(explanation["published"]?["decimal"]?.isNull == true)
        #expect(explanation["measures"]?.array?.contains { $0["records"] != nil } == false)
    }

    @Test func `a wrong certificate lowers the accuracy of the month it was made in`() async throws {
        let values = try await company().program.values()
        let key = PublishedValue.Key(
            indicator: "hr_transaction_accuracy", kind: "employee", subject: "P012", period: "2026-08")
        #expect(values[key]?.exact == "600/7")
    }

    // MARK: Help

    private func explain(_ indicator: String, _ subject: String, _ period: String) async throws -> JSON {
        try await company().program.json("explain", indicator, subject, period)
    }

    private func record(_ explanation: JSON, _ id: String, measure: String? = nil) -> JSON? {
        let measures = (explanation["measures"]?.array ?? []).filter { measure == nil || $0["name"]?.string == measure }
        return measures.flatMap { $0["records"]?.array ?? [] }.first { $0["external_id"]?.string == id }
    }

    private func records(_ explanation: JSON) -> [String] {
        (explanation["measures"]?.array ?? []).flatMap { $0["records"]?.array ?? [] }
            .compactMap { $0["external_id"]?.string }
    }

    private func excluded(_ explanation: JSON, because reason: String) -> [String] {
        (explanation["measures"]?.array ?? []).flatMap { $0["excluded"]?.array ?? [] }
            .filter { $0["reason"]?.string == reason }.compactMap { $0["external_id"]?.string }.sorted()
    }
}
