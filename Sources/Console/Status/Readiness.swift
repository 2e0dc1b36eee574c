internal import Gateway
internal import PlumblineKit

/// Whether the gateway can do its work, and what keeps it from that.
struct Readiness {
    /// Something that is not as it must be.
    struct Problem: Hashable {
        /// What it is: `worker scheduler`, or `configuration`.
        let what: String
        /// Why.
        let why: String
    }

    let problems: [Problem]

    init(workers: [WorkerHealth], configuration: String?) {
        let dead = workers.compactMap { worker in
            worker.trouble.map { Problem(what: "worker \(worker.name)", why: $0) }
        }
        problems = dead + (configuration.map { [Problem(what: "configuration", why: $0)] } ?? [])
    }

    var isReady: Bool { problems.isEmpty }

    /// As JSON; the reasons, which may name files, only for those who may know them.
    func json(withReasons: Bool) -> JSON {
        let listed = problems.map { problem -> JSON in
            withReasons
                ? ["what": .string(problem.what), "why": .string(problem.why)] : ["what": .string(problem.what)]
        }
        return ["ready": .bool(isReady), "problems": .array(listed)]
    }
}
