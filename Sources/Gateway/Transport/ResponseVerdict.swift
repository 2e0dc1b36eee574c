import PlumblineKit

/// What an answer's status means for the request.
enum ResponseVerdict: Equatable, Sendable {
    /// The connector gets the answer, or it is a redirect.
    case deliver
    /// The source does not accept our credentials.
    case refuse
    /// The source cannot answer now; it may say when to come again.
    case retry(after: Duration?)

    /// No wish of a source for a pause is believed beyond a day.
    static let longestRetryAfter: Duration = .seconds(86_400)

    init(status: Int, headers: HTTPHeaders, unixTime: Int64, source: SourceHeaders = SourceHeaders()) {
        switch status {
        case 401, 403: self = .refuse
        case 408, 429, 500...599:
            let wait = source.wait(in: headers, now: unixTime)
            self = .retry(after: wait.map { min($0, Self.longestRetryAfter) })
        default: self = .deliver
        }
    }
}
