internal import Indicators
public import PlumblineKit
internal import ReviewStore

/// What a serving process asks of a host beside its work.
extension WorkspaceHost {
    /// The same host at work on other files, its store made ready for their record types.
    ///
    /// - Throws: `HostError.invalid` where the files change what the store was opened with.
    public func working(on workspace: Workspace) async throws(HostError) -> WorkspaceHost {
        let (old, new) = (self.workspace.calendar.zone, workspace.calendar.zone)
        guard old == new else {
            throw .invalid(
                "plumbline.yaml: the zone has changed from \(old.identifier) to \(new.identifier), which takes a restart "
                    + "of 'plumbline serve', then 'plumbline rebuild'")
        }
        var host = WorkspaceHost(workspace: workspace, store: store, secrets: secrets, now: now, actor: actor)
        host.log = log
        host.transportEnvironment = transportEnvironment
        do throws(StoreError) { try await host.prepare() } catch { throw .store(error) }
        return host
    }

    /// What those who ask for metrics from another machine must bring; nil where the company has set nothing.
    public func metricsToken() -> Secret? {
        (try? secrets.resolve(.file("metrics-token")))
            ?? (try? secrets.resolve(.environment("PLUMBLINE_METRICS_TOKEN")))
    }
}
