internal import Expressions
internal import Indicators
internal import PlumblineKit

/// What a source tells of its accounts, and what of that could not be used.
struct DescribedAccounts {
    private(set) var mentions: [AccountMention] = []
    private var faults = ReadingFaults()
    private var more: [String] = []

    /// Takes in a page of the stream that describes accounts.
    mutating func add(_ page: Page, of stream: AccountStream) {
        faults.note(page)
        for record in page.records {
            let mention = stream.mapping.mention(Value(record.json)) { fault in
                faults.note(fault.field.rawValue, at: fault.place, of: record.id, fault.reason)
            }
            if let mention { mentions.append(mention) }
        }
    }

    /// Takes in what a look at a directory told of accounts.
    mutating func add(_ look: DirectoryLook, of connection: String) {
        mentions += look.mentions
        more += look.anomalies(of: connection)
    }

    /// A line for each thing that went wrong, with the first case of it.
    func anomalies(of connection: String) -> [String] { faults.lines(of: "\(connection): accounts") + more }
}

extension WorkspaceHost {
    /// What the stream that describes accounts tells of them; nothing where the connection names none.
    func describedAccounts(_ open: OpenConnection) async throws(HostError) -> DescribedAccounts {
        var described = DescribedAccounts()
        guard let accounts = open.connection.accounts else { return described }
        try await open.forEachPage(of: accounts.source, holding: "accounts") { described.add($0, of: accounts) }
        return described
    }

    /// For a preview, which stores nothing: what the directory tells as well.
    func previewedAccounts(_ open: OpenConnection) async throws(HostError) -> DescribedAccounts {
        var described = try await describedAccounts(open)
        guard let directory = open.connection.directory else { return described }
        described.add(try await open.look(at: directory), of: open.connection.name)
        return described
    }
}
