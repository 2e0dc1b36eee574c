import PlumblineKit

extension Instant {
    /// A time as the server writes it: `2026-01-05T00:00:00`, perhaps with a fraction, or a space in place of the T; nil for
    /// any other text.
    init?(kingdee text: String) {
        guard text.utf8.count >= 19, let time = Instant(rfc3339: text + "Z") else { return nil }
        self = time
    }

    /// As records write it: `2026-01-05T00:00:00`.
    var kingdeeText: String { String(rfc3339.prefix(19)) }

    /// As conditions write it: `'2026-01-05 00:00:00'`.
    var kingdeeCondition: String { KingdeeQuery.quoted(kingdeeText.replacing("T", with: " ")) }
}
