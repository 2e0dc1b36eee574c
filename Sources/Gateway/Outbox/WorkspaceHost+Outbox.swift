internal import Expressions
public import ReviewStore

extension WorkspaceHost {
    /// Delivers what is due, to ``SinkRounds/mostAtOnce`` sinks at once, one message after the other at each.
    ///
    /// What fails is attempted again when ``DeliverySchedule`` says, by the next pass from then on. Where `isStopping` says
    /// so, no further attempt begins.
    public func deliverDue(
        limit: Int = .max, isStopping: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (DeliveryProgress) -> Void = { _ in }
    ) async throws(HostError) -> DeliveryReport {
        let results = await withTaskGroup(of: (Int, Result<SinkReport, HostError>).self) { group in
            var results: [Int: Result<SinkReport, HostError>] = [:]
            for (place, sink) in workspace.sinks.enumerated() {
                if place >= SinkRounds.mostAtOnce, let done = await group.next() { results[done.0] = done.1 }
                group.addTask {
                    do throws(HostError) {
                        return (place, .success(try await deliver(to: sink, limit, isStopping, progress)))
                    } catch {
                        return (place, .failure(error))
                    }
                }
            }
            return await group.reduce(into: results) { $0[$1.0] = $1.1 }
        }
        var report = DeliveryReport()
        for (_, result) in results.sorted(by: { $0.key < $1.key }) { report.sinks.append(try result.get()) }
        return report
    }

    /// Delivers what is due at one sink.
    func deliver(
        to sink: Sink, _ limit: Int, _ isStopping: @escaping @Sendable () -> Bool,
        _ progress: @escaping @Sendable (DeliveryProgress) -> Void
    ) async throws(HostError) -> SinkReport {
        let next = try await next(to: sink)
        guard let next, next <= now() else {
            var report = SinkReport(sink: sink.name)
            report.next = next
            return report
        }
        return try await deliverNow(to: sink, limit, isStopping, progress)
    }

    private func deliverNow(
        to sink: Sink, _ limit: Int, _ isStopping: @escaping @Sendable () -> Bool,
        _ progress: @escaping @Sendable (DeliveryProgress) -> Void
    ) async throws(HostError) -> SinkReport {
        var report = SinkReport(sink: sink.name)
        let channel: any DeliveryChannel
        do throws(SinkFault) {
            channel = try SinkOpening(host: self, sink: sink).channel()
        } catch {
            report.fault = error.description
            return report
        }
        let delivery = SinkDelivery(
            host: self, sink: sink, channel: channel, limit: limit, isStopping: isStopping, progress: progress)
        let result = try await storing { () throws(StoreError) in
            try await store.withSinkClaim(sink.name) { () -> Result<SinkReport, StoreError> in
                do throws(StoreError) { return .success(try await delivery.run()) } catch { return .failure(error) }
            }
        }
        await channel.close()
        guard let result else {
            report.isBusy = true
            return report
        }
        return try await storing { () throws(StoreError) in try result.get() }
    }

    private func next(to sink: Sink) async throws(HostError) -> Timestamp? {
        try await storing { () throws(StoreError) in
            try await store.nextDelivery(to: sink.name, isOrdered: sink.isOrdered)
        }
    }

    // MARK: By command

    /// Sends a message that tells of nothing but itself to a sink, at once and once, and gives what came of it.
    public func testSink(_ name: String) async throws(HostError) -> SinkTest {
        let sink = try await known(name)
        let channel: any DeliveryChannel
        do throws(SinkFault) {
            channel = try SinkOpening(host: self, sink: sink).channel()
        } catch {
            throw .invalid(error.description)
        }
        let event = OutgoingEvent(event: try SinkTest.event(now: now()), payload: SinkTest.payload(of: sink))
        let moment = now()
        // The sink's pauses are for what must arrive; nobody else writes meanwhile.
        let sent = try await storing { () throws(StoreError) in
            try await store.withSinkClaim(name) { await channel.send([event], at: moment) }
        }
        await channel.close()
        guard let sent else { throw .invalid("another process delivers to '\(name)' at the moment; try again") }
        guard let answer = sent?.answer else { throw .store(.cancelled) }
        return SinkTest(sink: name, key: event.event.key, answer: answer)
    }

    /// Ends a sink's being disabled, and its pauses. What waited is due at once.
    /// - Returns: How many events waited for that.
    public func enableSink(_ name: String) async throws(HostError) -> Int {
        _ = try await known(name)
        return try await storing { () throws(StoreError) in try await store.enableSink(name, actor: actor) }
    }

    /// Lets events be delivered anew.
    /// - Returns: How many deliveries there will be.
    public func redeliver(_ filter: DeliveryFilter) async throws(HostError) -> Int {
        if let name = filter.sink { _ = try await known(name) }
        return try await storing { () throws(StoreError) in try await store.redeliver(filter, actor: actor) }
    }

    /// Forgets what a sink was still to be told that no file describes any more, as a person decides.
    /// - Returns: How many deliveries they were.
    public func dropDeliveries(to name: String, reason: String) async throws(HostError) -> Int {
        guard !reason.allSatisfy(\.isWhitespace) else {
            throw .invalid("say why with --reason: it is kept in the audit")
        }
        guard !workspace.sinks.contains(where: { $0.name == name }) else {
            throw .invalid("a file in sinks/ describes '\(name)': take it away first, then drop what waits for it")
        }
        let result = try await storing { () throws(StoreError) in
            try await store.withSinkClaim(name) { () -> Result<Int, StoreError> in
                do throws(StoreError) {
                    return .success(try await store.dropDeliveries(to: name, actor: actor, reason: reason))
                } catch {
                    return .failure(error)
                }
            }
        }
        guard let result else { throw .invalid("another process delivers to '\(name)' at the moment; try again") }
        return try await storing { () throws(StoreError) in try result.get() }
    }

    private func known(_ name: String) async throws(HostError) -> Sink {
        do throws(WorkspaceError) { return try workspace.sink(name) } catch { throw .workspace(error) }
    }
}
