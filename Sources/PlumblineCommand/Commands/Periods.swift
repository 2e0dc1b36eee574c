internal import ArgumentParser
internal import Expressions
internal import Gateway
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

struct Periods: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "period", abstract: "See and lock periods.", subcommands: [List.self, Lock.self],
        defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the periods whose state was set, and what was found about locked ones.",
            discussion: "JSON: {periods: [{period, state, changed_by, changed_at, reason}], "
                + "findings: [{period, indicator, subject: {kind, id}, old, new, reason, kind, found_at}]}.")

        @OptionGroup var options: WorkspaceOptions

        func run() async throws {
            let store = try await options.host().store
            let periods = try await storing { () throws(StoreError) in try await store.periods() }
            let findings = try await storing { () throws(StoreError) in try await store.findings(period: nil) }
            if options.isJSON {
                return printJSON([
                    "periods": .array(periods.map(\.json)), "findings": .array(findings.map(\.json)),
                ])
            }
            var table = Table("PERIOD", "STATE", "SINCE", "BY", "REASON")
            for period in periods {
                table.add(
                    period.period, period.state.rawValue, period.changed.rfc3339, period.changedBy, period.reason ?? "")
            }
            StandardOutput.write(table.text(empty: "All periods are open."))
            for finding in findings { StandardOutput.line("finding: \(finding.text)") }
        }
    }

    struct Lock: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lock a period: nothing in it changes any more; late data becomes a finding.",
            discussion: "JSON: {period, state, changed_by, changed_at, reason}.")

        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "A period such as 2026-07 or 2026-Q3.") var period: String
        @Option(name: .long, help: "Why.") var reason: String?

        func run() async throws {
            guard Period(id: period) != nil else {
                throw HostError.invalid("'\(period)' is no period; expected such as 2026-07, 2026-Q3, 2026-H2 or 2026")
            }
            let host = try await options.host()
            let store = host.store
            let holds = try await host.holds()
            let status = try await storing { () throws(StoreError) in
                try await store.setPeriod(period, to: .locked, actor: "cli", reason: reason)
            }
            if options.isJSON { return printJSON(status.json) }
            StandardOutput.write("\(period) is locked.\n")
            if !holds.isEmpty {
                let numbers = holds.map { "\($0.id)" }.joined(separator: ", ")
                StandardOutput.write(
                    "Records still wait for a decision (holds \(numbers)); what they change in \(period) becomes a finding. "
                        + "'plumbline gate' lists them.\n")
            }
        }
    }
}

extension PeriodStatus {
    fileprivate var json: JSON {
        [
            "period": .string(period), "state": .string(state.rawValue), "changed_by": .string(changedBy),
            "changed_at": .string(changed.rfc3339), "reason": .text(reason),
        ]
    }
}

extension Finding {
    fileprivate var text: String {
        "\(key.period) \(key.indicator) \(key.subject.id): \(old?.decimal ?? "-") stays, would be \(new.decimal ?? "-"): \(reason)"
    }

    fileprivate var json: JSON {
        [
            "period": .string(key.period), "indicator": .string(key.indicator), "subject": key.subject.json,
            "old": .text(old?.exact?.description), "new": .text(new.exact?.description), "reason": .string(reason),
            "kind": .string(kind.rawValue), "found_at": .string(found.rfc3339),
        ]
    }
}
