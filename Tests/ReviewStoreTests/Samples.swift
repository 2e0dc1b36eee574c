import Expressions
import Indicators
import ReviewStore
import Testing

extension RecordType {
    /// A type with every kind of field, and a field that has the name of one of our own columns.
    static let sample = RecordType(
        name: "sample",
        fields: [
            RecordField(name: "id", kind: .string),
            RecordField(name: "name", kind: .string, isOptional: true),
            RecordField(name: "owner", kind: .employeeRef, isOptional: true),
            RecordField(name: "state", kind: .enumeration(["draft", "done"]), isOptional: true),
            RecordField(name: "count", kind: .int, isOptional: true),
            RecordField(name: "rate", kind: .decimal, isOptional: true),
            RecordField(name: "amount", kind: .money, isOptional: true),
            RecordField(name: "done", kind: .bool, isOptional: true),
            RecordField(name: "due", kind: .date, isOptional: true),
            RecordField(name: "created_at", kind: .datetime, isOptional: true),
            RecordField(name: "tags", kind: .string, isList: true),
            RecordField(name: "moments", kind: .datetime, isOptional: true, isList: true),
            RecordField(name: "prices", kind: .money, isList: true),
            RecordField(name: "pauses", kind: .interval, isList: true),
            RecordField(name: "owners", kind: .ownerInterval, isList: true),
        ])
}

/// A sample record; fields that are not given are empty.
func sample(_ id: String, type: RecordType = .sample, _ fields: [String: Value] = [:]) -> CanonicalRecord {
    let values = type.fields.map { field -> Value in
        if field.name == "id" { return .string(id) }
        return fields[field.name] ?? (field.isList && !field.isOptional ? .list([]) : .null)
    }
    return CanonicalRecord(type: type, values: values)
}

/// A mapped sample record named `name`.
func mapped(_ id: String, _ name: String, version: String? = nil) -> MappedRecord {
    MappedRecord(externalID: id, sourceVersion: version, record: sample(id, ["name": .string(name)]))
}

func key(_ id: String, stream: String = "tickets") -> EvidenceReference {
    EvidenceReference(connection: "helpdesk", stream: stream, externalID: id)
}

extension ReviewStore {
    /// Begins a run of `helpdesk/tickets`.
    func begin(_ stream: String = "tickets") async throws -> RunID {
        try await beginRun(connection: "helpdesk", stream: stream).id
    }

    func end(_ run: RunID) async throws {
        _ = try await finishRun(run, as: .succeeded, message: nil, sourceCount: nil)
    }

    /// Commits one page in a run of its own.
    @discardableResult
    func pull(
        _ records: [MappedRecord] = [], rejects: [Reject] = [], deletions: [String] = [], cursor: String? = nil,
        mapping: String = "m1"
    ) async throws -> PageOutcome {
        let run = try await begin()
        let page = PageCommit(
            run: run, recordType: "sample", mappingVersion: mapping, records: records, rejects: rejects,
            deletions: deletions, cursor: cursor)
        let outcome = try await commit(page)
        try await end(run)
        return outcome
    }

    /// Commits one page that says these things.
    @discardableResult
    func pull(events: [PageEvent]) async throws -> PageOutcome {
        let run = try await begin()
        let outcome = try await commit(
            PageCommit(run: run, recordType: "sample", mappingVersion: "m1", events: events))
        try await end(run)
        return outcome
    }

    func names(states: Set<EvidenceState> = [.live]) async throws -> [String: String] {
        var names: [String: String] = [:]
        for try await batch in evidence(of: "sample", batchSize: 2, states: states) {
            for row in batch { names[row.key.externalID] = row.record["name"].text }
        }
        return names
    }
}

extension Value {
    var text: String {
        if case .string(let text) = self { text } else { "\(self)" }
    }

    static func instant(_ text: String) throws -> Value { .timestamp(try #require(Timestamp(rfc3339: text))) }

    static func exact(_ text: String) throws -> Value { .decimal(try #require(Rational(decimalText: text))) }
}

extension PageCommit {
    /// A page that says these things in this order: records, rejects, deletions.
    init(
        run: RunID, recordType: String, mappingVersion: String, records: [MappedRecord] = [], rejects: [Reject] = [],
        deletions: [String] = [], cursor: String? = nil, anomalies: [String] = []
    ) {
        self.init(
            run: run, recordType: recordType, mappingVersion: mappingVersion,
            events: records.map { .record($0) } + rejects.map { .rejected($0) }
                + deletions.map { .deleted(externalID: $0) },
            cursor: cursor, anomalies: anomalies)
    }
}
