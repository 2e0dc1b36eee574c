import PlumblineKit

/// One person's day: planned pairs of punches, raw punches and leave folded together.
struct DingTalkDay {
    private let pairs: [Pair]
    private let results: [DingTalkResult]
    private let punches: [DingTalkPunch]
    private let leaves: [Leave]

    /// A clock-in that is planned, with the clock-out behind it; one of them may be missing in the plan.
    private struct Pair {
        var on: DingTalkResult?
        var off: DingTalkResult?

        var planned: Range<Int64>? {
            guard let on, let off, on.base <= off.base else { return nil }
            return on.base.seconds..<off.base.seconds
        }

        var results: [DingTalkResult] { [on, off].compactMap(\.self) }
        var isUnpunched: Bool { results.allSatisfy { $0.at == nil } }
    }

    /// Leave, with the most seconds of a day that it takes; nil where its length does not say.
    struct Leave {
        let leave: DingTalkLeave
        let isWithinDay: Bool
    }

    init(results: [DingTalkResult], punches: [DingTalkPunch], leaves: [Leave]) {
        self.results = results.sorted { ($0.planned, $0.isOn ? 1 : 0) < ($1.planned, $1.isOn ? 1 : 0) }
        self.punches = punches.filter(\.isValid)
        pairs = Self.pairs(self.results)
        let planned = pairs.compactMap(\.planned)
        self.leaves = leaves.filter { leave in planned.contains { $0.overlaps(leave.leave.span) } }
    }

    private static func pairs(_ results: [DingTalkResult]) -> [Pair] {
        var pairs: [Pair] = []
        for result in results {
            if !result.isOn, let last = pairs.indices.last, pairs[last].off == nil {
                pairs[last].off = result
            } else {
                pairs.append(result.isOn ? Pair(on: result) : Pair(off: result))
            }
        }
        return pairs
    }

    /// Whether the system tells anything of the day.
    var isEmpty: Bool { results.isEmpty && punches.isEmpty }

    var isPlanned: Bool { !results.isEmpty }

    var shift: String? { results.lazy.compactMap(\.shift).first }

    /// Nil where punches are planned that do not pair up.
    var plannedSeconds: Int? {
        let spans = pairs.map(\.planned)
        return spans.contains(nil) ? nil : spans.compactMap(\.self).reduce(0) { $0 + $1.count }
    }

    var firstIn: Instant? { times(isOn: true).min() }

    var lastOut: Instant? { times(isOn: false).max() }

    private func times(isOn: Bool) -> [Instant] {
        results.filter { $0.isOn == isOn }.compactMap(\.at) + punches.filter { $0.isOn == isOn }.map(\.at)
    }
}

// MARK: - Late, early, absent

extension DingTalkDay {
    var lateSeconds: Int {
        sum { result in
            result.isOn && ["Late", "SeriousLate"].contains(result.result)
                ? result.at.map { $0.seconds - result.base.seconds } : nil
        }
    }

    var earlySeconds: Int {
        sum { result in
            !result.isOn && result.result == "Early" ? result.at.map { result.base.seconds - $0.seconds } : nil
        }
    }

    /// Pairs that nobody punched, less the leave in them, and what punches lack that count as absence.
    var absenceSeconds: Int {
        let unpunched = pairs.filter { $0.isUnpunched && !$0.results.contains(where: \.isApproved) }
            .compactMap(\.planned).map { $0.count - leaveSeconds(within: [$0]) }
        let partly = sum { result in
            result.result != "Absenteeism"
                ? nil
                : result.at.map { result.isOn ? $0.seconds - result.base.seconds : result.base.seconds - $0.seconds }
        }
        return unpunched.reduce(partly, +)
    }

    /// Planned punches that are missing although the other one of the pair is there, and that no leave or approval stands
    /// for.
    var missingPunches: Int {
        pairs.filter { !$0.isUnpunched || $0.planned == nil }.flatMap(\.results).count { result in
            result.at == nil && !result.isApproved && !isOnLeave(at: result.base)
        }
    }

    private func isOnLeave(at moment: Instant) -> Bool {
        leaves.contains { $0.leave.from <= moment && moment <= $0.leave.to }
    }

    private func sum(_ seconds: (DingTalkResult) -> Int64?) -> Int {
        Int(results.compactMap(seconds).filter { $0 > 0 }.reduce(0, +))
    }
}

// MARK: - Worked time and leave

extension DingTalkDay {
    /// From clock-in to clock-out of each planned pair, or of the whole day where nothing is planned; nil where only one
    /// of the two is known.
    var workedSeconds: Int? {
        guard isPlanned else {
            if punches.isEmpty { return 0 }
            guard let firstIn, let lastOut else { return nil }
            return Int(max(0, lastOut.seconds - firstIn.seconds))
        }
        let spans = pairs.map(worked)
        return spans.contains(nil) ? nil : spans.compactMap(\.self).reduce(0, +)
    }

    /// Where leave stands for a punch, work begins with its end or ends with its beginning.
    private func worked(_ pair: Pair) -> Int? {
        if pair.isUnpunched { return 0 }
        let start = pair.on?.at ?? pair.on.flatMap { on in leave(at: on.base)?.to }
        let end = pair.off?.at ?? pair.off.flatMap { off in leave(at: off.base)?.from }
        guard let start, let end else { return nil }
        return Int(max(0, end.seconds - start.seconds))
    }

    private func leave(at moment: Instant) -> DingTalkLeave? {
        leaves.first { $0.leave.from <= moment && moment <= $0.leave.to }?.leave
    }

    /// The leave inside planned time.
    var leaveSeconds: Int { leaveSeconds(within: pairs.compactMap(\.planned)) }

    /// The kinds of this leave.
    var leaveKinds: [String] { Set(leaves.compactMap(\.leave.kind)).sorted() }

    private func leaveSeconds(within spans: [Range<Int64>]) -> Int {
        let planned = spans.reduce(0) { $0 + $1.count }
        return min(planned, leaves.reduce(0) { $0 + seconds(of: $1, within: spans) })
    }

    /// A leave within a day takes no more than its length says, however far its ends are apart.
    private func seconds(of leave: Leave, within spans: [Range<Int64>]) -> Int {
        let overlap = spans.reduce(0) { $0 + $1.clamped(to: leave.leave.span).count }
        guard leave.isWithinDay, let amount = leave.leave.amount else { return overlap }
        let planned = pairs.compactMap(\.planned).reduce(0) { $0 + $1.count }
        return min(overlap, leave.leave.isInHours ? amount * 36 : planned * amount / 100)
    }
}

extension DingTalkDay {
    /// Each planned punch as the system judges it.
    var json: JSON {
        .array(
            results.map { result in
                [
                    "type": result.isOn ? "in" : "out", "result": .string(result.result),
                    "planned_at": .time(result.base),
                    "at": .time(result.at), "source": .text(result.source),
                ]
            })
    }
}

extension DingTalkLeave {
    fileprivate var span: Range<Int64> { from.seconds..<max(from.seconds, to.seconds) }
}

extension Instant {
    fileprivate var seconds: Int64 { microseconds / 1_000_000 }
}
