internal import Expressions
internal import Indicators
internal import ReviewStore
internal import Synchronization

/// Tells what is unusual in what systems send, once: alarms for those who look after the gateway, and of a silence a notice
/// to the sinks, as of any connection that fails. An event that comes tells them that it works again.
final class RhythmWatch: Sendable {
    private let state = Mutex(State())

    private struct State {
        var told: Set<Finding> = []
        var last: Timestamp?
    }

    private struct Finding: Hashable {
        let connection: String
        let detail: String
    }

    /// How often is looked: a silence is a matter of hours.
    private static let pause = Duration.seconds(600)

    /// Looks, unless it has just done so.
    func look(_ host: WorkspaceHost) async throws(HostError) {
        guard isDue(host.now()) else { return }
        let hours = try await host.storing { () throws(StoreError) in try await host.store.pushedHours() }
        for rhythm in host.workspace.rhythms(hours, now: host.now()) {
            for finding in rhythm.findings { try await tell(finding, of: rhythm.connection, host) }
        }
    }

    private func isDue(_ now: Timestamp) -> Bool {
        state.withLock { state in
            if let last = state.last, now - last < Self.pause, now >= last { return false }
            state.last = now
            return true
        }
    }

    private func tell(_ finding: GateFinding, of connection: String, _ host: WorkspaceHost) async throws(HostError) {
        let text = host.workspace.configuration.language == "zh" ? finding.text.zh : finding.text.en
        let detail = [finding.rule, finding.subject].compactMap(\.self).joined(separator: " ")
        let isNew = state.withLock { $0.told.insert(Finding(connection: connection, detail: detail)).inserted }
        guard isNew else { return }
        try await host.storing { () throws(StoreError) in
            if finding.rule == PushedRhythm.silence {
                try await host.store.noteConnectionFailure(connection, reason: text)
            }
            let known = try await host.store.alarms()
            if known.contains(where: { $0.connection == connection && $0.detail == detail }) { return }
            let now = host.now()
            try await host.store.raise([
                Alarm(connection: connection, kind: .unusual, detail: detail, count: 1, first: now, last: now)
            ])
        }
    }
}
