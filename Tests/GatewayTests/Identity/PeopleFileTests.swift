import Indicators
import ReviewStore
import Testing

@testable import Gateway

/// The people file: what it says, and what is wrong with it, by line.
@Suite struct PeopleFileTests {
    private static let header = PeopleFile.columns.joined(separator: ",") + "\n"

    private func entries(_ text: String) async throws -> [DirectoryEntry] {
        let workspace = try TestWorkspace(["people.csv": text])
        let path = workspace.path + "/people.csv"
        do {
            return try PeopleFile.entries(at: path)
        } catch {
            throw Told(text: error.description.replacing(path + ": ", with: ""))
        }
    }

    private struct Told: Error { let text: String }

    private func problem(_ text: String) async throws -> String? {
        await #expect(throws: Told.self) { try await entries(text) }?.text
    }

    @Test func `a row has names, addresses, unit, manager and days`() async throws {
        let rows = try await entries(
            Self.header
                + "E01,张伟,Zhang Wei,a@example.com; b@example.com,13800000001,Plumb/Support,engineer,E09,Plumb/A;Plumb/B,"
                + "辞职,2026-01-01,2026-07-01\n")
        #expect(
            rows == [
                DirectoryEntry(
                    employee: "E01", nameZh: "张伟", nameEn: "Zhang Wei", emails: ["a@example.com", "b@example.com"],
                    phones: ["13800000001"], unit: "Plumb/Support", position: "engineer", manager: "E09",
                    responsibleFor: ["Plumb/A", "Plumb/B"], leftAs: "辞职", validFrom: Day(text: "2026-01-01"),
                    validTo: Day(text: "2026-07-01"))
            ])
    }

    @Test func `a staff number keeps its zeros`() async throws {
        #expect(try await entries("staff_number,unit\n007,Plumb\n").map(\.employee) == ["007"])
    }

    @Test func `an employee may have a row for each span`() async throws {
        let rows = try await entries(
            "staff_number,unit,valid_from,valid_to\nE01,A,,2026-07-16\nE01,B,2026-07-16,\nE02,A,,\n")
        #expect(rows.map(\.unit) == ["A", "B", "A"])
    }

    @Test(arguments: [
        (
            "staff_number,emial\nE01,a@example.com\n",
            "line 1: unknown column 'emial'; known: staff_number, name_zh, "
                + "name_en, emails, phones, unit, position, manager, responsible_for, left_as, valid_from, valid_to"
        ),
        (
            "staff_number,valid_from\nE01,1.7.2026\n",
            "line 2: valid_from must be a day such as 2026-07-01, not '1.7.2026'"
        ),
        (
            "staff_number,valid_from\nE01,\nE02,2026-02-30\n",
            "line 3: valid_from must be a day such as 2026-07-01, not '2026-02-30'"
        ),
        (
            "staff_number,unit,valid_from,valid_to\nE01,A,,2026-07-17\nE01,B,2026-07-16,\n",
            "line 3: E01 has a row that is valid at the same time in line 2"
        ),
        (
            "staff_number,unit,valid_from,valid_to\nE01,A,2026-07-16,2026-07-01\n",
            "line 2: valid_to must be later than valid_from"
        ),
    ])
    func `a mistake is told with its line`(text: String, problem: String) async throws {
        #expect(try await self.problem(text) == problem)
    }

    @Test func `all mistakes are told at once, and the lines are those of the file`() async throws {
        let told = try await problem("staff_number,valid_from\nE01,x\nE02,\nE03,y\n")
        #expect(
            told == "line 2: valid_from must be a day such as 2026-07-01, not 'x'\n"
                + "line 4: valid_from must be a day such as 2026-07-01, not 'y'")
    }

    @Test func `a row without a staff number, or without all its cells, is told`() async throws {
        let told = try await problem("staff_number,unit\nE01,A\n,B\nE03\n")
        #expect(
            told == "line 3: the staff number is empty\n"
                + "line 4: expected 2 cells as in the header, got 1")
    }

    @Test func `lines are those that an editor shows, behind blank ones and cells of several lines`() async throws {
        let told = try await problem("staff_number,unit,valid_from\n\nE01,\"A\nB\",\n\n\nE02,A,x\nE03,A\n")
        #expect(
            told == "line 7: valid_from must be a day such as 2026-07-01, not 'x'\n"
                + "line 8: expected 3 cells as in the header, got 2")
    }

    @Test func `a file with a mistake replaces nobody`() async throws {
        let workspace = try TestWorkspace()
        let host = try await workspace.host()
        _ = try await host.replacePeople(TestWorkspace.people)
        _ = try await problem("staff_number,valid_from\nE01,x\n")
        #expect(try await host.store.people() == TestWorkspace.people)
    }
}
