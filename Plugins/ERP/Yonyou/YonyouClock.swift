import PlumblineKit

/// The clocks of Yonyou's servers, which tell no zone: a fixed time ahead of UTC.
struct YonyouClock: Sendable {
    /// Seconds ahead of UTC.
    private let offset: Int
    /// As RFC 3339 writes it, such as `+08:00`.
    private let offsetText: String
    /// How the time of the last change is written.
    let form: YonyouTimeForm

    /// Refuses an offset that is none.
    init(settings: Settings) throws(ConnectorError) {
        let text = settings[YonyouSettings.utcOffset]
        let noon = "2026-01-01T12:00:00"
        guard text.utf8.count == 6, let utc = Instant(rfc3339: noon + "Z"), let moment = Instant(rfc3339: noon + text)
        else {
            throw .settings(
                field: YonyouSettings.utcOffset.field.key, reason: "expected an offset such as +08:00, got '\(text)'")
        }
        offset = Int((utc.microseconds - moment.microseconds) / 1_000_000)
        offsetText = text
        form = YonyouTimeForm(rawValue: settings[YonyouSettings.timeForm]) ?? .text
    }

    /// The moment of a time such as `2026-01-05 08:10:00`; nil for any other text.
    func moment(of text: String) -> Instant? {
        guard text.utf8.count >= 19 else { return nil }
        return Instant(rfc3339: text + "Z")?.advanced(bySeconds: -offset)
    }

    /// The time of the last change that a row tells; nil where it tells none.
    func changed(_ value: JSON?) -> Instant? {
        switch form {
        case .text: value?.string.flatMap(moment)
        case .milliseconds: value?.scalarText.flatMap { Int64($0) }.flatMap(Self.moment(ofMilliseconds:))
        }
    }

    /// A moment as conditions write it, in whole seconds.
    func condition(_ moment: Instant) -> JSON {
        switch form {
        case .text: .string(String(local(moment).prefix(19)).replacing("T", with: " "))
        case .milliseconds: .number(String(moment.microseconds / 1000))
        }
    }

    /// A time as records hold it, with the offset; nil for a text that is no time.
    func recordText(of text: String) -> String? {
        moment(of: text).map { local($0).prefix(19) + offsetText }
    }

    private func local(_ moment: Instant) -> String { moment.advanced(bySeconds: offset).rfc3339 }

    private static func moment(ofMilliseconds count: Int64) -> Instant? {
        (0..<253_402_300_800_000).contains(count) ? Instant(microseconds: count * 1000) : nil
    }
}

/// How a service writes times of changes.
enum YonyouTimeForm: String, CaseIterable {
    /// `2026-01-05 08:10:00`.
    case text
    /// Milliseconds since 1970.
    case milliseconds
}
