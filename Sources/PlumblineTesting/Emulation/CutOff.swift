public import PlumblineKit
public import Testing

/// A moment up to which, or from which, a run reads; for tests of what lies on its two sides.
///
/// Every connector with an incremental cursor is tested with all of them: a record a second before, one on the moment,
/// one a second later, whatever the zone of the connection.
public struct CutOff: Sendable, CustomTestStringConvertible {
    /// The zone of the connection, an IANA name.
    public let zone: String
    /// The moment as a person writes it in that zone.
    public let written: String
    /// What it means.
    public let moment: Instant

    private init(_ zone: String, _ written: String, _ utc: String) {
        guard let moment = Instant(rfc3339: utc), moment == Instant(rfc3339: written) else {
            preconditionFailure("'\(written)' is not '\(utc)'")
        }
        (self.zone, self.written, self.moment) = (zone, written, moment)
    }

    /// Zone and text.
    public var testDescription: String { "\(written) in \(zone)" }

    /// Midnights, ends of periods, and the hours that summer time leaves out and repeats.
    public static let all = [
        CutOff("UTC", "2026-07-01T00:00:00Z", "2026-07-01T00:00:00Z"),
        CutOff("UTC", "2026-12-31T23:59:59Z", "2026-12-31T23:59:59Z"),
        CutOff("Asia/Shanghai", "2026-07-01T00:00:00+08:00", "2026-06-30T16:00:00Z"),
        CutOff("Asia/Shanghai", "2026-07-01T07:59:59+08:00", "2026-06-30T23:59:59Z"),
        CutOff("Europe/Berlin", "2026-03-29T01:59:59+01:00", "2026-03-29T00:59:59Z"),
        CutOff("Europe/Berlin", "2026-03-29T03:00:00+02:00", "2026-03-29T01:00:00Z"),
        CutOff("Europe/Berlin", "2026-10-25T02:30:00+02:00", "2026-10-25T00:30:00Z"),
        CutOff("Europe/Berlin", "2026-10-25T02:30:00+01:00", "2026-10-25T01:30:00Z"),
    ]
}
