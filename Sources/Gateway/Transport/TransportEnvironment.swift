/// What the transport takes from the world besides the network: tests give their own.
struct TransportEnvironment: Sendable {
    /// Time since some fixed moment; never runs backwards.
    var uptime: @Sendable () -> Duration
    /// Seconds since 1970, to read dates in `Retry-After`.
    var unixTime: @Sendable () -> Int64
    /// Waits; throws only when the task is cancelled.
    var sleep: @Sendable (Duration) async throws -> Void
    /// A number in 0..<1 for jitter.
    var random: @Sendable () -> Double
    /// The addresses of a host name, in the order to try them.
    var resolve: @Sendable (String) async throws(ResolutionFailure) -> [IPAddress]

    /// The machine's own clock, randomness and resolver.
    static let system = TransportEnvironment(
        uptime: { [start = ContinuousClock.now] in start.duration(to: .now) },
        unixTime: { SystemClock.unixTime() },
        sleep: { try await Task.sleep(for: $0) },
        random: { Double.random(in: 0..<1) },
        resolve: { (host) async throws(ResolutionFailure) in try await SystemResolver.addresses(of: host) })
}

/// Why a host name has no address.
struct ResolutionFailure: Error, Hashable {
    /// The resolver's words, such as "Name or service not known".
    let reason: String
}
