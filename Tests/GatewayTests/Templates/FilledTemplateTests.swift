import Expressions
import Foundation
import Indicators
import PlumblineKit
import RecordFiles
import ReviewStore
import Testing

@testable import Gateway

/// What `template` writes, `import` reads without a mapping.
@Suite struct FilledTemplateTests {
    private let workspace: TestWorkspace

    init() throws {
        workspace = try TestWorkspace(["indicators/hand.yaml": ReportedValueTests.indicators])
        try workspace.speakEnglish()
    }

    private func host(_ files: [String: String] = [:]) async throws -> WorkspaceHost {
        for (name, text) in files { try workspace.write(name, text) }
        let host = try await workspace.host()
        _ = try await host.replacePeople(TestWorkspace.people)
        return host
    }

    private func table(_ rows: [[String]]) -> String {
        rows.map { row in
            row.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ",") + "\r\n"
        }.joined()
    }

    /// The template with rows below what stands in it.
    private func fill(
        _ template: TemplateFile, _ fields: [RecordField], _ rows: [[String: GeneratedRows.Cell]], at path: String,
        as format: TemplateFile.Format
    ) throws {
        switch format {
        case .csv:
            let text = template.csv + table(rows.map { row in fields.map { row[$0.name]?.text ?? "" } })
            try Data(text.utf8).write(to: URL(filePath: path))
        case .xlsx:
            let writer = try WorkbookWriter(path: path)
            try writer.addSheet(named: "七月", columns: template.headings.map { WorkbookColumn($0) })
            for row in rows { try writer.append(fields.map { row[$0.name]?.typed ?? .blank }) }
            try writer.addNotes(named: "Notes", ["what people wrote beside it", "more"])
            try writer.close()
        }
    }

    @Test(arguments: TemplateFile.Format.allCases)
    func `the filled template of every record type becomes exactly those records`(_ format: TemplateFile.Format)
        async throws
    {
        let host = try await host()
        let types = host.workspace.recordTypes.values.sorted { $0.name < $1.name }
        #expect(types.count == 41, "the product's 40 and the company's deed")
        for (number, type) in types.enumerated() {
            let language = LabelLanguage.allCases[number % 3]
            let template = try TemplateFile(type.name, of: host.workspace, language: language)
            let generated = GeneratedRows(
                type: type, labels: host.workspace.labels, zone: host.workspace.calendar.zone)
            let rows = (0..<generated.count).map(generated.row)
            let path = workspace.path + "/\(type.name).\(format.rawValue)"
            try fill(template, type.templateFields, rows, at: path, as: format)
            let report = try await host.importFile(ImportRequest(path: path))
            #expect(report.rejected == [], "\(type.name)")
            #expect(report.new == rows.count, "\(type.name)")
            let stored = try await host.store.evidence(of: type.name, after: nil, limit: 100, states: [.live])
            for row in rows {
                let wanted = type.fields.map { row[$0.name]?.value ?? .null }
                let found = stored.contains { $0.record.values == wanted }
                #expect(found, "\(type.name): \(wanted) among \(stored.map(\.record.values))")
            }
            #expect(stored.allSatisfy { $0.key.connection == "by_hand" && $0.key.stream == type.name })
        }
    }

    @Test(arguments: TemplateFile.Format.allCases)
    func `an untouched template of any type imports nothing, and says why`(_ format: TemplateFile.Format) async throws {
        let host = try await host()
        for type in host.workspace.recordTypes.keys.sorted() {
            let path = workspace.path + "/\(type).\(format.rawValue)"
            try TemplateFile(type, of: host.workspace).write(to: path, as: format)
            let report = try await host.importFile(ImportRequest(path: path))
            #expect(report.new == 0 && report.rejected == [] && report.leftOut == 1, "\(type)")
            #expect(report.remarks.map(\.en).contains("rows that are marked as examples were left out: 1"), "\(type)")
            #expect(try await host.evidenceStates(type).isEmpty)
        }
    }

    @Test func `columns may stand in any order, be named by fields, and optional ones may be missing`() async throws {
        let host = try await host()
        try workspace.write(
            "deploys.csv", "Caused a failure,owner_id,部署时间,编号 ID,ENVIRONMENT\nyes,E01,2026-07-02 10:00,D1,production\n")
        let report = try await host.importFile(ImportRequest(path: workspace.path + "/deploys.csv"))
        #expect(report.new == 1)
        try workspace.write(
            "knowledge.csv", "ID,Author,Status,Linked tickets,Helpful votes,Unhelpful votes\nK1,E01,草稿,0,1,2\n")
        #expect(try await host.importFile(ImportRequest(path: workspace.path + "/knowledge.csv")).new == 1)
        #expect(try await host.evidenceStates("kb_article") == ["K1 live"])
    }

    @Test func `the same rows in the other language are the same records`() async throws {
        let host = try await host()
        let row = ",E01,2026-07-02 10:00,"
        try workspace.write("zh.csv", "编号,负责人,部署时间,环境,引发故障\nD1\(row)production,是\n")
        try workspace.write("en.csv", "ID,Owner,Deployed at,Environment,Caused a failure\nD1\(row)production,yes\n")
        #expect(try await host.importFile(ImportRequest(path: workspace.path + "/zh.csv")).new == 1)
        let again = try await host.importFile(ImportRequest(path: workspace.path + "/en.csv"))
        #expect(again.new == 0 && again.changed == 0 && again.unchanged == 1)
    }

    @Test func `what cannot be read is told with its line, in full`() async throws {
        let host = try await host()
        try workspace.write(
            "d.csv",
            "编号,负责人,部署时间,环境,引发故障\nD1,E01,2026-07-02,production,maybe\nD2,E01,soon,production,是\nD3,E01,,production,是\n")
        let report = try await host.importFile(ImportRequest(path: workspace.path + "/d.csv"))
        #expect(report.rejected.map(\.line) == [2, 3, 4])
        #expect(report.rejected[0].reason == "'caused_failure' wants bool, not 'maybe'")
        #expect(report.rejected[1].reason.hasPrefix("'deployed_at' wants a time such as"))
        #expect(report.rejected[2].reason == "'deployed_at' is empty, but the record type wants datetime")
    }

    @Test func `bad rows come back as a file that is a template again`() async throws {
        let host = try await host()
        let path = workspace.path + "/d.csv"
        try workspace.write("d.csv", "编号,负责人,部署时间,环境,引发故障\nD1,E01,2026-07-02,production,maybe\n")
        let report = try await host.importFile(ImportRequest(path: path))
        let rejected = RejectedRowsFile(report, of: path, language: "zh")
        try rejected.write()
        let text = try String(contentsOfFile: rejected.target, encoding: .utf8)
        try Data(text.replacing("maybe", with: "否").utf8).write(to: URL(filePath: rejected.target))
        #expect(try await host.importFile(ImportRequest(path: rejected.target)).new == 1)
    }

    @Test func `columns that nobody knows end with the way to find out`() async throws {
        let host = try await host()
        try workspace.write("x.csv", "编号,负责人,部署日\nD1,E01,3/7/2026\n")
        let error = await #expect(throws: HostError.self) {
            try await host.importFile(ImportRequest(path: workspace.path + "/x.csv"))
        }
        #expect(error?.description.contains("nobody has said what its columns mean: 编号, 负责人, 部署日") == true)
        #expect(error?.description.contains("--propose") == true && error?.description.contains("template") == true)
    }

    @Test func `a template goes into a file connection, as a stream of its own and in its zone`() async throws {
        let host = try await host([
            "connectors/imported.yaml": """
            connection: imported
            connector: file.import
            settings: {id_field: 号}
            zone: America/New_York
            streams:
              deeds: {from: records, record: deed, map: {id: "source['号']"}}
            """
        ])
        try workspace.write("d.csv", "编号,负责人,部署时间,环境,引发故障\nD1,E01,2026-07-02 10:00,production,是\n")
        var request = ImportRequest(path: workspace.path + "/d.csv", connection: "imported")
        #expect(try await host.importFile(request).new == 1)
        let stored = try #require(
            try await host.store.evidence(of: "deployment", after: nil, limit: 2, states: [.live]).first)
        #expect(stored.key.connection == "imported" && stored.key.stream == "template-deployment")
        #expect(stored.record["deployed_at"] == .timestamp(try #require(Timestamp(rfc3339: "2026-07-02T14:00:00Z"))))
        try workspace.write("own.csv", "号\n7\n")
        request.path = workspace.path + "/own.csv"
        #expect(try await host.importFile(request).new == 1, "its own columns are its own mapping's")
    }

    @Test func `columns that fit several types are asked about`() async throws {
        let host = try await host([
            "indicators/twins.yaml": """
            record_types:
              left: {fields: {id: string, courage: int}}
              right: {fields: {id: string, courage: int}}
            """
        ])
        try workspace.write("t.csv", "id,courage\n1,2\n")
        var request = ImportRequest(path: workspace.path + "/t.csv")
        let error = await #expect(throws: HostError.self) { try await host.importFile(request) }
        #expect(error?.description.contains("say which with --record: left, right") == true)
        request.record = "right"
        #expect(try await host.importFile(request).new == 1)
        #expect(try await host.evidenceStates("right") == ["1 live"])
    }

    @Test func `an import by hand is listed, undone and explained though no file tells of the connection`() async throws
    {
        let host = try await host()
        try workspace.write("deeds.csv", "id,owner_id,at,begun,points,kind\n1,E01,2026-07-10,,4,\n")
        let report = try await host.importFile(ImportRequest(path: workspace.path + "/deeds.csv"))
        #expect(try await host.shown("deed_points", "E01") == "4.00")
        #expect(try await host.imports().map(\.run.connection) == ["by_hand"])
        let explained = try await host.explain(
            "deed_points", subject: Subject(kind: .employee, id: "E01"), period: .july)
        #expect(explained.agrees == true)
        #expect(explained.streams.map(\.deletions) == ["never_known"])
        #expect(explained.mappingVersions.count == 1)
        _ = try await host.rebuild()
        #expect(try await host.shown("deed_points", "E01") == "4.00")
        _ = try await host.undoImport(try #require(report.id))
        #expect(try await host.shown("deed_points", "E01") == "no_data")
        #expect(try await host.store.verifyAudit().isIntact)
    }

    @Test func `accounts of templates wait for a person like any other, and nobody is matched by name`() async throws {
        let host = try await host()
        try workspace.write(
            "deeds.csv", "id,owner_id,at\n1,张伟,2026-07-10\n2,li@example.com,2026-07-10\n3,E01,2026-07-10\n")
        let report = try await host.importFile(ImportRequest(path: workspace.path + "/deeds.csv"))
        #expect(report.unmatched == ["张伟"])
        #expect(try await host.shown("deed_count", "E01") == "1")
        #expect(try await host.shown("deed_count", "E02") == "1")
        _ = try await host.resolveAccount(connection: "by_hand", account: "张伟", as: "E01")
        #expect(try await host.shown("deed_count", "E01") == "2")
    }

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/soffice"), "LibreOffice is not installed"))
    func `a template that LibreOffice has saved is still one`() async throws {
        let host = try await host()
        let template = try TemplateFile("deployment", of: host.workspace)
        let path = workspace.path + "/deployment.xlsx"
        try template.write(to: path, as: .xlsx)
        let folder = workspace.path + "/saved"
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/soffice")
        process.arguments = [
            "-env:UserInstallation=file://\(workspace.path)/office", "--headless", "--convert-to", "xlsx", "--outdir",
            folder, path,
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let report = try await host.importFile(ImportRequest(path: folder + "/deployment.xlsx"))
        #expect(report.rows == 1 && report.leftOut == 1 && report.rejected == [])
    }

    @Test func `a template says which type it is not, and which is near`() async throws {
        let host = try await host()
        let error = #expect(throws: HostError.self) { try TemplateFile("tickt", of: host.workspace) }
        #expect(error?.description.contains("perhaps 'ticket'") == true)
        let other = #expect(throws: HostError.self) {
            try TemplateFile("ticket", of: host.workspace, indicators: ["visits"])
        }
        #expect(other?.description.contains("--indicator") == true)
    }
}
