import PlumblineKit
import Testing

@testable import RecordFiles

@Suite struct WorkbookRecognitionTests {
    private func summary(_ book: TestWorkbook) throws -> WorkbookSummary {
        try book.withFile { try WorkbookRecognition.summary(of: Workbook(path: $0)) }
    }

    @Test func `header, columns, types and samples are proposed`() throws {
        let row = { (n: Int) in
            """
            <row r="\(n)">\(text("A\(n)", "T-\(n % 2)"))<c r="B\(n)"><v>\(n)</v></c><c r="C\(n)"><v>\(n).5</v></c><c r="D\(n)" s="1"><v>462\(n)</v></c>
            <c r="E\(n)" s="2"><v>0.5</v></c><c r="F\(n)" t="b"><v>1</v></c><c r="G\(n)" s="3"><v>46204.5</v></c><c r="H\(n)" s="4"><v>0.25</v></c></row>
            """
        }
        let names = ["id", "count", "share", "day", "rate", "ok", "at", "clock"].enumerated().map {
            text("\(FileFault.Place.letters($0 + 1))3", $1)
        }
        let summary = try summary(
            TestWorkbook(
                "<row r=\"1\">\(text("A1", "Tickets of July 2026"))</row><row r=\"3\">\(names.joined())</row>"
                    + (10...14).map(row).joined(),
                styles: TestWorkbook.formats(["yyyy-mm-dd", "0%", "yyyy-mm-dd hh:mm", "hh:mm"]),
                behind: "<mergeCells><mergeCell ref=\"A1:H1\"/></mergeCells>"))
        let sheet = try #require(summary.sheets.first)
        #expect(sheet.headerRow == 3)
        #expect(sheet.isHeaderSure)
        #expect(sheet.rows == 5)
        #expect(sheet.columns.map(\.name) == ["id", "count", "share", "day", "rate", "ok", "at", "clock"])
        #expect(
            sheet.columns.map(\.type) == [.text, .integer, .decimal, .date, .percent, .boolean, .dateTime, .time])
        #expect(sheet.columns[0].samples == ["T-0", "T-1"])
        #expect(sheet.columns[1].samples == ["10", "11", "12"])
        #expect(sheet.problem == nil)
    }

    @Test func `what is odd is told`() throws {
        var book = TestWorkbook(
            """
            <row>\(text("A1", "a"))\(text("B1", "b"))</row><row hidden="1"><c><f>1</f></c><c t="e"><v>#N/A</v></c></row>
            <row><c r="A3"><v>1</v></c><c r="B3"><v>1</v></c><c r="D3"><v>1</v></c></row>
            """, behind: "<mergeCells><mergeCell ref=\"A4:B5\"/></mergeCells>",
            before: "<cols><col min=\"2\" max=\"2\" hidden=\"1\"/><col min=\"5\" max=\"7\" hidden=\"1\"/></cols>")
        book.parts["xl/workbook.xml"] = TestWorkbook.book(
            ["<sheet name=\"Sheet1\" sheetId=\"1\" state=\"hidden\" r:id=\"rId1\"/>"],
            properties: "<workbookPr date1904=\"true\"/>")
        let summary = try summary(book)
        #expect(
            summary.remarks.map(\.en) == ["the sheet 'Sheet1' is hidden", "the workbook counts its days from 1904"])
        #expect(
            summary.sheets.first?.remarks.map(\.en) == [
                "hidden rows: 1; they are read like the others",
                "hidden columns: B, E-G; they are read like the others",
                "merged areas: 1; outside the header only the first cell of each holds a value",
                "formulas without a value: 1; open the file in Excel or WPS and save it",
                "cells that show an error such as #DIV/0!: 1", "columns with values but no name, which are not read: D",
            ])
    }

    @Test func `an empty sheet and two columns of one name are told`() throws {
        #expect(try summary(TestWorkbook("")).sheets.first?.headerRow == nil)
        let twice = try summary(TestWorkbook("<row>\(text("A1", "a"))\(text("B1", "a"))</row>")).sheets.first
        #expect(twice?.problem?.en.contains("both named 'a'") == true)
        #expect(twice?.isHeaderSure == false)
    }
}
