import PlumblineKit
import Testing

@testable import RecordFiles

@Suite struct WorkbookValueTests {
    /// What a number becomes in a cell of this format.
    private func value(_ number: String, _ code: String = "General", epoch1904: Bool = false) throws -> String {
        var book = TestWorkbook(
            "<row>\(text("A1", "a"))</row><row><c s=\"1\"><v>\(number)</v></c></row>",
            styles: TestWorkbook.formats([code]))
        if epoch1904 {
            let sheet = "<sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"rId1\"/>"
            book.parts["xl/workbook.xml"] = TestWorkbook.book([sheet], properties: "<workbookPr date1904=\"1\"/>")
        }
        let records = try book.read()
        return records.rows.first?.first ?? records.rejected.first ?? "none"
    }

    @Test(arguments: [
        ("1", "1"), ("0", "0"), ("-0", "0"), ("+7", "7"), ("007", "7"), ("46204.0", "46204"), ("1.50", "1.5"),
        ("0.30000000000000004", "0.3"), ("-0.1", "-0.1"), (".5", "0.5"), ("5.", "5"), ("1E3", "1000"),
        ("1.5E-3", "0.0015"), ("1e-7", "0.0000001"), ("1.5e-8", "1.5e-8"), ("1.25E+30", "1.25e30"),
        ("123456789012345", "123456789012345"),
        ("123456789012345678", "123456789012345678"), ("-9007199254740993", "-9007199254740993"),
        ("1.2345678901234568E+16", "12345678901234600"), ("0.99999999999999999", "1"), ("2.675", "2.675"),
        ("100.0000000000000001", "100"), ("1.0000000000000005", "1"), ("999999999999999.95", "1000000000000000"),
    ])
    func `numbers are the decimals that Excel shows`(written: String, shown: String) throws {
        #expect(try value(written) == shown)
    }

    @Test(arguments: ["INF", "NaN", "1,5", "0x10", "--1", "1e", "1e99999", "1 2", "e5", "."])
    func `what is no number rejects its row`(written: String) throws {
        #expect(try value(written) == "row 2: sheet 'Sheet1', row 2, column A: '\(written)' is no number")
    }

    @Test(arguments: [
        ("46204", "yyyy-mm-dd", "'2026-07-01'"), ("46204.395833333336", "yyyy-mm-dd hh:mm", "'2026-07-01T09:30:00'"),
        ("46204", "yyyy/m/d h:mm", "'2026-07-01T00:00:00'"), ("46204.5", "yyyy-mm-dd", "'2026-07-01T12:00:00'"),
        ("46203.999999", "m/d/yy h:mm", "'2026-07-01T00:00:00'"), ("1", "d", "'1900-01-01'"),
        ("59", "d", "'1900-02-28'"),
        ("61", "d", "'1900-03-01'"), ("2958465", "d", "'9999-12-31'"), ("4.6204E4", "d", "'2026-07-01'"),
        ("0.395833333333333", "h:mm", "'09:30:00'"), ("0", "h:mm", "'00:00:00'"), ("1.5", "[h]:mm:ss", "'36:00:00'"),
        ("5.25", "[mm]:ss", "'126:00:00'"), ("46204.25", "h:mm AM/PM", "'2026-07-01T06:00:00'"),
        ("46204", "yyyy\"年\"m\"月\"d\"日\"", "'2026-07-01'"), ("46204", "[$-804]yyyy\"年\"m\"月\";@", "'2026-07-01'"),
        ("46204", "m\"月\"", "'2026-07-01'"), ("46204", "ggge", "'2026-07-01'"), ("0.5", "0.00%", "0.5"),
        ("12", "[Red]0;[Blue]-0", "12"), ("12", "0 \"days\"", "12"), ("12", "0\\d", "12"), ("12", "_d0", "12"),
        ("12", "0.00E+00", "12"), ("12", "General\" h\"", "12"), ("12", "G/通用格式", "12"), ("12", "[>=1000]#,##0", "12"),
        ("12", "[DBNum1][$-804]General", "12"), ("12", "@", "12"), ("12", "0;yyyy", "12"),
    ])
    func `number formats decide what a number means`(written: String, code: String, shown: String) throws {
        #expect(try value(written, code) == shown)
    }

    @Test func `days since 1904 are read`() throws {
        #expect(try value("0", "yyyy-mm-dd", epoch1904: true) == "'1904-01-01'")
        #expect(try value("44742.75", "yyyy-mm-dd h:mm", epoch1904: true) == "'2026-07-01T18:00:00'")
        #expect(try value("2957003", "yyyy-mm-dd", epoch1904: true) == "'9999-12-31'")
        #expect(try value("2957004", "yyyy-mm-dd", epoch1904: true).hasSuffix("the last date, 9999-12-31"))
    }

    @Test(arguments: [
        ("60", "60 is no date (Excel shows it as 1900-02-29, a day that never was)"),
        ("59.9999999", "60 is no date (Excel shows it as 1900-02-29, a day that never was)"),
        ("0", "0 is no date (Excel shows it as 1900-01-00); empty the cell or write the date"),
        ("-1", "a negative number is no date"), ("2958466", "the number is beyond the last date, 9999-12-31"),
        ("1e300", "the number is beyond the last date, 9999-12-31"), ("12:30", "'12:30' is no number"),
    ])
    func `numbers that are no date reject their row`(written: String, reason: String) throws {
        #expect(try value(written, "yyyy-mm-dd") == "row 2: sheet 'Sheet1', row 2, column A: \(reason)")
    }

    @Test func `built-in formats are known`() {
        let dates = (0...60).filter { NumberFormat(builtIn: $0) == .date }
        #expect(dates == [14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58])
        #expect([18, 21, 45, 47].allSatisfy { NumberFormat(builtIn: $0) == .time })
        #expect(NumberFormat(builtIn: 22) == .dateTime)
        #expect(NumberFormat(builtIn: 46) == .elapsed)
        #expect([9, 10].allSatisfy { NumberFormat(builtIn: $0) == .percent })
        #expect([0, 1, 2, 11, 37, 44, 48, 49].allSatisfy { NumberFormat(builtIn: $0) == .number })
    }
}
