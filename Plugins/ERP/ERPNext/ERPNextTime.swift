import PlumblineKit

extension Instant {
    /// A time as the site writes it: `2026-01-05 09:10:11.123456`, perhaps without a fraction; nil for any other text.
    init?(erpnext text: String) {
        guard text.utf8.count >= 19, let time = Instant(rfc3339: text + "Z") else { return nil }
        self = time
    }

    /// As filters and cursors write it, always with six digits behind the second.
    var erpnextText: String {
        let fraction = String(((microseconds % 1_000_000) + 1_000_000) % 1_000_000)
        return "\(erpnextSeconds).\(String(repeating: "0", count: 6 - fraction.count))\(fraction)"
    }

    /// As records write it: `2026-01-05 09:10:11`.
    var erpnextSeconds: String { String(rfc3339.prefix(19).replacing("T", with: " ")) }
}
