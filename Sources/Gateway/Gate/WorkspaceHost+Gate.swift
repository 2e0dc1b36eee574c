internal import Expressions
internal import Indicators
public import ReviewStore

extension WorkspaceHost {
    /// Judges every run that awaits it. What is held then has no effect until a person has decided.
    func judgeRuns() async throws(HostError) -> [Judgement] {
        let waiting = try await storing { () throws(StoreError) in try await store.runsToJudge() }
        var judgements: [Judgement] = []
        for profile in waiting { judgements.append(try await judge(profile)) }
        return judgements
    }

    private func judge(_ pending: RunProfile) async throws(HostError) -> Judgement {
        var profile = pending
        let accounts = try await countAccounts(of: profile.run.connection)
        (profile.accounts, profile.unmatchedAccounts) = accounts
        let thresholds = gateThresholds(of: profile.run.connection)
        let history = try await storing { () throws(StoreError) in
            try await store.judgedRuns(
                connection: profile.run.connection, stream: profile.run.stream, arePushed: profile.isPushed,
                limit: thresholds.comparedRuns)
        }
        // Only readings are asked for what is newest.
        let newest =
            profile.isPushed
            ? []
            : try await storing { () throws(StoreError) in
                try await store.newestMoments(connection: profile.run.connection, stream: profile.run.stream, days: 60)
            }
        let judged = GateCase(
            run: profile, mode: mode(of: profile), history: history, newest: newest,
            leftBehind: try await leftBehind(by: profile), thresholds: thresholds, calendar: workspace.calendar)
        let verdict = GateVerdict(
            mode: judged.mode, findings: judged.findings,
            recordFinding: try await impossibleTimes(in: profile), accounts: accounts)
        let holds = try await storing { () throws(StoreError) in try await store.judge(profile.run.id, verdict) }
        return Judgement(profile: profile, holds: holds, isFirst: judged.isFirst)
    }

    /// How a run read its stream.
    private func mode(of profile: RunProfile) -> RunProfile.Mode {
        if profile.isImport { return .file }
        if profile.isPushed { return .pushed }
        if profile.readsAll { return .full }
        return profile.previous == .succeeded || profile.previous == nil ? .incremental : .resumed
    }

    private func impossibleTimes(in profile: RunProfile) async throws(HostError) -> GateFinding? {
        let (first, count) = try await storing { () throws(StoreError) in
            try await store.impossibleTimes(of: profile.run.id, limit: 3)
        }
        guard !first.isEmpty else { return nil }
        let shown = first.map { "\($0.externalID): \($0.field) \($0.time.rfc3339)" }.joined(separator: "; ")
        let times = gateThresholds(of: profile.run.connection)
            .possibleTimes(now: profile.run.started, in: workspace.calendar.zone)
        let zone = workspace.calendar.zone
        let expected = times.map { "\(zone.day(of: $0.lowerBound))–\(zone.day(of: $0.upperBound))" } ?? ""
        return GateFinding(
            rule: Self.impossibleTimes, found: count > first.count ? "\(count): \(shown); …" : shown, expected: expected
        )
    }

    static let impossibleTimes = "impossible_times"

    private func countAccounts(of connection: String) async throws(HostError) -> (known: Int, unmatched: Int) {
        let accounts = try await storing { () throws(StoreError) in
            try await store.accounts(connection: connection, states: Set(AccountStateName.allCases))
        }
        let unmatched = accounts.filter { [.unresolved, .ambiguous].contains($0.state.name) }
        return (Set(accounts.map(\.account)).count, Set(unmatched.map(\.account)).count)
    }

    /// What the gate takes as usual in a connection.
    func gateThresholds(of connection: String) -> GateThresholds {
        workspace.connections.first { $0.name == connection }?.gate ?? workspace.configuration.gate
    }

    /// When records of a connection may tell of, now.
    func possibleTimes(of connection: String) -> Range<Timestamp>? {
        gateThresholds(of: connection).possibleTimes(now: now(), in: workspace.calendar.zone)
    }

    // MARK: Deciding

    /// The holds, oldest first.
    public func holds(in states: Set<Hold.State> = [.open]) async throws(HostError) -> [Hold] {
        try await storing { () throws(StoreError) in try await store.holds(in: states) }
    }

    /// A hold, with the values that would differ if it was released.
    public func heldValues(of id: Int64) async throws(HostError) -> (hold: Hold, changes: [PreviewReport.Change]) {
        let hold = try await storing { () throws(StoreError) in try await store.hold(id) }
        guard hold.state == .open else { return (hold, []) }
        let indicators = workspace.indicators.filter { !$0.recordTypes.isDisjoint(with: hold.recordTypes) }
        let new = try await computed(indicators, .releasing(id))
        let now = try await computed(indicators, .inEffect)
        let changes = Set(now.keys).union(new.keys).sorted()
            .map { PreviewReport.Change(key: $0, old: now[$0], new: new[$0]) }.filter(\.isReal)
        return (hold, workspace.visible(changes))
    }

    private func computed(
        _ indicators: [CompiledIndicator], _ view: EvidenceView
    ) async throws(HostError) -> [ValueKey: ComputedValue] {
        let values = try await compute(indicators, view: view)
        return Dictionary(values.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Ends a hold as a person decides, and publishes what follows.
    public func decide(
        _ hold: Int64, _ decision: HoldDecision, reason: String
    ) async throws(HostError) -> PublicationOutcome {
        guard !reason.allSatisfy(\.isWhitespace) else {
            throw .invalid("say why with --reason: it is kept in the audit")
        }
        try await storing { () throws(StoreError) in
            try await store.decide(hold, decision, actor: actor, reason: reason)
        }
        return try await recalculate(cause: "hold \(hold) \(decision.past)", run: nil)
    }
}

extension HoldDecision {
    fileprivate var past: String {
        switch self {
        case .release: "released"
        case .discard: "discarded"
        }
    }
}
