internal import Gateway
internal import PlumblineKit

/// Whether the gateway can do its work, what keeps it from that, and what a person has to mend while it works.
///
/// Whoever asks is mostly what stands before the gateway and decides whether requests go to it. One process serves a workspace:
/// turned away here, requests go nowhere, those of connections that are well as well. So it is not ready only where no request
/// could be kept or nothing that is kept would be used, which is when a worker is dead. A mistake in a file is none: what was
/// served before is served on. Nor is a connection that cannot be opened: its own senders are asked to come later. Both are
/// warnings here, a metric, and a line of the doctor.
struct Readiness {
    /// Something that is not as it must be.
    struct Problem: Hashable {
        /// What it is: `worker scheduler`, `configuration`, or `connection desk`.
        let what: String
        /// Why.
        let why: String
    }

    let problems: [Problem]
    let warnings: [Problem]

    init(workers: [WorkerHealth], configuration: String?, connections: [CallbackFault]) {
        problems = workers.compactMap { worker in
            worker.trouble.map { Problem(what: "worker \(worker.name)", why: $0) }
        }
        warnings =
            (configuration.map { [Problem(what: "configuration", why: $0)] } ?? [])
            + connections.map { Problem(what: "connection \($0.connection)", why: $0.reason) }
    }

    var isReady: Bool { problems.isEmpty }

    /// As JSON; the reasons, which may name files, only for those who may know them.
    func json(withReasons: Bool) -> JSON {
        [
            "ready": .bool(isReady), "problems": .array(problems.map { $0.json(withReasons) }),
            "warnings": .array(warnings.map { $0.json(withReasons) }),
        ]
    }
}

extension Readiness.Problem {
    fileprivate func json(_ withReasons: Bool) -> JSON {
        withReasons ? ["what": .string(what), "why": .string(why)] : ["what": .string(what)]
    }
}
