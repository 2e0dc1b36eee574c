import Expressions
import Foundation
import Indicators
import PlumblineKit
import PlumblineTesting
import RecordFiles
import ReviewStore
import Synchronization
import Testing

@testable import Gateway

/// Files that HR imports by hand.
@Suite struct ImportTests {
    typealias Company = TestWorkspace

    private func company(language: String = "en") async throws -> (Company, WorkspaceHost) {
        let workspace = try Company([
            "plumbline.yaml": """
            company: {zh: 公司, en: Company}
            zone: Asia/Shanghai
            languages: [\(language)]
            periods: [month, quarter]
            first_period: 2026-07
            """,
            "connectors/diary.yaml": """
            connection: diary
            connector: file.import
            settings: {id_field: 编号}
            zone: Asia/Shanghai
            streams:
              deeds:
                from: records
                record: deed
                where: source['种类'] != '草稿'
                map:
                  id: source['编号']
                  owner_id: account(source['员工'])
                  at: source['时间']
                  points: source['得分']
                  kind: source['种类']
            """,
        ])
        let host = try await workspace.host()
        _ = try await host.replacePeople(Company.people)
        return (workspace, host)
    }

    private static let header = "编号,员工,时间,得分,种类\n"

    private func request(_ workspace: Company, _ text: String, name: String = "july.csv") throws -> ImportRequest {
        try workspace.write(name, text)
        return ImportRequest(path: workspace.path + "/" + name, connection: "diary")
    }

    /// Every stored record with all that is kept beside it.
    private func evidence(_ host: WorkspaceHost) async throws -> [String] {
        let rows = try await host.store.evidence(
            of: "deed", after: nil, limit: 100, states: Set(EvidenceState.allCases))
        return rows.map {
            "\($0.key.externalID) \($0.contentHash.hex) \($0.mappingVersion) \($0.run) \($0.firstRun) \($0.state) \($0.record.values)"
        }
    }

    /// The values that there are.
    private func values(_ host: WorkspaceHost) async throws -> [ComputedValue] {
        try await host.store.values(ValueFilter()).map(\.content).filter { $0.status != .noData }
    }

    private func instant(_ text: String) throws -> Value { .timestamp(try #require(Timestamp(rfc3339: text))) }

    private func exact(_ text: String) throws -> Value { .decimal(try #require(Rational(decimalText: text))) }

    @Test func `a file becomes values, and the same file again changes nothing`() async throws {
        let (workspace, host) = try await company()
        let request = try request(workspace, Self.header + "1,E01,2026/7/10 9:30,1,\n2,E01,2026年7月11日,3,\n")
        let report = try await host.importFile(request)
        #expect(report.isCommitted && report.rows == 2 && report.new == 2 && report.rejected.isEmpty)
        #expect(try await host.shown("deed_points", "E01") == "2.00")
        let again = try await host.importFile(request)
        #expect(again.new == 0 && again.changed == 0 && again.unchanged == 2 && again.values.changes.isEmpty)
    }

    @Test func `times without a zone are those of the connection, numbers are read as people write them`() async throws
    {
        let (workspace, host) = try await company()
        _ = try await host.importFile(
            request(workspace, Self.header + "1,E01,2026-07-10 下午2:05,\"¥1,234.50\",\n2,E01,2026-07-11,１２,\n"))
        let rows = try await host.store.evidence(of: "deed", after: nil, limit: 10, states: [.live])
        #expect(
            rows.map { $0.record["at"] } == [try instant("2026-07-10T06:05:00Z"), try instant("2026-07-10T16:00:00Z")])
        #expect(rows.map { $0.record["points"] } == [try exact("1234.5"), try exact("12")])
    }

    @Test func `one bad row keeps the whole file out, and every bad row is told in full`() async throws {
        let (workspace, host) = try await company()
        let request = try request(
            workspace, Self.header + "1,E01,2026-07-10,1,\n2,E01,2026-07-10,viel,\n3,E01\n4,E01,bald,1,\n")
        let report = try await host.importFile(request)
        #expect(!report.isCommitted)
        #expect(report.rejected.map(\.line) == [3, 4, 5])
        #expect(report.rejected[0].reason == "'points' wants decimal?, not 'viel'")
        #expect(report.rejected[1].reason == "expected 5 cells as in the header, got 2")
        #expect(try await host.evidenceStates().isEmpty)
        #expect(try await host.openRejects().isEmpty)
        #expect(try await host.imports().isEmpty)
    }

    @Test func `good rows can be taken alone; the bad ones come back as a file that can be mended`() async throws {
        let (workspace, host) = try await company()
        var request = try request(
            workspace, Self.header + "1,E01,2026-07-10,1,\n2,E01,2026-07-10,viel,\"a,\"\"b\"\n3,E01\n")
        request.isPartial = true
        let report = try await host.importFile(request)
        #expect(report.isCommitted && report.new == 1)
        #expect(try await host.openRejects().count == 2)
        let rows = RejectedRowsFile(report, of: request.path, language: "zh")
        try rows.write()
        let text = String(decoding: try Data(contentsOf: URL(filePath: rows.target)), as: UTF8.self)
        #expect(
            text == "\u{FEFF}编号,员工,时间,得分,种类,行号,原因\r\n"
                + "2,E01,2026-07-10,viel,\"a,\"\"b\",3,\"'points' wants decimal?, not 'viel'\"\r\n"
                + "3,E01,,,,4,\"expected 5 cells as in the header, got 2\"\r\n")
        let mended = text.replacing("viel", with: "5").replacing("3,E01,,,", with: "3,E01,2026-07-12,7,")
        let second = try await host.importFile(self.request(workspace, mended, name: "mended.csv"))
        #expect(second.new == 2 && second.rejected.isEmpty)
        #expect(try await host.openRejects().map(\.externalID) == ["line 4"])
    }

    @Test func `what only a person can say is asked, with the option that answers it`() async throws {
        let (workspace, host) = try await company()
        var request = try request(workspace, Self.header + "1,E01,3/7/2026,1,\n2,E01,4/7/2026,1,\n")
        let error = await #expect(throws: HostError.self) { try await host.importFile(request) }
        #expect(
            error?.description.contains("--date-order dmy or --date-order mdy") == true, "\(String(describing: error))")
        request.dateOrder = .dayMonthYear
        #expect(try await host.importFile(request).new == 2)
        #expect(try await host.shown("deed_count", "E01") == "2")
    }

    @Test func `a column that is not there is named once, with what the file has`() async throws {
        let (workspace, host) = try await company()
        let request = try request(workspace, "编码,员工,时间,得分,种类\n1,E01,2026-07-10,1,\n")
        let error = await #expect(throws: HostError.self) { try await host.importFile(request) }
        #expect(error?.description.contains("there is no column '编号', perhaps '编码'") == true)
        #expect(try await host.store.runs(connection: nil, limit: 10).isEmpty)
    }

    @Test func `a preview foretells what the import then does, and stores nothing`() async throws {
        let (workspace, host) = try await company()
        _ = try await host.importFile(request(workspace, Self.header + "1,E01,2026-07-10,1,\n2,E02,2026-07-10,4,\n"))
        let second = try request(
            workspace, Self.header + "1,E01,2026-07-10,5,\n3,E01,2026-07-12,1,\n4,王五,2026-07-12,1,\n", name: "b.csv")
        let before = try await host.state()
        let preview = try await host.previewImport(second)
        #expect(try await host.state() == before)
        #expect(preview.new == 2 && preview.changed == 1 && preview.unmatched == ["王五"] && !preview.isCommitted)
        let report = try await host.importFile(second)
        let said = preview.changes.map { "\($0.key) \($0.new?.exact?.description ?? "none")" }
        let done = report.values.changes.filter { $0.old?.content.exact != $0.new.content.exact }
            .map { "\($0.new.key) \($0.new.content.exact?.description ?? "none")" }
        #expect(said == done && !said.isEmpty)
        #expect(report.unmatched == ["王五"])
    }

    @Test func `undoing an import restores every record and value`() async throws {
        let (workspace, host) = try await company()
        _ = try await host.importFile(
            request(workspace, Self.header + "1,E01,2026-07-10,1,\n2,E01,2026-07-11,2,\n3,E02,2026-07-11,2,草\n"))
        let before = (try await evidence(host), try await values(host))
        let second = try await host.importFile(
            request(
                workspace, Self.header + "1,E01,2026-07-10,9,\n2,E01,2026-07-11,2,草稿\n4,E02,2026-08-01,2,\n",
                name: "b.csv"))
        #expect(try await host.shown("deed_points", "E01") == "9.00")
        _ = try await host.undoImport(try #require(second.id))
        #expect(try await host.shown("deed_points", "E01") == "1.50")
        #expect(try await evidence(host) == before.0)
        #expect(try await values(host) == before.1)
        let error = await #expect(throws: HostError.self) { try await host.undoImport(try #require(second.id)) }
        #expect(error?.description.contains("was undone at") == true)
        #expect(try await host.store.verifyAudit().isIntact)
    }

    @Test func `an import is not undone under a later one that changed the same record`() async throws {
        let (workspace, host) = try await company()
        let first = try await host.importFile(request(workspace, Self.header + "1,E01,2026-07-10,1,\n"))
        let second = try await host.importFile(request(workspace, Self.header + "1,E01,2026-07-10,2,\n", name: "b.csv"))
        let error = await #expect(throws: HostError.self) { try await host.undoImport(try #require(first.id)) }
        #expect(error?.description.contains("record 1 was changed since, by run") == true)
        _ = try await host.undoImport(try #require(second.id))
        _ = try await host.undoImport(try #require(first.id))
        #expect(try await host.evidenceStates().isEmpty)
    }

    @Test func `undoing is refused where a value of a locked period would change`() async throws {
        let (workspace, host) = try await company()
        let report = try await host.importFile(request(workspace, Self.header + "1,E01,2026-07-10,1,\n"))
        _ = try await host.store.setPeriod("2026-07", to: .locked, actor: "tester", reason: nil)
        let before = try await host.state()
        let error = await #expect(throws: HostError.self) { try await host.undoImport(try #require(report.id)) }
        #expect(error?.description.contains("the period is locked") == true)
        #expect(try await host.state() == before)
    }

    @Test func `a row whose identifier stands twice is told, and the later one counts`() async throws {
        let (workspace, host) = try await company()
        let report = try await host.importFile(
            request(workspace, Self.header + "1,E01,2026-07-10,1,\n1,E01,2026-07-10,5,\n"))
        #expect(report.repeated == 1)
        #expect(try await host.shown("deed_points", "E01") == "5.00")
    }

    @Test(arguments: [("july.jsonl", false), ("july.json", true)])
    func `JSON is imported as well, and its bad rows come back as lines`(name: String, isList: Bool) async throws {
        let (workspace, host) = try await company()
        let rows = [
            #"{"编号":"1","员工":"E01","时间":"2026-07-10","得分":1,"种类":null}"#,
            #"{"编号":"2","员工":"E01","时间":"2026-07-10","得分":"viel","种类":null}"#,
        ]
        let text = isList ? "[" + rows.joined(separator: ",\n") + "]" : rows.map { $0 + "\n" }.joined()
        let request = try request(workspace, text, name: name)
        let report = try await host.importFile(request)
        #expect(!report.isCommitted && report.rejected.map(\.line) == [2])
        let file = RejectedRowsFile(report, of: request.path, language: "en")
        try file.write()
        #expect(
            try String(contentsOfFile: file.target, encoding: .utf8)
                == #"{"row":2,"reason":"'points' wants decimal?, not 'viel'","# + rows[1].dropFirst() + "\n")
    }

    @Test(arguments: [
        ("old.xls", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] as [UInt8]), ("empty.csv", []),
        ("paper.pdf", Array("%PDF-1.7\n".utf8)),
    ])
    func `what is no table is refused with a sentence`(name: String, bytes: [UInt8]) async throws {
        let (workspace, host) = try await company()
        try Data(bytes).write(to: URL(filePath: workspace.path + "/" + name))
        let error = await #expect(throws: HostError.self) {
            try await host.importFile(ImportRequest(path: workspace.path + "/" + name, connection: "diary"))
        }
        #expect(error?.description.hasPrefix("\(workspace.path)/\(name): ") == true)
        #expect(try await host.store.runs(connection: nil, limit: 10).isEmpty)
    }

    private func workbook(_ path: String, sheets: [String], _ rows: [[WorkbookWriter.Value]]) throws {
        let writer = try WorkbookWriter(path: path)
        for sheet in sheets {
            try writer.addSheet(named: sheet, columns: ["编号", "员工", "时间", "得分", "种类"].map { WorkbookColumn($0) })
            for row in rows { try writer.append(row) }
        }
        try writer.close()
    }

    @Test func `a workbook is imported like a text, and its bad rows come back as a workbook`() async throws {
        let (workspace, host) = try await company()
        let path = workspace.path + "/july.xlsx"
        try workbook(
            path, sheets: ["七月"],
            [
                [.text("1"), .text("E01"), .date("2026-07-10T09:30:00"), .number("2.5"), .blank],
                [.text("2"), .text("E01"), .date("2026-07-11"), .text("viel"), .blank],
                [.text("3"), .text("E01"), .text("2026年7月12日"), .text("１２"), .blank],
            ])
        var request = ImportRequest(path: path, connection: "diary")
        request.isPartial = true
        let report = try await host.importFile(request)
        #expect(report.new == 2 && report.rejected.map(\.line) == [3])
        let rows = try await host.store.evidence(of: "deed", after: nil, limit: 10, states: [.live])
        #expect(rows.map { $0.record["points"] } == [try exact("2.5"), try exact("12")])
        #expect(rows.first?.record["at"] == (try instant("2026-07-10T01:30:00Z")))
        let rejected = RejectedRowsFile(report, of: path, language: "zh")
        try rejected.write()
        #expect(rejected.target.hasSuffix("/july.rejected.xlsx"))
        let book = try Workbook(path: rejected.target)
        let copy = try SheetCopy([2], of: book, form: FileForm(format: .workbook(sheet: "七月")))
        #expect(copy.columns == ["编号", "员工", "时间", "得分", "种类", "行号", "原因"])
        #expect(
            copy.rows.map(\.cells) == [
                [
                    .text("2"), .text("E01"), .date("2026-07-11"), .text("viel"), .blank, .number("3"),
                    .text("'points' wants decimal?, not 'viel'"),
                ]
            ])
    }

    @Test func `which of several sheets is meant is asked`() async throws {
        let (workspace, host) = try await company()
        let path = workspace.path + "/year.xlsx"
        try workbook(path, sheets: ["七月", "八月"], [[.text("1"), .text("E01"), .date("2026-07-10"), .number("1")]])
        var request = ImportRequest(path: path, connection: "diary")
        let error = await #expect(throws: HostError.self) { try await host.importFile(request) }
        #expect(error?.description.contains("which sheet is meant: '七月', '八月'? --sheet NAME") == true)
        request.sheet = "八月"
        #expect(try await host.importFile(request).new == 1)
    }

    // MARK: The language of people, and how far it is

    @Test func `reasons are in the workspace's language, in the report and in the file that comes back`() async throws {
        let (workspace, host) = try await company(language: "zh")
        let request = try request(
            workspace,
            Self.header + "1,E01,2026-07-10,很多,\n2,E01,下周,1,\n3,E01\n,E01,2026-07-10,1,\n\"4,E01,2026-07-10,1,\n")
        let report = try await host.importFile(request)
        #expect(
            report.rejected.map(\.reason) == [
                "“points”应为数字，而不是“很多”",
                "“at”应为 2026-07-01T09:00:00+08:00 这样的时间，而不是“下周”；其他写法请用 parseTime(text, 'yyyy-MM-dd HH:mm:ss') 读取",
                "应与表头一样有 5 个单元格，实际有 2 个", "“编号”应为文本或数字，但它为空", "引号没有闭合",
            ])
        for row in report.rejected { #expect(ChineseText.fault(of: row.reason) == nil) }
        let rows = RejectedRowsFile(report, of: request.path, language: "zh")
        try rows.write()
        let text = String(decoding: try Data(contentsOf: URL(filePath: rows.target)), as: UTF8.self)
        #expect(text.contains("1,E01,2026-07-10,很多,,2,“points”应为数字，而不是“很多”\r\n"))
        #expect(text.split(separator: "\r\n").first?.hasSuffix(",行号,原因") == true)
    }

    @Test func `a mapping's own failures are told in the workspace's language`() async throws {
        let (workspace, _) = try await company(language: "zh")
        try workspace.edit(
            "connectors/diary.yaml", "points: source['得分']", "points: decimal(source['得分']) / decimal(0)")
        let report = try await workspace.host().importFile(request(workspace, Self.header + "1,E01,2026-07-10,1,\n"))
        #expect(report.rejected.map(\.reason) == ["“points”：除数为零"])
    }

    @Test(arguments: [
        ("员工,种类\nE01,x\n", "连接“diary”要读取的列“编号”不存在"), ("", "文件是空的"),
        (header + "1,E01,03/04/2026,1,\n2,E01,05/06/2026,1,\n", "请说明如何读取：\n  “时间”列的“03/04/2026”先写日还是先写月？"),
    ])
    func `a file that cannot be read is told in the workspace's language`(text: String, wanted: String) async throws {
        let (workspace, host) = try await company(language: "zh")
        let error = await #expect(throws: HostError.self) { try await host.importFile(request(workspace, text)) }
        #expect(error?.description.contains(wanted) == true, "\(error?.description ?? "")")
    }

    @Test func `progress tells rows and the share of the file, and then that values are computed`() async throws {
        let (workspace, host) = try await company()
        let rows = (1...12_000).map { "\($0),E01,2026-07-10,1,\n" }.joined()
        let told = Mutex<[ImportProgress]>([])
        _ = try await host.importFile(request(workspace, Self.header + rows)) { done in
            told.withLock { $0.append(done) }
        }
        let steps = told.withLock(\.self)
        #expect(steps.filter { !$0.isComputing }.map(\.rows) == [5_000, 10_000, 12_000, 12_000])
        #expect(steps.compactMap(\.fraction) == steps.compactMap(\.fraction).sorted() && steps.count == 5)
        #expect(steps.last == ImportProgress(rows: 12_000, fraction: 1, isComputing: true))
    }

    @Test func `the time left is that of the rest at the pace so far`() {
        var progress = ImportProgress(rows: 100, fraction: 0.25)
        #expect(progress.timeLeft(after: .seconds(10)) == .seconds(30))
        progress.fraction = 0.01
        #expect(progress.timeLeft(after: .seconds(10)) == nil, "too little to tell")
        progress.fraction = nil
        #expect(progress.timeLeft(after: .seconds(10)) == nil)
        #expect(ImportProgress(rows: 1, fraction: 1).timeLeft(after: .seconds(10)) == .zero)
    }
}
