internal import Expressions
internal import Gateway

/// Everything that is measured, as metrics.
struct GatewayMetrics {
    /// Nil where the store could not be asked: what it alone knows is left out then.
    let status: GatewayStatus?
    let workers: [WorkerHealth]
    let hooks: HookTally
    let http: HTTPTally
    let isConfigurationValid: Bool
    /// The connections that take no requests although their files say that they do.
    let faults: [CallbackFault]
    let version: String
    let process: ProcessMeasures

    private typealias Sample = MetricsText.Sample

    /// The page that is scraped.
    var text: String {
        var metrics = MetricsText()
        addGeneral(&metrics)
        addConnections(&metrics)
        addRequests(&metrics)
        addProcess(&metrics)
        return metrics.text
    }

    private func addGeneral(_ metrics: inout MetricsText) {
        metrics.add("plumbline_build_info", .gauge, "The program's version.", [Sample(1, ("version", version))])
        metrics.add(
            "plumbline_configuration_valid", .gauge, "Whether the workspace's files are served as they are now.",
            [Sample(isConfigurationValid ? 1 : 0)])
        metrics.add(
            "plumbline_store_readable", .gauge, "Whether the store could be asked.", [Sample(status == nil ? 0 : 1)])
        metrics.add(
            "plumbline_worker_up", .gauge, "Whether a worker lives.",
            workers.map { Sample($0.isUp ? 1 : 0, ("worker", $0.name)) })
        metrics.add(
            "plumbline_worker_failures_total", .counter, "How often a worker has failed.",
            workers.map { Sample($0.failures, ("worker", $0.name)) })
    }

    private func addConnections(_ metrics: inout MetricsText) {
        guard let status else { return }
        let connections = status.connections
        metrics.add(
            "plumbline_connection_last_success_timestamp_seconds", .gauge,
            "When the stream that was read longest ago was read to its end.",
            connections.compactMap { one in
                one.lastSuccess.map { Sample(.microseconds($0.microseconds), ("connection", one.name)) }
            })
        metrics.add(
            "plumbline_connection_lag_seconds", .gauge, "How long ago that was.",
            connections.compactMap { one in
                one.lastSuccess.map { Sample(status.moment - $0, ("connection", one.name)) }
            })
        metrics.add(
            "plumbline_inbox_depth", .gauge, "Events that were received and are not mapped yet.",
            connections.compactMap { one in one.inboxDepth.map { Sample($0, ("connection", one.name)) } })
        metrics.add(
            "plumbline_inbox_oldest_seconds", .gauge, "How long the first of them has waited.",
            connections.compactMap { one in
                one.inboxOldest.map { Sample(status.moment - $0, ("connection", one.name)) }
            })
        metrics.add(
            "plumbline_hook_last_event_timestamp_seconds", .gauge,
            "When the hour began in which the connection's system sent something last.",
            connections.compactMap { one in
                one.lastEvent.map { Sample(.microseconds($0.microseconds), ("connection", one.name)) }
            })
        metrics.add(
            "plumbline_hook_unusual", .gauge, "What is unusual in what the connection's system sends.",
            connections.flatMap { one in one.unusual.map { Sample(1, ("connection", one.name), ("rule", $0)) } })
        metrics.add(
            "plumbline_inbox_untaken_records", .gauge, "Records in events that are kept which no stream takes.",
            connections.compactMap { one in one.inboxUntaken.map { Sample($0, ("connection", one.name)) } })
        metrics.add(
            "plumbline_device_last_call_timestamp_seconds", .gauge, "When a device has called last.",
            connections.flatMap { one in
                one.deviceCalls.sorted { $0.key < $1.key }.map { serial, called in
                    Sample(.microseconds(called.microseconds), ("connection", one.name), ("device", serial))
                }
            })
        metrics.add(
            "plumbline_rejects_open", .gauge, "Records that could not be used and wait for a person.",
            connections.map { Sample($0.openRejects, ("connection", $0.name)) })
        metrics.add(
            "plumbline_gate_holds_open", .gauge, "What the quality gate holds until a person decides.",
            connections.map { Sample($0.openHolds, ("connection", $0.name)) })
        metrics.add(
            "plumbline_outbox_depth", .gauge, "Events that are to go out.",
            status.sinks.map { Sample($0.depth, ("sink", $0.name)) })
    }

    private func addRequests(_ metrics: inout MetricsText) {
        metrics.add(
            "plumbline_hook_misconfigured", .gauge, "Connections that take no requests although their files say so.",
            faults.map { Sample(1, ("connection", $0.connection)) })
        metrics.add(
            "plumbline_hook_requests_total", .counter, "Requests to the addresses of connections.",
            Self.samples(hooks.outcomes, "outcome"))
        metrics.add(
            "plumbline_hook_refusals_total", .counter, "Requests that were refused, and why.",
            Self.samples(hooks.refusals, "reason"))
        metrics.add(
            "plumbline_http_refusals_total", .counter, "Clients that were turned away before they had a request.",
            HTTPTally.Reason.allCases.map { Sample(http[$0], ("reason", $0.rawValue)) })
    }

    private func addProcess(_ metrics: inout MetricsText) {
        metrics.add(
            "plumbline_process_cpu_seconds_total", .counter, "Time of processors that the process took.",
            [Sample(process.processorTime)])
        metrics.add(
            "plumbline_process_resident_memory_bytes", .gauge, "Memory of the process that lies in RAM.",
            process.residentBytes.map { [Sample($0)] } ?? [])
        metrics.add(
            "plumbline_process_open_fds", .gauge, "Open files and connections.",
            process.openFiles.map { [Sample($0)] } ?? [])
    }

    private static func samples(_ counts: [HookTally.Key: Int], _ label: String) -> [Sample] {
        counts.sorted { ($0.key.connection, $0.key.what) < ($1.key.connection, $1.key.what) }.map { key, count in
            Sample(count, ("connection", key.connection), (label, key.what))
        }
    }
}
