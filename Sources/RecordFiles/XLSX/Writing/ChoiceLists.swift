import CXLSXWriter
import Glibc

/// The lists from which the cells of a column are chosen.
///
/// Excel takes short lists into the rule itself; those that are longer than 255 characters or hold commas go to a
/// hidden sheet.
struct ChoiceLists {
    /// The name of the hidden sheet.
    static let sheet = "lists"
    private static let mostCharacters = 255
    private static let lastRow: lxw_row_t = 1_048_575

    private var long: [[String]] = []

    /// Whether no sheet is needed.
    var isEmpty: Bool { long.isEmpty }

    /// Restricts the cells of a column from `row` down to these choices.
    mutating func validate(
        _ choices: [String], from row: lxw_row_t, column: lxw_col_t, in sheet: UnsafeMutablePointer<lxw_worksheet>
    ) -> lxw_error {
        var rule = lxw_data_validation()
        let isShort = choices.joined(separator: ",").utf8.count <= Self.mostCharacters
        guard isShort, !choices.contains(where: { $0.contains(",") }) else {
            long.append(choices)
            let letters = FileFault.Place.letters(long.count)
            let formula = strdup("=\(Self.sheet)!$\(letters)$1:$\(letters)$\(choices.count)")
            defer { free(formula) }
            rule.validate = UInt8(LXW_VALIDATION_TYPE_LIST_FORMULA.rawValue)
            rule.value_formula = formula
            return worksheet_data_validation_range(sheet, row, column, Self.lastRow, column, &rule)
        }
        var list: [UnsafeMutablePointer<CChar>?] = choices.map { strdup($0) } + [nil]
        defer { for text in list { free(text) } }
        return list.withUnsafeMutableBufferPointer { list in
            rule.validate = UInt8(LXW_VALIDATION_TYPE_LIST.rawValue)
            rule.value_list = list.baseAddress
            return worksheet_data_validation_range(sheet, row, column, Self.lastRow, column, &rule)
        }
    }

    /// Writes the long lists, one to a column, into a sheet that it hides.
    func write(to sheet: UnsafeMutablePointer<lxw_worksheet>) {
        for row in 0..<(long.map(\.count).max() ?? 0) {
            for (column, list) in long.enumerated() where row < list.count {
                let text = WorkbookText.escaped(list[row])
                worksheet_write_string(sheet, lxw_row_t(row), lxw_col_t(truncatingIfNeeded: column), text, nil)
            }
        }
        worksheet_hide(sheet)
    }
}
