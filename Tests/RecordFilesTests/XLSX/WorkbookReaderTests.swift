import PlumblineKit
import Testing

@testable import RecordFiles

/// `A1` and so on with an inline text.
func text(_ reference: String, _ text: String) -> String {
    "<c r=\"\(reference)\" t=\"inlineStr\"><is><t>\(text)</t></is></c>"
}

@Suite struct WorkbookReaderTests {
    @Test func `every type of cell becomes its value`() throws {
        let book = TestWorkbook(
            """
            <row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>\(text("C1", "inline"))\(text("D1", "n"))
            \(text("E1", "yes"))\(text("F1", "no"))\(text("G1", "formula"))\(text("H1", "iso"))</row>
            <row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="s"><v>3</v></c>\(text("C2", "a &lt;&amp;&#x4E2D;"))
            <c r="D2"><v>-12.5</v></c><c r="E2" t="b"><v>1</v></c><c r="F2" t="b"><v>0</v></c>
            <c r="G2" t="str"><f>A2&amp;"x"</f><v>张伟x</v></c><c r="H2" t="d"><v>2026-07-01</v></c></row>
            """,
            shared: [
                "shared", "rich", "张伟",
                "<r><t>rich </t></r><r><rPr><b/></rPr><t>text</t></r><rPh sb=\"0\"><t>zhang</t></rPh>",
            ])
        let records = try book.read()
        #expect(records.columns == ["shared", "rich", "inline", "n", "yes", "no", "formula", "iso"])
        #expect(
            records.rows == [
                ["'张伟'", "'rich text'", "'a <&中'", "-12.5", "yes", "no", "'张伟x'", "'2026-07-01'"]
            ])
        #expect(records.lines == [2])
        #expect(records.rejected.isEmpty)
    }

    @Test func `empty cells are null, whether absent, styled or without text`() throws {
        let records = try TestWorkbook(
            """
            <row r="1">\(text("A1", "a"))\(text("B1", "b"))\(text("C1", "c"))\(text("D1", "d"))</row>
            <row r="3"><c r="B3" s="1"/><c r="C3" t="str"><f>""</f><v></v></c><c r="D3"><v>1</v></c></row>
            <row r="4"><c r="A4" t="s"><v>0</v></c><c r="D4"><v>2</v></c></row>
            """, shared: [""]
        ).read()
        #expect(records.rows == [["-", "-", "-", "1"], ["-", "-", "-", "2"]])
        #expect(records.lines == [3, 4])
    }

    @Test func `rows and cells without a place are counted`() throws {
        let records = try TestWorkbook(
            """
            <row><c t="inlineStr"><is><t>a</t></is></c><c t="inlineStr"><is><t>b</t></is></c></row>
            <row><c><v>1</v></c><c r="B2"><v>2</v></c></row><row r="9"><c><v>3</v></c><c><v>4</v></c></row><row><c><v>5</v></c></row>
            """
        ).read()
        #expect(records.rows == [["1", "2"], ["3", "4"], ["5", "-"]])
        #expect(records.lines == [2, 9, 10])
    }

    @Test func `empty and styled rows and columns to the end of the sheet are passed over`() throws {
        let records = try TestWorkbook(
            """
            <row r="1">\(text("A1", "a"))<c r="XFD1" s="1"/></row><row r="2"><c r="A2"><v>1</v></c><c r="XFD2" s="1"/></row>
            <row r="1048576" s="1" customFormat="1"><c r="A1048576" s="1"/><c r="XFD1048576" s="1"/></row>
            """, before: "<dimension ref=\"A1:XFD1048576\"/><cols><col min=\"1\" max=\"16384\" style=\"1\"/></cols>"
        ).read()
        #expect(records.columns == ["a"])
        #expect(records.rows == [["1"]])
    }

    @Test func `values behind the named columns make no record`() throws {
        let records = try TestWorkbook(
            "<row r=\"1\">\(text("A1", "a"))</row><row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"C2\"><v>9</v></c></row>"
                + "<row r=\"3\"><c r=\"C3\"><v>8</v></c></row>"
        ).read()
        #expect(records.rows == [["1"]])
    }

    @Test func `fields come in the order in which they are asked for, and missing where there is no column`() throws {
        let book = TestWorkbook(
            "<row>\(text("A1", "a"))\(text("B1", "b"))</row><row><c><v>1</v></c><c><v>2</v></c></row>")
        #expect(try book.read(.fields(["b", "x", "a", "b"])).rows == [["2", "?", "1", "2"]])
        #expect(try book.read(.fields([])).rows == [[]])
    }

    @Test func `a record read whole is one JSON object`() throws {
        let records = try TestWorkbook(
            """
            <row>\(text("A1", "a &quot;q&quot;"))\(text("B1", "b"))\(text("C1", "c"))\(text("D1", "d"))</row>
            <row>\(text("A2", "x\n\\"))<c r="B2"><v>0.1</v></c><c r="D2" t="b"><v>1</v></c></row>
            """
        ).read(.whole)
        #expect(records.rows == [[#"{"a \"q\"":"x\u000a\\","b":0.1,"c":null,"d":true}"#]])
    }

    @Test func `an error rejects its row where its column is wanted`() throws {
        let book = TestWorkbook(
            """
            <row r="1">\(text("A1", "a"))\(text("B1", "b"))</row>
            <row r="2"><c r="A2"><v>1</v></c><c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>
            <row r="3"><c r="A3"><v>2</v></c><c r="B3"><v>3</v></c></row>
            """)
        let all = try book.read()
        #expect(all.rows == [["2", "3"]])
        #expect(
            all.rejected == [
                "row 2: sheet 'Sheet1', row 2, column B: the cell shows #DIV/0!; correct its formula"
            ])
        #expect(try book.read(.fields(["a"])).rows == [["1"], ["2"]])
        #expect(try book.read(.whole).rejected.count == 1)
    }

    @Test func `a formula without value rejects its row with advice`() throws {
        let records = try TestWorkbook(
            """
            <row>\(text("A1", "a"))</row><row><c><f>1+1</f></c></row><row><c><f>1+1</f><v></v></c></row>
            <row><c><f>1+1</f><v>2</v></c></row>
            """
        ).read()
        #expect(records.rows == [["2"]])
        #expect(
            records.rejected
                == ["2", "3"].map {
                    "row \($0): sheet 'Sheet1', row \($0), column A: the file does not hold the value of the formula; "
                        + "open it in Excel or WPS and save it"
                })
    }

    @Test func `hidden rows are read and counted`() throws {
        let records = try TestWorkbook(
            "<row>\(text("A1", "a"))</row><row hidden=\"1\"><c><v>1</v></c></row><row><c><v>2</v></c></row>"
        ).read()
        #expect(records.rows == [["1"], ["2"]])
        #expect(records.hiddenRows == 1)
    }

    @Test func `escapes in texts are decoded`() throws {
        let records = try TestWorkbook(
            "<row>\(text("A1", "a"))\(text("B1", "b"))\(text("C1", "c"))</row>"
                + "<row><c t=\"s\"><v>0</v></c>\(text("B2", "_x005F_x000D_ _x00zz_ _x"))\(text("C2", "_xD83D__xDE00__x0000__xD800_"))</row>",
            shared: ["line_x000D_\nnext "]
        ).read()
        #expect(records.rows == [["'line\r\nnext '", "'_x000D_ _x00zz_ _x'", "'😀\u{FFFD}\u{FFFD}'"]])
    }

    @Test func `a sheet is found by name, and the first visible one without`() throws {
        var book = TestWorkbook("")
        book.parts["xl/workbook.xml"] = TestWorkbook.book([
            "<sheet name=\"old\" sheetId=\"1\" state=\"hidden\" r:id=\"rId1\"/>",
            "<sheet name=\"七月\" sheetId=\"2\" r:id=\"rId9\"/>",
            "<sheet name=\"secret\" sheetId=\"3\" state=\"veryHidden\" r:id=\"rId1\"/>",
        ])
        book.parts["xl/_rels/workbook.xml.rels"] = TestWorkbook.list([
            ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId9", "worksheet", "/xl/worksheets/july.xml"),
        ])
        book.parts["xl/worksheets/july.xml"] = TestWorkbook.sheet("<row>\(text("A1", "july"))</row>")
        book.parts["xl/worksheets/sheet1.xml"] = TestWorkbook.sheet("<row>\(text("A1", "old"))</row>")
        #expect(try book.read().columns == ["july"])
        #expect(try book.read(sheet: "old").columns == ["old"])
        let sheets = try book.withFile { try Workbook(path: $0).sheets }
        #expect(sheets.map(\.name) == ["old", "七月", "secret"])
        #expect(sheets.map(\.state) == [.hidden, .visible, .veryHidden])
        #expect(throws: FileFault("the workbook has no sheet 'x'; its sheets: 'old', '七月', 'secret'")) {
            try book.read(sheet: "x")
        }
    }

    @Test func `the header may stand below a title`() throws {
        let book = TestWorkbook(
            "<row>\(text("A1", "Report of July"))</row><row r=\"3\">\(text("A3", " a \n"))\(text("B3", "b"))</row><row><c><v>1</v></c></row>"
        )
        #expect(try book.read(headerLine: 3).columns == ["a", "b"])
        #expect(try book.read(headerLine: 3).rows == [["1", "-"]])
        #expect(throws: FileFault(at: .init(sheet: "Sheet1", line: 2), "the row is empty; it must name the columns")) {
            try book.read(headerLine: 2)
        }
        #expect(throws: FileFault(at: .init(sheet: "Sheet1", line: 9), "the row is empty; it must name the columns")) {
            try book.read(headerLine: 9)
        }
    }

    @Test func `merged and unnamed columns get names of their own`() throws {
        let book = TestWorkbook(
            """
            <row>\(text("A1", "Name"))\(text("B1", "Goals"))\(text("G1", "End"))</row>
            <row>\(text("B2", "KPI"))\(text("C2", "OKR"))</row><row><c><v>1</v></c></row>
            """, behind: "<mergeCells><mergeCell ref=\"A1:A2\"/><mergeCell ref=\"B1:D1\"/></mergeCells>")
        #expect(try book.read().columns == ["Name", "Goals", "Goals (2)", "Goals (3)", "column E", "column F", "End"])
        #expect(try book.read(headerLine: 2).columns == ["Name", "KPI", "OKR"])
    }

    @Test func `two columns of one name are told`() throws {
        let book = TestWorkbook("<row>\(text("A1", "a"))\(text("B1", "b"))\(text("C1", " a"))</row>")
        #expect(
            try book.fault()
                == "sheet 'Sheet1', row 1: the columns A and C are both named 'a'; give them different names")
    }

    @Test func `batches hold as many records as are asked for`() throws {
        let rows = (2...31).map { "<row r=\"\($0)\"><c r=\"A\($0)\"><v>\($0)</v></c></row>" }.joined()
        let book = TestWorkbook("<row r=\"1\">\(text("A1", "a"))</row>\(rows)")
        for size in [1, 29, 30, 31, 1000] {
            let records = try book.withFile { try Records(path: $0, batch: size) }
            #expect(records.lines == Array(2...31))
        }
    }
}
