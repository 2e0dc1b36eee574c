internal import Gateway

/// The gateway's status, read from the store at most once a second, however many ask.
actor StatusCache {
    private let read: @Sendable () async throws(HostError) -> GatewayStatus
    private let now: @Sendable () -> ContinuousClock.Instant
    private var last: (moment: ContinuousClock.Instant, result: Result<GatewayStatus, HostError>)?
    private var reading: Task<Result<GatewayStatus, HostError>, Never>?

    private static let age = Duration.seconds(1)

    init(
        now: @escaping @Sendable () -> ContinuousClock.Instant,
        read: @escaping @Sendable () async throws(HostError) -> GatewayStatus
    ) {
        (self.now, self.read) = (now, read)
    }

    /// The status, not older than a second when it was asked for.
    func status() async throws(HostError) -> GatewayStatus {
        if let last, now() - last.moment < Self.age { return try last.result.get() }
        let reading = reading ?? begin()
        let result = await reading.value
        return try result.get()
    }

    private func begin() -> Task<Result<GatewayStatus, HostError>, Never> {
        let task = Task {
            let result: Result<GatewayStatus, HostError>
            do throws(HostError) { result = .success(try await read()) } catch { result = .failure(error) }
            last = (now(), result)
            reading = nil
            return result
        }
        reading = task
        return task
    }
}
