internal import Expressions
internal import ReviewStore

extension WorkspaceHost: GatewayStatusReading {
    /// How the workspace's connections are, as far as the store knows.
    public func status() async throws(HostError) -> GatewayStatus {
        let streams: [StreamCondition]
        do throws(StoreError) { streams = try await store.streamConditions() } catch { throw .store(error) }
        let known = Dictionary(grouping: streams, by: \.connection)
        return GatewayStatus(
            moment: now(), connections: workspace.connections.map { $0.status(known[$0.name] ?? []) })
    }
}

extension Connection {
    fileprivate func status(_ known: [StreamCondition]) -> ConnectionStatus {
        let read = streams.map { stream in known.first { $0.stream == stream.name }?.lastGood }
        return ConnectionStatus(
            name: name, lastSuccess: read.contains(nil) ? nil : read.compactMap { $0 }.min(),
            openRejects: known.map(\.openRejects).reduce(0, +), openHolds: known.map(\.openHolds).reduce(0, +))
    }
}
