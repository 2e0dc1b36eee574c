internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import YAMLDocument

/// What a source tells of its accounts, and what of that could not be used.
struct DescribedAccounts {
    private(set) var mentions: [AccountMention] = []
    private var faults: [Fault] = []

    private struct Fault {
        let what: String
        let first: String
        var count = 1
    }

    /// Takes in a page of the stream that describes accounts.
    mutating func add(_ page: Page, of stream: AccountStream) {
        for row in page.rejected { note("a record", "\(row.id): \(row.reason)") }
        for anomaly in page.anomalies { note("a record", "\(anomaly.id): \(anomaly.reason)") }
        for record in page.records {
            let mention = stream.mapping.mention(Value(record.json)) { fault in
                note(
                    "'\(fault.field.rawValue)' (\(fault.place))",
                    "\(record.id): \(MaskedReason.text(fault.reason))")
            }
            if let mention { mentions.append(mention) }
        }
    }

    private mutating func note(_ what: String, _ reason: String) {
        if let index = faults.firstIndex(where: { $0.what == what }) {
            faults[index].count += 1
        } else {
            faults.append(Fault(what: what, first: reason))
        }
    }

    /// A line for each thing that went wrong, with the first case of it.
    func anomalies(of connection: String) -> [String] {
        faults.map { fault in
            let times = fault.count == 1 ? "once" : "\(fault.count) times"
            return "\(connection): accounts: \(fault.what) could not be read \(times): \(fault.first)"
        }
    }
}

extension WorkspaceHost {
    /// What the stream that describes accounts tells of them; nothing where the connection names none.
    func describedAccounts(_ open: OpenConnection) async throws(HostError) -> DescribedAccounts {
        var described = DescribedAccounts()
        guard let accounts = open.connection.accounts else { return described }
        do throws(ConnectorError) {
            var cursor: Cursor?
            repeat {
                let page = try await open.connector.page(of: accounts.source, after: cursor)
                described.add(page, of: accounts)
                if page.hasMore, page.cursor == nil || page.cursor == cursor {
                    throw ConnectorError.unexpected(reason: "the source gave the same page of accounts again")
                }
                cursor = page.hasMore ? page.cursor : nil
            } while cursor != nil
        } catch {
            throw .connector(connection: open.connection.name, open.connection.failure(error))
        }
        return described
    }
}
