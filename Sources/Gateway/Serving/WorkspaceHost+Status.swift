internal import Expressions
internal import PlumblineKit
internal import ReviewStore

extension WorkspaceHost: GatewayStatusReading {
    /// How the workspace's connections are, as far as the store knows.
    public func status() async throws(HostError) -> GatewayStatus {
        let (streams, depths, sinks, hours) = try await storing { () throws(StoreError) in
            (
                try await store.streamConditions(), try await store.inboxDepths(), try await store.outboxDepths(),
                try await store.pushedHours()
            )
        }
        let rhythms = workspace.rhythms(hours, now: now())
        let untaken = try await storing { () throws(StoreError) in try await store.inboxUntaken() }
        let calls = try await storing { () throws(StoreError) in try await store.deviceContacts(of: nil) }
        let known = Dictionary(grouping: streams, by: \.connection)
        return GatewayStatus(
            moment: now(),
            connections: workspace.connections.map { connection in
                var status = connection.status(
                    known[connection.name] ?? [], depths.first { $0.connection == connection.name },
                    rhythms.first { $0.connection == connection.name },
                    untaken: untaken.first { $0.connection == connection.name }?.records ?? 0)
                status.deviceCalls = connection.calls(among: calls)
                return status
            },
            sinks: workspace.sinks.map { sink in
                SinkStatus(name: sink.name, depth: sinks.first { $0.sink == sink.name }?.waiting ?? 0)
            })
    }
}

extension Connection {
    /// When the devices that it lists have called.
    fileprivate func calls(among contacts: [DeviceContact]) -> [String: Timestamp] {
        let listed = Set((devices?.all ?? []).map(\.serial))
        let own = contacts.filter { $0.connection == name && listed.contains($0.serial) }
        return Dictionary(own.map { ($0.serial, $0.called) }) { max($0, $1) }
    }

    fileprivate func status(
        _ known: [StreamCondition], _ depth: InboxDepth?, _ rhythm: PushedRhythm?, untaken: Int
    ) -> ConnectionStatus {
        let read = streams.map { stream in known.first { $0.stream == stream.name }?.lastGood }
        var status = ConnectionStatus(
            name: name, lastSuccess: read.contains(nil) ? nil : read.compactMap { $0 }.min(),
            openRejects: known.map(\.openRejects).reduce(0, +), openHolds: known.map(\.openHolds).reduce(0, +),
            inboxDepth: callback == nil ? nil : depth?.waiting ?? 0, inboxOldest: depth?.oldest,
            inboxUntaken: callback == nil ? nil : untaken)
        status.lastEvent = rhythm?.lastEvent
        status.unusual = rhythm?.findings.map(\.rule) ?? []
        return status
    }
}
