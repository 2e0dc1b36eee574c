import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

/// Histories that are lacking: of issues that were imported, and of statuses that are no more.
@Suite struct JiraHistoryTests {
    typealias Scene = JiraScene

    private func page(_ jira: JiraEmulator, _ settings: [String: SettingInput] = [:]) async throws -> Page {
        try await Scene.connector(EmulatedService(jira), settings).page(of: "tickets", after: nil)
    }

    @Test(arguments: [20, nil])
    func `an issue that was imported as solved was so since its resolution, if there is one`(
        resolved: Int?
    ) async throws {
        var jira = Scene.jira()
        jira.create(1, at: Scene.minute(0)) { ($0.status, $0.resolved) = ("5", resolved.map(Scene.minute)) }
        jira.create(2, at: Scene.minute(1)) { ($0.status, $0.resolved) = ("6", resolved.map(Scene.minute)) }
        let page = try await page(jira)
        let moment = JSON.time(resolved.map(Scene.minute))
        for record in page.records.map(\.json) {
            #expect(record["first_solved_at"] == moment && record["solved_at"] == moment)
        }
        #expect(page.records.map { $0.json["closed_at"] } == [.null, moment])
        #expect(page.records.map { $0.json["state"] } == ["solved", "closed"])
        let reason = "it was done when its history began, and nothing tells since when"
        #expect(page.anomalies.map(\.reason) == (resolved == nil ? [reason, reason] : []))
    }

    /// Imported as solved, reopened here, solved here.
    @Test func `what was solved before its history began was not solved when it was created`() async throws {
        var jira = Scene.jira()
        jira.create(1, at: Scene.minute(0)) { $0.status = "5" }
        jira.move(1, to: "3", by: "agent-1", at: Scene.minute(10))
        jira.move(1, to: "5", by: "agent-1", at: Scene.minute(20))
        let page = try await page(jira)
        let record = try #require(page.records.first).json
        #expect(record["first_solved_at"] == .null && record["solved_at"] == "2026-07-01T00:20:00Z")
        #expect(record["reopened_at"] == ["2026-07-01T00:10:00Z"] && page.anomalies.count == 1)
    }

    @Test(arguments: [30, nil])
    func `a history that ends before the solution tells none but by the resolution`(resolved: Int?) async throws {
        var jira = Scene.jira()
        jira.create(1, at: Scene.minute(0))
        jira.move(1, to: "3", by: "agent-1", at: Scene.minute(10))
        jira.write(1, at: Scene.minute(30)) { ($0.status, $0.resolved) = ("5", resolved.map(Scene.minute)) }
        let page = try await page(jira)
        let record = try #require(page.records.first).json
        let moment = JSON.time(resolved.map(Scene.minute))
        #expect(record["solved_at"] == moment && record["first_solved_at"] == moment && record["status"] == "Resolved")
        for unknown in ["reopened_at", "reopen_count", "pause_intervals"] { #expect(record[unknown] == .null) }
        #expect(page.anomalies.map(\.reason) == ["its history ends in 'In Progress', and it is in 'Resolved'"])
    }

    @Test func `a history that ends in a solution does not solve what is open`() async throws {
        var jira = Scene.jira()
        jira.create(1, at: Scene.minute(0))
        jira.move(1, to: "5", by: "agent-1", at: Scene.minute(10))
        jira.move(1, to: "6", by: "agent-1", at: Scene.minute(20))
        jira.write(1, at: Scene.minute(30)) { $0.status = "3" }
        let page = try await page(jira)
        let record = try #require(page.records.first).json
        #expect(record["solved_at"] == .null && record["closed_at"] == .null && record["state"] == "open")
        #expect(record["first_solved_at"] == "2026-07-01T00:10:00Z" && record["reopen_count"] == .null)
        #expect(page.anomalies.map(\.reason) == ["its history ends in 'Closed', and it is in 'In Progress'"])
    }

    @Test func `a history that ends with another owner tells no owners`() async throws {
        var jira = Scene.jira()
        for id in 1...2 { jira.create(id, at: Scene.minute(0)) }
        for id in 1...2 { jira.assign(id, to: "agent-1", by: "agent-1", at: Scene.minute(10)) }
        jira.write(1, at: Scene.minute(20)) { $0.assignee = "agent-2" }
        let page = try await page(jira)
        let first = try #require(page.records.first { $0.id == "1" }).json
        #expect(first["owner"] == "agent-2" && first["owner_intervals"] == .null)
        #expect(page.records.first { $0.id == "2" }?.json["owner_intervals"]?.array?.count == 2)
        #expect(page.anomalies.map(\.reason) == ["its history ends with another owner than it has"])
    }

    // MARK: Statuses that are no more

    /// Open, Done (which went out of use), Open, Resolved.
    private func outlived() -> JiraEmulator {
        var jira = Scene.jira()
        jira.create(1, at: Scene.minute(0))
        for (status, minute) in [("8", 10), ("1", 20), ("5", 30)] {
            jira.move(1, to: status, by: "agent-1", at: Scene.minute(minute))
        }
        jira.unlisted = ["8"]
        return jira
    }

    @Test func `a status that went counts by its name`() async throws {
        let page = try await page(outlived(), ["resolved_statuses": .list(["Done"])])
        let record = try #require(page.records.first).json
        #expect(record["first_solved_at"] == "2026-07-01T00:10:00Z" && record["reopen_count"] == 1)
        #expect(page.anomalies.isEmpty)
    }

    @Test func `a status that went and is not named is told`() async throws {
        let page = try await page(outlived())
        #expect(page.records.first?.json["first_solved_at"] == "2026-07-01T00:30:00Z")
        #expect(
            page.anomalies.map(\.reason) == [
                "status 'Done' is in no workflow any more: name it in resolved_statuses if it meant solved"
            ])
    }

    @Test func `a status that is not listed counts by the category that its issue shows`() async throws {
        var jira = Scene.jira()
        jira.create(1, at: Scene.minute(0))
        jira.move(1, to: "8", by: "agent-1", at: Scene.minute(10))
        jira.unlisted = ["8"]
        let page = try await page(jira)
        #expect(page.records.first?.json["solved_at"] == "2026-07-01T00:10:00Z" && page.anomalies.isEmpty)
    }

    @Test func `what a status means is told as the settings say`() async throws {
        var jira = Scene.jira()
        for (id, status) in [(1, "1"), (2, "3"), (3, "4"), (4, "5"), (5, "6"), (6, "7")] {
            jira.create(id, at: Scene.minute(0))
            if status != "1" { jira.move(id, to: status, by: "agent-1", at: Scene.minute(id)) }
        }
        let wide = ["page_size": SettingInput.text("10")]
        #expect(
            try await page(jira, wide).records.map { $0.json["state"] } == [
                "new", "open", "pending", "solved", "closed", "closed",
            ])
        let settings = wide.merging(["inactive_statuses": .list(["Resolved"]), "closed_statuses": .list([])]) { $1 }
        #expect(
            try await page(jira, settings).records.map { $0.json["state"] } == [
                "new", "open", "pending", "closed", "solved", "solved",
            ])
    }
}
