// Measures expressions, mapping and aggregation: `make bench`. Ratios count, seconds depend on the machine.
import Expressions
import Indicators
import YAMLDocument

/// The fields of the filter as hand-written code would keep them.
struct PlainTicket {
    let status: String
    let solvedAt: Timestamp?
    let dueAt: Timestamp?
}

func run() throws {
    let tickets = try SampleTickets()
    let evidence = try tickets.evidence(100_000)
    try measureExpression(tickets, evidence)
    try measureMapping(tickets)
    try measureAggregation(tickets, evidence)
}

func measureExpression(_ tickets: SampleTickets, _ evidence: [EvidenceRecord]) throws {
    let text = "record.status in ['solved', 'closed'] && record.solved_at <= record.resolve_due_at"
    let environment = Environment(
        variables: [Variable(name: "record", type: .record("ticket"))],
        schemas: [tickets.type.schema, .interval, .ownerInterval])
    let program = try environment.compile(text)
    let values = evidence.prefix(10_000).map { [$0.record.value] }
    let plain = evidence.prefix(10_000).map { PlainTicket($0.record) }
    let closure: @Sendable (PlainTicket) -> Bool = { ticket in
        guard ["solved", "closed"].contains(ticket.status), let solved = ticket.solvedAt, let due = ticket.dueAt else {
            return false
        }
        return solved <= due
    }
    let rounds = 100
    compare(
        Measurement(name: "two-term filter as CEL", count: values.count * rounds) {
            var hits = 0
            for _ in 0..<rounds {
                for value in values where (try? program.evaluate(value)) == .bool(true) { hits += 1 }
            }
            return hits
        },
        with: Measurement(name: "as a Swift closure", count: plain.count * rounds) {
            var hits = 0
            for _ in 0..<rounds {
                for ticket in plain where closure(ticket) { hits += 1 }
            }
            return hits
        })
}

func measureMapping(_ tickets: SampleTickets) throws {
    let mapping = try tickets.mapping()
    let sources = (0..<20_000).map { tickets.source($0) }
    report(
        Measurement(name: "tickets mapped", count: sources.count) {
            sources.count { source in
                if case .mapped = mapping.map(source) { true } else { false }
            }
        })
}

func measureAggregation(_ tickets: SampleTickets, _ evidence: [EvidenceRecord]) throws {
    let wanted = ["ts_first_reply_time_avg", "ts_first_reply_time_p90", "ts_resolution_rate", "ts_solved_count"]
    let indicators = tickets.catalogue.compile(functions: WorkFunctions(calendar: tickets.calendar).all)
        .filter { wanted.contains($0.definition.id) }
    var values = 0
    report(
        Measurement(name: "tickets aggregated into \(indicators.count) indicators", count: evidence.count) {
            var aggregation = Aggregation(indicators, context: tickets.context)
            for record in evidence { aggregation.add(record) }
            values = aggregation.values().count
            return values
        }, rounds: 3)
    print("  \(values) values each time")
}

extension PlainTicket {
    init(_ record: CanonicalRecord) {
        if case .string(let text) = record["status"] { status = text } else { status = "" }
        if case .timestamp(let instant) = record["solved_at"] { solvedAt = instant } else { solvedAt = nil }
        if case .timestamp(let instant) = record["resolve_due_at"] { dueAt = instant } else { dueAt = nil }
    }
}

try run()
