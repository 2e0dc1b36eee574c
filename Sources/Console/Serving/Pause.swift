internal import ServiceLifecycle

/// Waits for a while. False once the process is to stop, and then at once.
typealias Pause = @Sendable (Duration) async -> Bool

/// The pause of a running program.
@Sendable func waiting(_ duration: Duration) async -> Bool {
    try? await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
    return !Task.isCancelled && !Task.isShuttingDownGracefully
}
