public import Expressions

/// The functions that mappings and indicators have beside those of CEL: working time, days, periods.
public struct WorkFunctions: Sendable {
    private let calendar: WorkCalendar

    /// The functions of a company's working calendar and zone.
    public init(calendar: WorkCalendar) { self.calendar = calendar }

    /// - `businessTime(a, b)`, `businessTime(a, b, pauses)`: the working time between two instants, without pauses;
    ///   an end before the start is an error, and so is a span of more than a hundred years.
    /// - `businessAdd(t, duration)`: the instant after that much working time.
    /// - `workingDays(a, b)`: the number of working days, both ends included.
    /// - `elapsed(a, b, intervals)`: the time between two instants without what lies inside the intervals.
    /// - `addDays(t, n)`: n calendar days later by the clock of the company's zone.
    /// - `startOfDay(t)`: the start of the day in the company's zone.
    /// - `periodStart(text)`: the first instant of `2026`, `2026-H1`, `2026-Q3` or `2026-07`.
    /// - `periodEnd(text)`: the first instant after it.
    public var all: [HostFunction] {
        [businessTime, businessAdd, workingDays, elapsed, addDays, startOfDay, periodStart, periodEnd]
    }

    private var businessTime: HostFunction {
        HostFunction(
            name: "businessTime",
            overloads: [
                .init(parameters: [.timestamp, .timestamp], result: .duration) {
                    [calendar] operands throws(EvaluationError) in
                    let span = try countable(operands)
                    return .duration(calendar.workingTime(from: span.lowerBound, to: span.upperBound))
                },
                .init(parameters: [.timestamp, .timestamp, .list(Self.interval)], result: .duration) {
                    [calendar] operands throws(EvaluationError) in
                    let span = try countable(operands)
                    return .duration(
                        calendar.workingTime(
                            from: span.lowerBound, to: span.upperBound,
                            without: spans(operands[2], openUntil: span.upperBound)))
                },
            ])
    }

    private var businessAdd: HostFunction {
        function("businessAdd", [.timestamp, .duration], .timestamp) { [calendar] operands throws(EvaluationError) in
            guard let instant = calendar.adding(operands[1].length, to: operands[0].instant) else {
                throw .invalidArgument(zh: "businessAdd 超过一百年", en: "businessAdd: more than a hundred years")
            }
            return try readable(instant, in: calendar.zone)
        }
    }

    private var workingDays: HostFunction {
        function("workingDays", [.timestamp, .timestamp], .int) { [calendar] operands throws(EvaluationError) in
            if operands[0].instant < operands[1].instant { _ = try countable(operands) }
            let first = calendar.zone.day(of: operands[0].instant)
            let last = calendar.zone.day(of: operands[1].instant)
            return .int(Int64(calendar.workingDays(from: first, through: last)))
        }
    }

    private var elapsed: HostFunction {
        function("elapsed", [.timestamp, .timestamp, .list(Self.interval)], .duration) {
            operands throws(EvaluationError) in
            let span = try forward(operands)
            let paused = merged(spans(operands[2], openUntil: span.upperBound), within: span)
            return .duration(paused.reduce(span.length) { $0 - $1.length })
        }
    }

    private var addDays: HostFunction {
        function("addDays", [.timestamp, .int], .timestamp) { [calendar] operands throws(EvaluationError) in
            guard case .int(let count) = operands[1], count.magnitude < 1_000_000 else {
                throw .invalidArgument(zh: "addDays 超过一百万天", en: "addDays: more than a million days")
            }
            return try readable(calendar.zone.adding(days: Int(count), to: operands[0].instant), in: calendar.zone)
        }
    }

    private var startOfDay: HostFunction {
        function("startOfDay", [.timestamp], .timestamp) { [calendar] operands in
            .timestamp(calendar.zone.start(of: calendar.zone.day(of: operands[0].instant)))
        }
    }

    private var periodStart: HostFunction {
        function("periodStart", [.string], .timestamp) { [calendar] operands throws(EvaluationError) in
            .timestamp(try period(operands[0]).start(in: calendar.zone))
        }
    }

    private var periodEnd: HostFunction {
        function("periodEnd", [.string], .timestamp) { [calendar] operands throws(EvaluationError) in
            .timestamp(try period(operands[0]).end(in: calendar.zone))
        }
    }

    private static let interval = ValueType.record(RecordSchema.interval.name)

    private func function(
        _ name: String, _ parameters: [ValueType], _ result: ValueType, body: @escaping HostFunction.Overload.Body
    ) -> HostFunction {
        HostFunction(name: name, overloads: [.init(parameters: parameters, result: result, body: body)])
    }
}

/// The period that an operand names.
private func period(_ operand: Value) throws(EvaluationError) -> Period {
    guard case .string(let text) = operand, let period = Period(id: text) else {
        throw .invalidArgument(
            zh: "“\(value: operand.keyText)”不是周期，应写作 2026、2026-H1、2026-Q3 或 2026-07",
            en: "'\(value: operand.keyText)' is no period; expected 2026, 2026-H1, 2026-Q3 or 2026-07")
    }
    return period
}

/// The span from the first operand to the second.
///
/// - Throws: `invalidArgument` where the end is before the start: such a duration is no measurement.
private func forward(_ operands: [Value]) throws(EvaluationError) -> Range<Timestamp> {
    let (start, end) = (operands[0].instant, operands[1].instant)
    guard start <= end else {
        throw .invalidArgument(
            zh: "时间倒流：从 \(value: start) 到 \(value: end)",
            en: "the time runs backwards, from \(value: start) to \(value: end)")
    }
    return start..<end
}

/// The span from the first operand to the second, in which working days can be counted.
///
/// - Throws: `invalidArgument` where the end is before the start, or more than a hundred years after it, as from a date
///   that stands for none.
private func countable(_ operands: [Value]) throws(EvaluationError) -> Range<Timestamp> {
    let span = try forward(operands)
    guard span.length <= .seconds(WorkCalendar.longestSpan * 86_400) else {
        throw .invalidArgument(
            zh: "超过一百年：从 \(span.lowerBound) 到 \(span.upperBound)",
            en: "more than a hundred years, from \(span.lowerBound) to \(span.upperBound)")
    }
    return span
}

/// The instant as a function's result.
///
/// - Throws: `overflow` where its day does not lie in the years 1 to 9999.
private func readable(_ instant: Timestamp, in zone: Zone) throws(EvaluationError) -> Value {
    guard Day.readable.contains(zone.day(of: instant)), instant.isRepresentable else {
        throw .overflow(zh: "日期", en: "the day")
    }
    return .timestamp(instant)
}

/// The spans of a list of intervals; one without an end lasts until `end`.
private func spans(_ list: Value, openUntil end: Timestamp) -> [Range<Timestamp>] {
    guard case .list(let intervals) = list else { return [] }
    return intervals.compactMap { interval in
        guard case .record(let record) = interval, case .timestamp(let from)? = record["from"] else { return nil }
        guard case .timestamp(let to)? = record["to"] else { return from < end ? from..<end : nil }
        return from <= to ? from..<to : nil
    }
}

extension Value {
    /// The instant of an operand that the checker knows to be one.
    fileprivate var instant: Timestamp {
        if case .timestamp(let instant) = self { instant } else { Timestamp(seconds: 0) }
    }

    fileprivate var length: Duration {
        if case .duration(let duration) = self { duration } else { .zero }
    }
}
