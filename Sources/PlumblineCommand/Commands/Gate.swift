internal import ArgumentParser
internal import Expressions
internal import Gateway
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

struct Gate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "See what the quality gate holds, and release or discard it.",
        discussion: """
            Every run of a pull or import is compared with earlier runs of its stream: 'gate:' in plumbline.yaml or in a \
            connection sets the thresholds. What is held is stored but counts in no value until a person has decided.
            """,
        subcommands: [List.self, Show.self, Release.self, Discard.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what is held.",
            discussion: "JSON: an array of \(Hold.documentation).")

        @OptionGroup var options: WorkspaceOptions
        @Flag(name: .long, help: "Also what was released, discarded, or settled by the source.") var all = false

        func run() async throws {
            let host = try await options.host()
            let holds = try await host.holds(in: all ? Set(Hold.State.allCases) : [.open])
            if options.isJSON { return printJSON(.array(holds.map(\.json))) }
            var table = Table("HOLD", "STREAM", "RECORDS", "SINCE", "STATE", "WHY")
            for hold in holds {
                let why = hold.findings.map { $0.text(in: host.workspace) }.joined(separator: "; ")
                table.add(
                    "\(hold.id)", "\(hold.connection)/\(hold.stream)", "\(hold.records)", hold.created.rfc3339,
                    hold.state.rawValue, why)
            }
            StandardOutput.write(table.text(empty: "Nothing is held."))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a hold: why it is, and which values would differ if it was released.",
            discussion:
                "JSON: {hold: \(Hold.documentation), changes: [{indicator, subject: {kind, id}, period, old, new}]}; "
                + "old and new are null or {status, exact, decimal, sample_size}.")

        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "The hold's number, from 'plumbline gate'.") var id: Int64

        func run() async throws {
            let host = try await options.host()
            let (hold, changes) = try await host.heldValues(of: id)
            if options.isJSON { return printJSON(["hold": hold.json, "changes": changes.json]) }
            let language = host.workspace.configuration.language
            StandardOutput.write(hold.text(in: host.workspace))
            if hold.state == .open {
                StandardOutput.write("\n\(changes.text(in: language))\n\(advice(changes.count).text(in: language))\n")
            }
        }

        private func advice(_ count: Int) -> LocalizedText {
            LocalizedText(
                zh: "\(count) 个指标值在等待。'plumbline gate release \(id) --reason 理由' 使其生效，"
                    + "'plumbline gate discard \(id) --reason 理由' 收回这些记录。",
                en: "\(count) values wait. 'plumbline gate release \(id) --reason TEXT' lets them count, "
                    + "'plumbline gate discard \(id) --reason TEXT' takes the records back.")
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let held records count: they are right.",
            discussion:
                "Later runs are compared with these from now on. JSON: {hold, values: {changed, unchanged, refused: [text]}}."
        )

        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "The hold's number, from 'plumbline gate'.") var id: Int64
        @Option(name: .long, help: "Why; kept in the audit.") var reason: String

        func run() async throws { try await Gate.decide(id, .release, reason, options) }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take held records back: they are wrong.",
            discussion: """
                Records are as they were before, and the next pull reads the stream on from there. Single records with \
                impossible times stay without effect until the source sends them otherwise. JSON: {hold, values: \
                {changed, unchanged, refused: [text]}}.
                """)

        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "The hold's number, from 'plumbline gate'.") var id: Int64
        @Option(name: .long, help: "Why; kept in the audit.") var reason: String

        func run() async throws { try await Gate.decide(id, .discard, reason, options) }
    }

    private static func decide(
        _ id: Int64, _ decision: HoldDecision, _ reason: String, _ options: WorkspaceOptions
    ) async throws {
        let host = try await options.host()
        let values = try await host.decide(id, decision, reason: reason)
        if options.isJSON { return printJSON(["hold": .int(Int(id)), "values": values.json]) }
        let language = host.workspace.configuration.language
        let done = LocalizedText(
            zh: "拦截 \(id) 已\(decision == .release ? "放行" : "收回")。",
            en: "Hold \(id) is \(decision == .release ? "released" : "discarded"). ")
        StandardOutput.write("\(done.text(in: language))\(values.sentence(in: language))\n")
    }
}

extension Hold {
    fileprivate static let documentation =
        "{hold, connection, stream, record_type, scope, runs: [id], records, state, findings: [{rule, subject, found, "
        + "expected, text: {zh, en}}], since, decided_at, decided_by, reason}"

    fileprivate var json: JSON {
        [
            "hold": .int(Int(id)), "connection": .string(connection), "stream": .string(stream),
            "record_type": .string(recordType), "scope": .string(scope.rawValue),
            "runs": .array(runs.map { .int(Int($0)) }), "records": .int(records), "state": .string(state.rawValue),
            "findings": .array(findings.map(\.json)), "since": .string(created.rfc3339),
            "decided_at": .text(decided?.rfc3339), "decided_by": .text(decidedBy), "reason": .text(reason),
        ]
    }

    fileprivate func text(in workspace: Workspace) -> String {
        let isChinese = workspace.configuration.language == "zh"
        let numbers = runs.map(String.init).joined(separator: ", ")
        var lines = [
            isChinese
                ? "拦截 \(id)：\(connection)/\(stream)，\(records) 条记录，自 \(created.rfc3339)，\(state.rawValue)"
                : "Hold \(id): \(connection)/\(stream), \(records) records, since \(created.rfc3339), \(state.rawValue)"
        ]
        if !runs.isEmpty { lines.append(isChinese ? "  运行 \(numbers)" : "  runs \(numbers)") }
        lines += findings.map { "  \($0.text(in: workspace).onOneLine)" }
        if let decided {
            let who = decidedBy ?? (isChinese ? "质量闸门" : "the gate")
            let by = isChinese ? "由 \(who)" : "by \(who)"
            lines.append("  \(state.rawValue) \(decided.rfc3339) \(by): \(reason ?? "-")".onOneLine)
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension GateFinding {
    fileprivate var json: JSON {
        [
            "rule": .string(rule), "subject": .text(subject), "found": .string(found), "expected": .string(expected),
            "text": ["zh": .string(text.zh), "en": .string(text.en)],
        ]
    }

    fileprivate func text(in workspace: Workspace) -> String {
        workspace.configuration.language == "zh" ? text.zh : text.en
    }
}

extension [Judgement] {
    /// What the gate has to say of runs, a line each; those that passed need none.
    func lines(in workspace: Workspace) -> [String] {
        learned(in: workspace.configuration.language) + flatMap { $0.held(in: workspace) }
    }

    private func learned(in language: String) -> [String] {
        let first = filter { $0.isFirst && $0.profile.mapped > 0 }
        guard let only = first.first else { return [] }
        let text = LocalizedText(
            zh: "质量闸门：\(first.count == 1 ? only.stream : "\(first.count) 个数据流")首次读取，作为以后比较的基准",
            en: "gate: the first run of \(first.count == 1 ? only.stream : "\(first.count) streams") was learned from; "
                + "there is nothing to compare it with yet")
        return [text.text(in: language)]
    }

    var json: JSON {
        .array(
            map { judgement in
                [
                    "connection": .string(judgement.profile.run.connection),
                    "stream": .string(judgement.profile.run.stream), "run": .int(Int(judgement.profile.run.id)),
                    "first": .bool(judgement.isFirst), "holds": .array(judgement.holds.map(\.json)),
                ]
            })
    }
}

extension Judgement {
    fileprivate var stream: String { "\(profile.run.connection)/\(profile.run.stream)" }

    fileprivate func held(in workspace: Workspace) -> [String] {
        holds.map { hold in
            let why = hold.findings.map { $0.text(in: workspace) }.joined(separator: "; ")
            let isEmpty = hold.records == 0
            return LocalizedText(
                zh: "质量闸门：\(stream) 被拦下，\(isEmpty ? "没有指标值是完整的" : "\(hold.records) 条记录不计入任何指标值")：\(why)。"
                    + "'plumbline gate show \(hold.id)' 查看等待的内容。",
                en:
                    "gate: \(stream): HELD, \(isEmpty ? "no value is complete" : "\(hold.records) records count in no value"): "
                    + "\(why). 'plumbline gate show \(hold.id)' shows what waits."
            ).text(in: workspace.configuration.language)
        }
    }
}
