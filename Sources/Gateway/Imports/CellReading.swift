internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import RecordFiles

/// Rewrites the cells of columns that hold dates or numbers as people write them into the one form that mappings read.
///
/// Such are the columns that the mapping hands on to a field of that kind, and those that were recognised as such. A cell
/// that is no date or number stays as it is: the mapping says what is wrong with it.
struct CellReading {
    private let columns: [String: Form]
    private let zone: Zone

    private enum Form {
        /// One that a mapping reads as an instant begins its day where it has no time.
        case date(DateOrder?, isInstant: Bool)
        case number(WrittenNumber.DecimalMark?)
    }

    init(_ columns: [RecognisedColumn], _ mapping: Mapping, _ request: ImportRequest, zone: Zone) {
        self.zone = zone
        let wanted = mapping.handedOnFields
        var forms: [String: Form] = [:]
        for column in columns {
            let isDate = wanted[column.name].map { $0 == .date || $0 == .datetime } ?? column.type.isDate
            let isNumber = wanted[column.name].map { [.int, .decimal, .money].contains($0) } ?? column.type.isNumber
            if isDate {
                forms[column.name] = .date(
                    request.dateOrder ?? column.dateOrder, isInstant: wanted[column.name] == .datetime)
            }
            if isNumber { forms[column.name] = .number(request.decimalMark ?? column.decimalMark) }
        }
        self.columns = forms
    }

    func rewrite(_ batch: inout SourceBatch) {
        for (field, name) in batch.fields.enumerated() {
            guard let form = columns[name] else { continue }
            for row in 0..<batch.count { rewrite(field, row, form, &batch) }
        }
    }

    private func rewrite(_ field: Int, _ row: Int, _ form: Form, _ batch: inout SourceBatch) {
        let cell = batch.cell(field, of: row)
        guard cell.kind == .text, let new = text(batch.content(cell), form) else { return }
        batch.cells[row * batch.fields.count + field] = .init(.text, start: batch.bytes.count, count: new.utf8.count)
        batch.bytes += new.utf8
    }

    /// The text in the one form; nil where it is so already, or no date or number.
    private func text(_ content: ArraySlice<UInt8>, _ form: Form) -> String? {
        if case .number = form, content.isPlainNumber { return nil }
        if case .date = form, let text = programText(content) { return text }
        let old = String(decoding: content, as: UTF8.self)
        let new =
            switch form {
            case .date(let order, let isInstant):
                (try? WrittenDate(old, order: order)).map { text($0, isInstant: isInstant) }
            case .number(let mark): (try? WrittenNumber(old, mark: mark))?.text
            }
        return new == old ? nil : new
    }

    /// The instant of a local time as programs and workbooks write it, `2026-07-01T09:30:00`, which has one meaning and
    /// is read at a fraction of the cost; nil for every other form.
    private func programText(_ content: ArraySlice<UInt8>) -> String? {
        guard content.count == Self.programForm.count else { return nil }
        for (digit, wanted) in zip(content, Self.programForm) {
            guard wanted == UInt8(ascii: "0") ? 48...57 ~= digit : digit == wanted else { return nil }
        }
        let start = content.startIndex
        let pair = { (place: Int) in Int(content[start + place] - 48) * 10 + Int(content[start + place + 1] - 48) }
        let (hour, minute, second) = (pair(11), pair(14), pair(17))
        guard hour < 24, minute < 60, second < 60,
            let day = Day(year: pair(0) * 100 + pair(2), month: pair(5), day: pair(8))
        else { return nil }
        return zone.instant(day, second: Int64(hour * 3600 + minute * 60 + second)).rfc3339
    }

    private static let programForm = Array("0000-00-00T00:00:00".utf8)

    /// A local time becomes an instant of the connection's zone.
    private func text(_ date: WrittenDate, isInstant: Bool) -> String {
        guard let time = date.time ?? (isInstant ? "00:00:00" : nil), date.offset == nil,
            let day = Day(text: date.date),
            let second = Self.second(time)
        else { return date.text }
        return zone.instant(day, second: second).rfc3339
    }

    private static func second(_ time: String) -> Int64? {
        let parts = time.prefix(8).split(separator: ":").compactMap { Int64($0) }
        return parts.count == 3 && time.count == 8 ? parts[0] * 3600 + parts[1] * 60 + parts[2] : nil
    }
}

extension ArraySlice<UInt8> {
    /// Whether these are a few digits and nothing else, as every reading leaves them.
    fileprivate var isPlainNumber: Bool {
        guard let first, count <= 15, count == 1 || first != UInt8(ascii: "0") else { return false }
        return allSatisfy { 48...57 ~= $0 }
    }
}

extension RecognisedColumn.ValueType {
    fileprivate var isDate: Bool { self == .date || self == .dateTime }
    fileprivate var isNumber: Bool { self == .integer || self == .decimal }
}
