import FuzzedReading
import PlumblineKit
import RecordFiles

@main struct FuzzDates {
    static func main() {
        fuzz { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            for order in [nil] + DateOrder.allCases.map(Optional.some) { date(text, order) }
            for mark in [nil, WrittenNumber.DecimalMark.point, .comma] { number(text, mark) }
            for epoch in [SerialDate.Epoch.year1900, .year1904] { serial(text, epoch) }
        }
    }

    /// What was read is read again as the same, and is a moment.
    private static func date(_ text: String, _ order: DateOrder?) {
        guard let date = try? WrittenDate(text, order: order) else { return }
        let again = try? WrittenDate(date.text)
        FuzzedReading.check(again == date, "\(text) is \(date) and then \(String(describing: again))")
        let moment = date.date + "T" + (date.time ?? "00:00:00") + (date.offset ?? "Z")
        FuzzedReading.check(Instant(rfc3339: moment) != nil, "\(text) gives \(moment)")
    }

    /// What was read is a number in JSON.
    private static func number(_ text: String, _ mark: WrittenNumber.DecimalMark?) {
        guard let number = try? WrittenNumber(text, mark: mark) else { return }
        let json = try? JSON.parse(Array(number.text.utf8))
        FuzzedReading.check(json == .number(number.text), "\(text) gives \(number.text)")
    }

    private static func serial(_ text: String, _ epoch: SerialDate.Epoch) {
        guard let date = try? SerialDate.text(of: text, epoch: epoch) else { return }
        FuzzedReading.check((try? WrittenDate(date))?.text == date, "\(text) gives \(date)")
    }
}
