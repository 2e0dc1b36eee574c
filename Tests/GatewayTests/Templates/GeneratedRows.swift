import Expressions
import Foundation
import Indicators
import RecordFiles

@testable import Gateway

/// Good rows of a record type, each as people write it and as the record that it must become.
struct GeneratedRows {
    let type: RecordType
    let labels: RecordLabels
    let zone: Zone
    var count = 4

    struct Cell {
        let text: String
        /// As a workbook holds it.
        let typed: WorkbookWriter.Value
        let value: Value

        static let empty = Cell(text: "", typed: .blank, value: .null)
    }

    /// The cells of a row by field, the empty ones too.
    func row(_ row: Int) -> [String: Cell] {
        var cells: [String: Cell] = [:]
        for (index, field) in type.fields.enumerated() { cells[field.name] = cell(field, row, row * 3 + index) }
        if type.name == ReportedValues.recordType { report(row, &cells) }
        return cells
    }

    /// A value by hand is of a person, and its identifier is made of what it says.
    private func report(_ row: Int, _ cells: inout [String: Cell]) {
        let person = "E0\(row + 1)"
        cells["indicator_id"] = text("visits")
        cells["employee_id"] = text(person)
        cells["org_unit_id"] = .empty
        cells["entered_at"] = .empty
        cells["id"] = text("visits/\(person)/2026-0\(row + 1)")
    }

    private func cell(_ field: RecordField, _ row: Int, _ variant: Int) -> Cell {
        if field.isOptional, variant % 4 == 3 { return .empty }
        if field.isList, variant % 4 == 3 { return Cell(text: "", typed: .blank, value: .list([])) }
        if field.isList, variant % 4 == 2 { return Cell(text: ";", typed: .text(";"), value: .list([])) }
        guard field.isList else { return one(field, row, variant) }
        let cells = (0...variant % 2).map { one(field, row, variant + $0) }
        let joined = cells.map(\.text).joined(separator: variant % 2 == 0 ? ";" : "； ")
        return Cell(text: joined, typed: .text(joined), value: .list(cells.map(\.value)))
    }

    private func text(_ text: String) -> Cell { Cell(text: text, typed: .text(text), value: .string(text)) }

    private func one(_ field: RecordField, _ row: Int, _ variant: Int) -> Cell {
        switch field.kind {
        case .string where field.name == "period":
            let forms = ["2026-0\(row + 1)", "2026/\(row + 1)", "2026年\(row + 1)月", "20260\(row + 1)"]
            return Cell(text: forms[row], typed: .text(forms[row]), value: .string("2026-0\(row + 1)"))
        case .string: return text("A\(row)-\(variant)，“好”")
        case .employeeRef: return text("E0\(variant % 3 + 1)")
        case .orgUnitRef: return text("Plumb/\(["Support", "Sales", "Lab", "Desk"][row])")
        case .int: return Cell(text: "\(variant)", typed: .number("\(variant)"), value: .int(Int64(variant)))
        case .decimal, .money: return number("\(variant).25")
        case .bool: return flag(variant)
        case .date: return date(row, variant)
        case .datetime: return time(row, variant)
        case .enumeration(let codes): return choice(codes, variant)
        case .interval: return span(row, owner: nil)
        case .ownerInterval: return span(row, owner: "E02")
        }
    }

    private func number(_ text: String) -> Cell {
        Cell(text: text, typed: .number(text), value: Rational(decimalText: text).map { .decimal($0) } ?? .null)
    }

    private func flag(_ variant: Int) -> Cell {
        let forms = [("是", true), ("no", false), ("TRUE", true), ("0", false), ("yes", true), ("否", false)]
        let (text, flag) = forms[variant % forms.count]
        return Cell(text: text, typed: variant % 2 == 0 ? .boolean(flag) : .text(text), value: .bool(flag))
    }

    private func date(_ row: Int, _ variant: Int) -> Cell {
        let day = Day(sinceEpoch: 20_640 + Int64(row))
        let civil = day.civil
        let forms = [
            day.description, "\(civil.year)/\(civil.month)/\(civil.day)", "\(civil.year)年\(civil.month)月\(civil.day)日",
        ]
        return Cell(
            text: forms[variant % 3], typed: .date(day.description), value: .timestamp(zone.start(of: day)))
    }

    private func time(_ row: Int, _ variant: Int) -> Cell {
        let day = Day(sinceEpoch: 20_640 + Int64(row))
        let instant = zone.instant(day, second: 34_200)
        let forms = ["\(day) 09:30:00", "\(day) 9:30", instant.rfc3339]
        return Cell(text: forms[variant % 3], typed: .date("\(day)T09:30:00"), value: .timestamp(instant))
    }

    private func choice(_ codes: [String], _ variant: Int) -> Cell {
        let code = codes[variant % codes.count]
        let label = labels.label(ofValue: code, in: type.name)
        let text = (label.headings + [code])[variant % 4]
        return Cell(text: text, typed: .text(text), value: .string(code))
    }

    private func span(_ row: Int, owner: String?) -> Cell {
        let day = Day(sinceEpoch: 20_640 + Int64(row))
        let isOpen = row % 2 == 1
        let text = (owner.map { "\($0) | " } ?? "") + "\(day) 09:00 ~" + (isOpen ? "" : " \(day) 10:30")
        let ends: [Value] = [
            .timestamp(zone.instant(day, second: 32_400)),
            isOpen ? .null : .timestamp(zone.instant(day, second: 37_800)),
        ]
        let schema: RecordSchema = owner == nil ? .interval : .ownerInterval
        let slots = (owner.map { [.string($0)] } ?? []) + ends
        return Cell(text: text, typed: .text(text), value: .record(RecordValue(schema: schema, slots: slots)))
    }
}
