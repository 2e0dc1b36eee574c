import PlumblineKit

/// Reads and writes times without a zone, such as `2026-01-05 08:10:00`, which are the server's or the user's: the
/// connection's zone says which.
struct GLPIClock: Sendable {
    let utcOffset: @Sendable (Instant) -> Int

    /// The moment; of two that clocks show alike, the earlier one. Nil for what is no time.
    func moment(_ text: String) -> Instant? { moments(text).first }

    /// The latest moment that `text` may mean.
    func latest(_ text: String) -> Instant? { moments(text).last }

    private func moments(_ text: String) -> [Instant] {
        guard let local = Self.naive(text) else { return [] }
        let offsets = [-86_400, 86_400].map { utcOffset(local.advanced(bySeconds: $0)) }
        let candidates = offsets.map { local.advanced(bySeconds: -$0) }
        let right = candidates.filter { $0.advanced(bySeconds: utcOffset($0)) == local }
        // What clocks never show is read with the offset of before.
        return right.isEmpty ? [candidates[0]] : right.sorted()
    }

    /// What clocks show at `moment`, or three hours less where they are about to change or have changed: then the text
    /// is early enough however it is read, and whatever comes behind it in the order of time has a greater one.
    func text(notAfter moment: Instant) -> String {
        let safe = isSteady(moment) ? moment : moment.advanced(bySeconds: -3 * 3600)
        return Self.text(safe.advanced(bySeconds: utcOffset(safe)))
    }

    private func isSteady(_ moment: Instant) -> Bool {
        utcOffset(moment.advanced(bySeconds: -3 * 3600)) == utcOffset(moment.advanced(bySeconds: 3 * 3600))
    }

    /// A second before what `text` says, for filters that leave out their value.
    static func before(_ text: String) -> String? {
        naive(text).map { Self.text($0.advanced(bySeconds: -1)) }
    }

    private static func naive(_ text: String) -> Instant? { Instant(rfc3339: "\(text)Z") }

    private static func text(_ naive: Instant) -> String {
        let text = naive.rfc3339
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))"
    }
}
