internal import Expressions
internal import Indicators
internal import YAMLDocument

/// Tickets made by arithmetic: the same ones every time.
struct SampleTickets {
    let type: RecordType
    let calendar: WorkCalendar
    let catalogue: Catalogue

    init() throws {
        let log = ProblemLog()
        var catalogue = Catalogue(log: log)
        catalogue.add(try ProductCatalogue.documents())
        guard let type = catalogue.recordTypes["ticket"], let document = try ProductCatalogue.calendar("cn-2026"),
            let calendar = WorkCalendarReader(log: log).calendar(document, named: "cn-2026")
        else { throw InvalidConfiguration(log.problems) }
        self.type = type
        self.calendar = calendar
        self.catalogue = catalogue
    }

    /// A ticket as a source would give it.
    func source(_ number: Int) -> Value {
        let created = Timestamp(seconds: 1_782_864_000 + Int64(number * 7919 % 7_900_000))
        let solved = created + .seconds(3600 + number * 37 % 300_000)
        return .map(
            MapValue([
                (.string("id"), .int(Int64(number))),
                (.string("owner"), .string("P\(number % 500)")),
                (.string("requester"), .string("customer \(number % 9000)")),
                (.string("created"), .string(created.rfc3339)),
                (.string("replied"), .string((created + .seconds(number * 13 % 9000)).rfc3339)),
                (.string("solved"), number % 7 == 0 ? .null : .string(solved.rfc3339)),
                (.string("due"), .string((created + .seconds(86_400 * 3)).rfc3339)),
                (.string("state"), .string(number % 7 == 0 ? "open" : "solved")),
                (.string("reopened"), .int(Int64(number % 11 == 0 ? 1 : 0))),
            ]))
    }

    /// The mapping of such a source onto `ticket`.
    func mapping() throws -> Mapping {
        let text = """
            id: string(source.id)
            assignee_id: account(source.owner)
            requester_id: source.requester
            created_at: source.created
            first_public_reply_at: source.replied
            first_reply_by: account(source.owner)
            first_solved_at: source.solved
            solved_at: source.solved
            status: source.state
            priority: "'normal'"
            reopen_count: source.reopened
            agent_public_reply_count: "1"
            resolve_due_at: source.due
            first_reply_due_at: source.due
            is_deleted: "false"
            is_spam: "false"
            """
        let log = ProblemLog()
        let node = try YAMLNode.parse(text, file: "benchmark.yaml")
        let mapping = Mapping(
            node.entries ?? [], condition: nil, onto: type, at: node.place,
            environment: Mapping.environment(calendar: calendar, zone: calendar.zone), zone: calendar.zone, log: log)
        guard let mapping else { throw InvalidConfiguration(log.problems) }
        return mapping
    }

    /// Mapped tickets as aggregation reads them.
    func evidence(_ count: Int) throws -> [EvidenceRecord] {
        let mapping = try mapping()
        return (0..<count).compactMap { number in
            guard case .mapped(let record, _) = mapping.map(source(number)) else { return nil }
            return EvidenceRecord(
                record: record,
                reference: EvidenceReference(connection: "bench", stream: "tickets", externalID: "\(number)"),
                hash: .none, run: 1)
        }
    }

    var context: AggregationContext {
        AggregationContext(
            calendar: calendar, directory: EmployeeDirectory((0..<500).map { DirectoryEntry(employee: "P\($0)") }),
            constants: catalogue.constantsMap, periodKinds: [.month], firstDay: Day(sinceEpoch: 20_605),
            now: Timestamp(seconds: 1_795_000_000), lookup: RecordIndex())
    }
}
