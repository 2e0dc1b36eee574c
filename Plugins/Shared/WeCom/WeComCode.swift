import PlumblineKit

/// The `errcode`s that mean more than that a call failed.
///
/// - Not confirmed: `busy`, `invisible`, `unknownUser`, the wrong corp id (40013) and the address that is not on the app's
///   list (60020), which the reference of this connector does not name.
package enum WeComCode {
    /// The token is wrong or has ended: a new one is asked for, once.
    static let token: Set = [40001, 40014, 42001]
    /// Called too often: blocked for a time that is not told.
    static let frequency = 45009
    /// Too many calls at once.
    static let concurrency = 45033
    static let busy = -1
    /// The app lacks a right: wrong kind of secret, no approvals, wrong corp id, address not allowed.
    static let rights: Set = [40013, 48002, 60020, 301_055]
    /// Somebody or something outside of what the app may see.
    package static let invisible = 60011
    /// Nobody has this userid.
    package static let unknownUser = 60111
}

/// How long to wait behind the refusals of a call.
///
/// WeCom blocks for 60 s, 60 min or the rest of the calendar day, by the window that was exceeded, and tells which by
/// nothing. So the shortest is waited for first; a call that is refused again right behind its wait had exceeded a longer
/// one.
///
/// - Source: developer.work.weixin.qq.com/document/path/90454. Not confirmed: that the day is China's.
struct WeComBlock {
    /// What is waited for while others call at once; no time is documented.
    static let concurrency: Duration = .seconds(10)

    private var refusals: [String: Int] = [:]

    mutating func next(for path: String, now: Instant) -> Duration {
        let count = refusals[path, default: 0]
        refusals[path] = count + 1
        switch count {
        case 0: return .seconds(60)
        case 1: return .seconds(3600)
        default: return .seconds(86_400 - (now.microseconds / 1_000_000 + 28_800) % 86_400)
        }
    }

    mutating func end(for path: String) { refusals[path] = nil }
}
