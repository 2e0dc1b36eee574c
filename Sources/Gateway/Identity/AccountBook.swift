internal import Expressions
internal import Indicators
internal import ReviewStore

/// Puts employees in the place of accounts when evidence is read.
struct AccountBook {
    /// The text that stands for each account, by connection.
    private var texts: [String: [String: String]] = [:]
    private var dated: [String: [DatedAccounts.Span]] = [:]

    /// A book of these accounts; of two rows of the same account the first counts.
    init(_ accounts: [Account]) {
        for account in accounts {
            let (connection, name) = (account.connection, account.account)
            if account.state == .ignored {
                texts[connection, default: [:]][name] = IgnoredAccount.text(connection: connection, account: name)
            }
            guard let employee = account.state.employee else { continue }
            if account.validFrom == nil, account.validTo == nil {
                if texts[connection]?[name] == nil { texts[connection, default: [:]][name] = employee }
            } else {
                let text = UnmatchedAccount.text(connection: connection, account: name)
                dated[text, default: []].append(
                    .init(employee: employee, from: account.validFrom, to: account.validTo))
            }
        }
    }

    /// The accounts whose employee depends on the day.
    var datedAccounts: DatedAccounts { DatedAccounts(dated) }

    /// The evidence with its people resolved; accounts that nobody is matched to are marked as such.
    func resolved(_ evidence: Evidence) -> EvidenceRecord {
        EvidenceRecord(
            record: resolved(evidence.record, connection: evidence.key.connection), reference: evidence.key,
            hash: evidence.contentHash, run: evidence.run)
    }

    /// A record with its people resolved.
    func resolved(_ record: CanonicalRecord, connection: String) -> CanonicalRecord {
        var record = record
        resolve(&record, connection: connection)
        return record
    }

    /// Resolves the people of a record.
    func resolve(_ record: inout CanonicalRecord, connection: String) {
        for slot in record.type.accountSlots {
            record.values[slot] = resolved(record.values[slot], connection: connection)
        }
    }

    private func resolved(_ value: Value, connection: String) -> Value {
        switch value {
        case .string(let account): return .string(employee(connection, account))
        case .list(let elements): return .list(elements.map { resolved($0, connection: connection) })
        case .record(var interval):
            if let slot = interval.schema.slot(of: "owner") {
                interval.slots[slot] = resolved(interval.slots[slot], connection: connection)
            }
            return .record(interval)
        default: return value
        }
    }

    private func employee(_ connection: String, _ account: String) -> String {
        texts[connection]?[account] ?? UnmatchedAccount.text(connection: connection, account: account)
    }
}

extension Aggregation {
    /// Takes in stored evidence, once its people are resolved.
    mutating func add(_ evidence: inout EvidenceRecord, of book: AccountBook) {
        book.resolve(&evidence.record, connection: evidence.reference.connection)
        add(evidence)
    }
}
