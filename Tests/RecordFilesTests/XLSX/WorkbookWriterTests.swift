import Foundation
import PlumblineKit
import Testing

@testable import RecordFiles

@Suite struct WorkbookWriterTests {
    @Test func `what is written is read back`() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending(path: "out.xlsx").path
            let writer = try WorkbookWriter(path: path)
            try writer.addSheet(
                named: "工单",
                columns: [
                    WorkbookColumn("编号 / id", type: .text, note: "of the ticket"), WorkbookColumn("count"),
                    WorkbookColumn("day", type: .date), WorkbookColumn("at", type: .dateTime, width: 20),
                    WorkbookColumn("ok"), WorkbookColumn("status", choices: ["open", "closed"]),
                    WorkbookColumn("unit", choices: (0..<60).map { "unit, number \($0)" }),
                ])
            try writer.append([
                .text("007"), .number("12.50"), .date("2026-07-01"), .date("2026-07-01T09:30:05"), .boolean(true),
                .text("=HYPERLINK(\"http://x\")"), .text(" a\r\n\u{1}_x0041_ "),
            ])
            try writer.append([
                .text("+1"), .number("12345678901234567.25"), .date("soon"), .date("2026-02-30"), .boolean(false),
                .blank,
            ])
            try writer.addNotes(named: "notes", ["One paragraph.", "=1+1"])
            try writer.close()
            let records = try Records(path: path)
            #expect(records.columns == ["编号 / id", "count", "day", "at", "ok", "status", "unit"])
            #expect(
                records.rows == [
                    [
                        "'007'", "12.5", "'2026-07-01'", "'2026-07-01T09:30:05'", "yes", "'=HYPERLINK(\"http://x\")'",
                        "' a\r\n\u{1}_x0041_ '",
                    ], ["'+1'", "'12345678901234567.25'", "'soon'", "'2026-02-30'", "no", "-", "-"],
                ])
            let sheets = try Workbook(path: path).sheets
            #expect(sheets.map(\.name) == ["工单", "notes", "lists"])
            #expect(sheets.map(\.state) == [.visible, .visible, .hidden])
            #expect(try Records(path: path, sheet: "notes").rows == [["'=1+1'"]])
        }
    }

    @Test func `names that Excel refuses are refused`() throws {
        try withTemporaryFolder { folder in
            let writer = try WorkbookWriter(path: folder.appending(path: "out.xlsx").path)
            for name in ["a/b", "[x]", String(repeating: "x", count: 32)] {
                #expect(throws: FileFault.self) { try writer.addSheet(named: name, columns: []) }
            }
            try writer.addSheet(named: "a", columns: [WorkbookColumn("x")])
            #expect(throws: FileFault.self) { try writer.addSheet(named: "A", columns: []) }
            let long = String(repeating: "x", count: 32_768)
            #expect(throws: FileFault.self) { try writer.append([.text(long)]) }
        }
    }

    @Test func `a workbook that cannot be written is told`() throws {
        #expect(throws: FileFault("the folder cannot be written to: /nowhere/")) {
            try WorkbookWriter(path: "/nowhere/out.xlsx")
        }
    }

    @Test func `many rows are written one by one`() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending(path: "out.xlsx").path
            let writer = try WorkbookWriter(path: path)
            try writer.addSheet(named: "a", columns: [WorkbookColumn("x"), WorkbookColumn("y")])
            for number in 0..<2000 { try writer.append([.number("\(number)"), .text("row \(number)")]) }
            try writer.close()
            #expect(try Records(path: path).rows.last == ["1999", "'row 1999'"])
        }
    }
}
