import Foundation
import PlumblineKit
import PlumblineTesting
import Testing

@testable import RecordFiles

/// Programs that write and read workbooks: Python's libraries, in an environment that the tests make once, and
/// LibreOffice where it is installed.
enum RealPrograms {
    /// The Python of an environment with openpyxl, XlsxWriter, pandas and Polars; nil where they cannot be had.
    static let python = PythonEnvironment.python(
        named: "workbook", packages: ["openpyxl", "XlsxWriter", "pandas", "polars", "fastexcel"],
        modules: ["openpyxl", "xlsxwriter", "pandas", "polars", "fastexcel"])

    static let office = ["/usr/bin/soffice", "/usr/local/bin/soffice"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// Runs a program and gives what it prints.
    @discardableResult
    static func run(_ program: String, _ arguments: [String]) throws -> String {
        try PythonEnvironment.run(program, arguments)
    }
}

@Suite(.enabled(if: SharedFolder.isCI || RealPrograms.python != nil, "Python's libraries for workbooks cannot be had"))
struct PythonWorkbookTests {
    private static let openpyxl = """
        import openpyxl, datetime as d
        w = openpyxl.Workbook(); s = w.active
        s.append(["name", "n", "day", "at", "clock", "ok", "none", "rate"])
        s.append(["张伟", 0.1 + 0.2, d.date(2026, 7, 1), d.datetime(2026, 7, 1, 9, 30), d.time(8, 15), True, None, 0.5])
        s["H2"].number_format = "0%"
        """
    private static let xlsxwriter = """
        import xlsxwriter, datetime as d
        w = xlsxwriter.Workbook(PATH); s = w.add_worksheet()
        f = [w.add_format({"num_format": x}) for x in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm", "0%")]
        s.write_row(0, 0, ["name", "n", "day", "at", "clock", "ok", "none", "rate"])
        s.write_row(1, 0, ["张伟", 0.1 + 0.2])
        s.write_datetime(1, 2, d.date(2026, 7, 1), f[0]); s.write_datetime(1, 3, d.datetime(2026, 7, 1, 9, 30), f[1])
        s.write_datetime(1, 4, d.time(8, 15), f[2]); s.write_boolean(1, 5, True); s.write_number(1, 7, 0.5, f[3]); w.close()
        """
    private static let frame =
        "{\"name\": [\"张伟\"], \"n\": [0.1 + 0.2], \"day\": [d.date(2026, 7, 1)], \"at\": [d.datetime(2026, 7, 1, 9, 30)]}"

    @Test(arguments: [
        ("openpyxl", openpyxl + "\nw.save(PATH)"), ("XlsxWriter", xlsxwriter),
        ("pandas", "import pandas, datetime as d\npandas.DataFrame(\(frame)).to_excel(PATH, index=False)"),
        ("Polars", "import polars, datetime as d\npolars.DataFrame(\(frame)).write_excel(PATH)"),
    ])
    func `what others write is read`(library: String, script: String) throws {
        let python = try #require(RealPrograms.python)
        try withTemporaryFolder { folder in
            let path = folder.appending(path: "book.xlsx").path
            try RealPrograms.run(python, ["-c", "PATH = \"\(path)\"\n" + script])
            let records = try Records(path: path)
            #expect(Array(records.columns.prefix(4)) == ["name", "n", "day", "at"])
            let expected = ["'张伟'", "0.3", "'2026-07-01'", "'2026-07-01T09:30:00'", "'08:15:00'", "yes", "-", "0.5"]
            #expect(records.rows == [Array(expected.prefix(records.columns.count))])
        }
    }

    @Test func `a formula of openpyxl has no value and is told`() throws {
        let python = try #require(RealPrograms.python)
        try withTemporaryFolder { folder in
            let path = folder.appending(path: "book.xlsx").path
            let script = "import openpyxl\nw = openpyxl.Workbook()\nw.active.append(['a'])\nw.active.append(['=1+1'])"
            try RealPrograms.run(python, ["-c", script + "\nw.save(\"\(path)\")"])
            #expect(try Records(path: path).rejected.first?.contains("does not hold the value of the formula") == true)
        }
    }

    @Test func `what we write is read by others`() throws {
        let python = try #require(RealPrograms.python)
        try withTemporaryFolder { folder in
            let path = folder.appending(path: "out.xlsx").path
            let writer = try WorkbookWriter(path: path)
            let choices = WorkbookColumn("status", note: "one of two", choices: ["open", "closed"])
            try writer.addSheet(
                named: "工单", columns: [WorkbookColumn("day", type: .date), WorkbookColumn("n"), choices])
            try writer.append([.date("2026-07-01"), .number("0.3"), .text("=1+1\u{1}")])
            try writer.addNotes(named: "说明", ["Fill in below the header."])
            try writer.close()
            let script = """
                import openpyxl, polars
                w = openpyxl.load_workbook("\(path)"); s = w.worksheets[0]
                print([c.value for c in s[2]], s["C2"].data_type, s.freeze_panes, s["C1"].comment.text, w.sheetnames)
                print(s.data_validations.dataValidation[0].sqref, s.data_validations.dataValidation[0].formula1)
                print(polars.read_excel("\(path)").rows())
                """
            let printed = try RealPrograms.run(python, ["-c", script])
            let lines = printed.split(separator: "\n").map(String.init)
            #expect(
                lines.first
                    == "[datetime.datetime(2026, 7, 1, 0, 0), 0.3, '=1+1_x0001_'] s A2 one of two ['工单', '说明']")
            #expect(lines.dropFirst().first == "C2:C1048576 \"open,closed\"")
            #expect(lines.last?.contains("datetime.date(2026, 7, 1), 0.3, '=1+1") == true)
        }
    }
}

@Suite(.enabled(if: SharedFolder.isCI || RealPrograms.office != nil, "LibreOffice is not installed"))
struct LibreOfficeTests {
    @Test func `what LibreOffice writes is read`() throws {
        try withTemporaryFolder { folder in
            let csv = folder.appending(path: "book.csv")
            try "name,n,day\n张伟,0.3,2026-07-01\n李娜,12,2026-07-02\n".write(to: csv, atomically: true, encoding: .utf8)
            try convert(csv.path, to: "xlsx", in: folder)
            let records = try Records(path: folder.appending(path: "book.xlsx").path)
            #expect(records.rows == [["'张伟'", "0.3", "'2026-07-01'"], ["'李娜'", "12", "'2026-07-02'"]])
        }
    }

    @Test func `what we write is read by LibreOffice`() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending(path: "out.xlsx").path
            let writer = try WorkbookWriter(path: path)
            try writer.addSheet(
                named: "工单", columns: [WorkbookColumn("日期", type: .date), WorkbookColumn("n"), WorkbookColumn("t")])
            try writer.append([.date("2026-07-01"), .number("0.3"), .text("=1+1")])
            try writer.close()
            try convert(path, to: "csv:Text - txt - csv (StarCalc):44,34,76", in: folder)
            let csv = try String(contentsOf: folder.appending(path: "out.csv"), encoding: .utf8)
            #expect(csv == "日期,n,t\n2026-07-01,0.3,=1+1\n")
        }
    }

    /// Converts a file into one of another kind beside it.
    private func convert(_ path: String, to kind: String, in folder: URL) throws {
        try RealPrograms.run(
            #require(RealPrograms.office),
            [
                "-env:UserInstallation=file://\(folder.path)/profile", "--headless", "--infilter=CSV:44,34,76,1",
                "--convert-to", kind, "--outdir", folder.path, path,
            ].filter { path.hasSuffix(".csv") || !$0.hasPrefix("--infilter") })
    }
}
