/// What the server grants those who connect, before anything is known of them.
public struct HTTPLimits: Sendable, Hashable {
    /// How long a header field, and the first line of a request, may be, in bytes.
    public var fieldBytes = 8 * 1024
    /// How long all header fields of a request may be together, in bytes.
    public var headerBytes = 16 * 1024
    /// How many header fields a request may have.
    public var fields = 100
    /// How many connections are open at once; more wait in the system's queue. Well below the 1,024 files that a process
    /// may have open by default.
    public var connections = 512
    /// Within which time the header of a connection's first request has come.
    public var headTime = Duration.seconds(10)
    /// Within which time, from its header on, a request has come as a whole.
    public var bodyTime = Duration.seconds(30)
    /// Within which time a request is answered, and the answer taken.
    public var answerTime = Duration.seconds(60)
    /// How long a connection may rest between two requests: longer than nginx keeps one, so that nginx closes it.
    public var idleTime = Duration.seconds(75)
    /// How long a sender that is told to go may go on sending, so that it sees why.
    public var lingerTime = Duration.seconds(2)

    /// The usual limits.
    public init() {}

    /// How often a connection is looked at: often enough for the shortest time.
    var tick: Duration {
        min(.seconds(1), [headTime, bodyTime, answerTime, idleTime, lingerTime].min().map { $0 / 2 } ?? .seconds(1))
    }
}
