internal import ArgumentParser
internal import Expressions
internal import Gateway
internal import PlumblineKit
internal import ReviewStore

struct Sinks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "See who is told what happens here, try a sink out, or enable it again.",
        discussion:
            "A sink is a file in the workspace's folder 'sinks'; 'plumbline init --sink KIND' writes a commented one.",
        subcommands: [List.self, Test.self, Enable.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the sinks: how each stands and what waits for it.",
            discussion: """
                JSON: [{sink, kind, events, people, country, state, since, reason, rests_until, failures, waiting, \
                oldest_waiting, given_up, disabled}]; a state is ok, open (it fails again and again and is spared until \
                rests_until), disabled (it answered 410), or unknown (events wait for it and no file describes it).
                """)

        @OptionGroup var options: WorkspaceOptions

        func run() async throws {
            let host = try await options.host()
            let all = try await host.sinkViews()
            if options.isJSON { return printJSON(.array(all.map(\.json))) }
            var table = Table("SINK", "KIND", "STATE", "WAITING", "SINCE", "GIVEN UP", "")
            for view in all {
                table.add(
                    view.name, view.sink?.kind.rawValue ?? "-", view.stateName,
                    "\(view.depth.map { $0.waiting + $0.disabled } ?? 0)", view.depth?.oldestWaiting?.rfc3339 ?? "-",
                    "\(view.depth?.givenUp ?? 0)", view.advice)
            }
            StandardOutput.write(
                table.text(
                    empty: "There is no sink; 'plumbline init --sink KIND' adds one of "
                        + SinkTemplates.kinds.joined(separator: ", ") + "."))
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a test to a sink, and show what it answers.",
            discussion: "JSON: {sink, key, accepted, status, error}. Exit code 1 where it is not accepted.")

        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "The sink's name.") var name: String

        func run() async throws {
            let host = try await options.host()
            let test = try await host.testSink(name)
            let status = test.status.map { " (status \($0))" } ?? ""
            if options.isJSON {
                printJSON([
                    "sink": .string(test.sink), "key": .string(test.key), "accepted": .bool(test.isAccepted),
                    "status": test.status.map { .int($0) } ?? .null, "error": .text(test.error),
                ])
            } else if test.isAccepted {
                StandardOutput.line("\(name) took the test \(test.key)\(status).")
            } else {
                StandardOutput.line("\(name) did not take the test: \(test.error ?? "")")
            }
            if !test.isAccepted { throw ExitCode.failure }
        }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send to a sink again that was disabled, or is spared because it failed.",
            discussion: "JSON: {sink, waiting}; what waited is due at once.")

        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "The sink's name.") var name: String

        func run() async throws {
            let host = try await options.host()
            let count = try await host.enableSink(name)
            if options.isJSON { return printJSON(["sink": .string(name), "waiting": .int(count)]) }
            StandardOutput.line("\(name) is enabled; \(count) events waited for that and are due now.")
        }
    }
}

/// A sink as a person sees it: its file, how it stands, and what waits.
private struct SinkView {
    let name: String
    let sink: Sink?
    let state: SinkState
    let depth: OutboxDepth?

    var stateName: String {
        if sink == nil { return "unknown" }
        if state.disabled != nil { return "disabled" }
        return state.openUntil == nil ? "ok" : "open"
    }

    var advice: String {
        switch stateName {
        case "unknown": "no file in sinks/ describes it; 'plumbline outbox drop --sink \(name)'"
        case "disabled": "\(state.disabledReason ?? ""); 'plumbline sinks enable \(name)'"
        case "open": "\(state.failures) failures in a row; next attempt at \(state.openUntil?.rfc3339 ?? "")"
        default: ""
        }
    }

    var json: JSON {
        [
            "sink": .string(name), "kind": .text(sink?.kind.rawValue),
            "events": .array((sink?.events.map(\.rawValue) ?? []).sorted().map(JSON.string)),
            "people": .text(sink?.people.rawValue), "country": .text(sink?.country), "state": .string(stateName),
            "since": .text(state.disabled?.rfc3339), "reason": .text(state.disabledReason),
            "rests_until": .text(state.restsUntil?.rfc3339), "failures": .int(state.failures),
            "waiting": .int(depth?.waiting ?? 0), "oldest_waiting": .text(depth?.oldestWaiting?.rfc3339),
            "given_up": .int(depth?.givenUp ?? 0), "disabled": .int(depth?.disabled ?? 0),
        ]
    }
}

extension WorkspaceHost {
    /// The sinks of the files, then those that only the store knows and that something waits for.
    fileprivate func sinkViews() async throws(HostError) -> [SinkView] {
        let depths = try await storing { () throws(StoreError) in try await store.outboxDepths() }
        let states = try await storing { () throws(StoreError) in try await store.sinkStates() }
        let waiting = depths.filter { $0.waiting + $0.disabled + $0.givenUp > 0 }.map(\.sink)
        let known = workspace.sinks.map(\.name)
        return (known + waiting.filter { !known.contains($0) }).map { name in
            SinkView(
                name: name, sink: workspace.sinks.first { $0.name == name },
                state: states.first { $0.name == name } ?? SinkState(name: name),
                depth: depths.first { $0.sink == name })
        }
    }
}
