import Expressions
import Foundation
import Indicators
import PlumblineKit
import RecordFiles
import ReviewStore
import Testing

@testable import Gateway

/// Mappings that are kept for the next file with the same columns.
@Suite struct SavedMappingTests {
    private let company: TestWorkspace

    init() throws { company = try TestWorkspace() }

    private func host() async throws -> WorkspaceHost {
        let host = try await company.host()
        _ = try await host.replacePeople(TestWorkspace.people)
        return host
    }

    private func request(_ text: String, name: String = "export.csv") throws -> ImportRequest {
        try company.write(name, text)
        return ImportRequest(path: company.path + "/" + name)
    }

    private static let text = "单号,谁,时间,分数\n1,E01,2026-07-10 9:30,\"1,200.5\"\n2,E02,2026-07-11,3\n"
    private static let told = [
        "id": "单号", "owner_id": "谁", "at": "时间", "points": "分数", "kind": "'good'",
    ]

    /// Proposes what the columns of the file mean and keeps it.
    private func save(as name: String = "deeds", _ request: ImportRequest? = nil) throws -> String {
        var request = try request ?? self.request(Self.text)
        request.record = "deed"
        let workspace = try Workspace.read(company.path, registry: TestWorkspace.registry)
        return try workspace.save(workspace.propose(request, told: Self.told), as: name)
    }

    @Test func `a saved mapping reads the next file with the same columns, whatever their order and case`() async throws
    {
        var first = try request(Self.text)
        first.decimalMark = .point
        #expect(try save(first) == "mappings/deeds.yaml")
        let host = try await host()
        let report = try await host.importFile(try request(Self.text))
        #expect(
            report.new == 2 && report.remarks.map(\.en).contains("mapping mappings/deeds.yaml, saved for these columns")
        )
        #expect(try await host.shown("deed_points", "E01") == "1200.50")
        let second = try await host.importFile(
            try request("分数,单号,谁,时间\n7,3,E01,2026-07-12\n", name: "august.csv"))
        #expect(second.new == 1)
        #expect(try await host.imports().map(\.run.stream) == ["deeds", "deeds"])
        #expect(try await host.imports().map(\.run.connection) == ["by_hand", "by_hand"])
    }

    private func save(_ request: ImportRequest) throws -> String { try save(as: "deeds", request) }

    @Test func `the same file again changes nothing, and a changed mapping maps it anew`() async throws {
        var request = try request(Self.text)
        request.decimalMark = .point
        _ = try save(request)
        let host = try await host()
        _ = try await host.importFile(request)
        let again = try await host.importFile(request)
        #expect(again.unchanged == 2 && again.new == 0 && again.changed == 0)
        let before = host.workspace.mappings[0].stream.version
        try company.edit("mappings/deeds.yaml", "points: source['分数']", "points: decimal(source['分数']) * 2")
        let changed = try await self.host()
        let anew = try await changed.importFile(request)
        #expect(anew.changed == 2 && anew.new == 0)
        #expect(changed.workspace.mappings[0].stream.version != before)
        #expect(try await changed.shown("deed_points", "E01") == "2401.00")
        let version = try #require(
            try await changed.store.evidence(of: "deed", after: nil, limit: 1, states: [.live]).first?.mappingVersion)
        try company.edit("mappings/deeds.yaml", "mapping: deeds", "# a comment\nmapping: deeds")
        #expect(
            try Workspace.read(company.path, registry: TestWorkspace.registry).mappings[0].stream.version == version)
    }

    @Test func `what a person said about dates and numbers is kept`() async throws {
        var request = try request("单号,谁,时间,分数\n1,E01,3/7/2026,\"1,5\"\n2,E02,4/7/2026,\"2,5\"\n")
        request.dateOrder = .dayMonthYear
        request.decimalMark = .comma
        _ = try save(request)
        let text = try String(contentsOfFile: company.path + "/mappings/deeds.yaml", encoding: .utf8)
        #expect(text.contains("date_order: dmy\n") && text.contains("decimal_mark: comma\n"))
        let host = try await host()
        #expect(try await host.importFile(ImportRequest(path: request.path)).new == 2)
        #expect(try await host.shown("deed_points", "E01") == "1.50")
    }

    @Test func `nothing is saved while a question is open, nor what would have mistakes`() throws {
        var request = try request(Self.text)
        request.record = "deed"
        let workspace = try Workspace.read(company.path, registry: TestWorkspace.registry)
        var unclear = try self.request("甲,乙\n1,2\n", name: "unclear.csv")
        unclear.record = "deed"
        let open = #expect(throws: HostError.self) { try workspace.save(workspace.propose(unclear), as: "deeds") }
        #expect(open?.description.contains("what is id (编号 ID, string)? No column looks like it") == true)
        let wrong = #expect(throws: HostError.self) {
            try workspace.save(
                workspace.propose(request, told: Self.told.merging(["kind": "sauce.kind"], uniquingKeysWith: { $1 })),
                as: "deeds")
        }
        #expect(wrong?.description.contains("mappings/deeds.yaml:") == true)
        let name = #expect(throws: HostError.self) {
            try workspace.save(workspace.propose(request, told: Self.told), as: "../deeds")
        }
        #expect(name?.description.contains("is no name for a mapping") == true)
        #expect(!FileManager.default.fileExists(atPath: company.path + "/mappings"))
    }

    @Test func `saving again for the same columns replaces, another name for them is refused`() throws {
        _ = try save()
        #expect(try save() == "mappings/deeds.yaml")
        let taken = #expect(throws: HostError.self) { try save(as: "others") }
        #expect(taken?.description.contains("mappings/deeds.yaml is for the same columns") == true)
        let other = try request("单号,谁,时间,分数,备注\n1,E01,2026-07-10,1,\n", name: "other.csv")
        let name = #expect(throws: HostError.self) { try save(as: "deeds", other) }
        #expect(name?.description.contains("is for other columns") == true)
    }

    @Test func `lint names mistakes in saved mappings with file, line and column`() throws {
        let mapping = """
            mapping: a
            record: deed
            columns: "1"
            id: [x]
            map:
              id: source.x
            """
        try company.write("mappings/a.yaml", mapping)
        #expect(try company.problems() == [])
        try company.write("mappings/b.yaml", mapping.replacing("mapping: a", with: "mapping: b"))
        try company.write("mappings/c.yaml", "mapping: c\nrecord: dead\ncolums: 2\n")
        try company.write(
            "mappings/d.yaml",
            "mapping: d\nconnection: by_hnd\nrecord: deed\ncolumns: 4\nid: x\ndate_order: dym\nmap:\n  id: source.x +\n"
        )
        try company.write("mappings/e.yaml", mapping.replacing("mapping: a", with: "mapping: e\nconnection: diary"))
        let problems = try company.problems()
        #expect(problems.contains { $0.hasPrefix("mappings/e.yaml:2:13: 'diary' is no file connection") })
        #expect(problems.contains { $0.hasPrefix("mappings/b.yaml:1:1: mappings/a.yaml is called 'a' too") })
        #expect(problems.contains { $0.hasPrefix("mappings/c.yaml:3:1: unknown key 'colums', perhaps 'columns'") })
        #expect(
            problems.contains {
                $0.hasPrefix("mappings/d.yaml:2:13: there is no connection 'by_hnd', perhaps 'by_hand'")
            })
        #expect(problems.contains { $0.hasPrefix("mappings/d.yaml:6:13: 'date_order' must be one of ymd, dmy, mdy") })
        #expect(problems.contains { $0.hasPrefix("mappings/d.yaml:8:") })
    }

    @Test func `a connection cannot take the name of what is brought by hand`() throws {
        try company.edit("connectors/diary.yaml", "connection: diary", "connection: by_hand")
        #expect(try company.problems().contains { $0.contains("'by_hand' is the product's own") })
    }

    @Test func `in a workbook the sheet with the saved columns is found`() async throws {
        _ = try save()
        let path = company.path + "/year.xlsx"
        let writer = try WorkbookWriter(path: path)
        try writer.addSheet(named: "总表", columns: ["别的", "列"].map { WorkbookColumn($0) })
        try writer.append([.text("a"), .text("b")])
        try writer.addSheet(named: "七月", columns: ["单号", "谁", "时间", "分数"].map { WorkbookColumn($0) })
        try writer.append([.text("9"), .text("E01"), .date("2026-07-10"), .number("5")])
        try writer.close()
        let host = try await host()
        #expect(try await host.importFile(ImportRequest(path: path)).new == 1)
        #expect(try await host.shown("deed_points", "E01") == "5.00")
    }

    @Test func `a rejected row of a saved mapping is replayed once the mapping is mended`() async throws {
        _ = try save()
        var request = try request("单号,谁,时间,分数\n1,E01,2026-07-10,viel\n2,E01,2026-07-10,2\n")
        request.isPartial = true
        let host = try await host()
        #expect(try await host.importFile(request).new == 1)
        try company.edit("mappings/deeds.yaml", "points: source['分数']", "points: '{\"viel\": \"9\"}[source[\"分数\"]]'")
        let mended = try await self.host()
        #expect(try await mended.replay([]).resolved.count == 1)
        #expect(try await mended.evidenceStates() == ["1 live", "2 live"])
    }
}
