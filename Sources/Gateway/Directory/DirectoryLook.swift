internal import Expressions
internal import Indicators
internal import PlumblineKit

/// A look at a directory: who is told of, and what could not be read.
struct DirectoryLook {
    private(set) var snapshot = DirectorySnapshot([])
    private var faults = ReadingFaults()

    /// Takes in a page of the directory. Who is there and cannot be read stays as they are known: they have not left.
    mutating func add(_ page: Page, of stream: DirectoryStream) {
        faults.note(page)
        snapshot.unreadable.formUnion(page.rejected.map(\.id))
        for record in page.records {
            let source = Value(record.json)
            var account: String?
            do throws(DirectoryMapping.Fault) {
                account = try stream.mapping.account(source)
                if let account { snapshot.people.append(try stream.mapping.person(source, account: account)) }
            } catch {
                faults.note(error.field.rawValue, at: error.place, of: record.id, error.reason)
                snapshot.unreadable.insert(account ?? record.id)
            }
        }
    }

    /// What is told of accounts.
    var mentions: [AccountMention] {
        snapshot.people.map { person in
            AccountMention(
                account: person.account, email: person.emails?.first, phone: person.phones?.first,
                staffNumber: person.employee, name: person.nameZh ?? person.nameEn)
        }
    }

    /// A line for each thing that went wrong, with the first case of it.
    func anomalies(of connection: String) -> [String] { faults.lines(of: "\(connection): directory") }
}

extension OpenConnection {
    /// Everybody whom the connection's directory tells of now.
    func look(at directory: DirectoryStream) async throws(HostError) -> DirectoryLook {
        var look = DirectoryLook()
        try await forEachPage(of: directory.source, holding: "the directory") { look.add($0, of: directory) }
        return look
    }
}
