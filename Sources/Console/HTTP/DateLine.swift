internal import Foundation
internal import PlumblineKit
internal import Synchronization

/// The date that every answer carries, written once a second.
final class DateLine: Sendable {
    private let written = Mutex<(second: Int, text: String)>((0, ""))

    /// Now, as HTTP writes it.
    var text: String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        return written.withLock { written in
            if written.second != now.tv_sec { written = (now.tv_sec, Self.text(now.tv_sec)) }
            return written.text
        }
    }

    private static func text(_ second: Int) -> String {
        var second = second
        var parts = tm()
        gmtime_r(&second, &parts)
        let day = days[Int(parts.tm_wday)]
        let month = months[Int(parts.tm_mon)]
        let date = "\(two(parts.tm_mday)) \(month) \(1900 + Int(parts.tm_year))"
        return "\(day), \(date) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
    }

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
