internal import Expressions
public import Indicators
internal import PlumblineKit
public import ReviewStore

/// What a look at a connection's directory told.
public struct DirectoryReport: Sendable {
    /// The connection.
    public let connection: String
    /// How many people the directory told of.
    public let people: Int
    /// What was new, and why it is not believed where it is not.
    public let snapshot: FollowedSnapshot
    /// What could not be read, one line each.
    public let anomalies: [String]
}

/// How a directory is looked at.
public struct DirectoryLooking: Sendable, Hashable {
    /// Whether nothing is stored.
    public var isPreview = false
    /// Whether doubtful news, and accounts with other staff numbers, are taken in all the same: a person has looked.
    public var isAccepted = false

    /// A look that stores what is not doubtful.
    public init() {}
}

extension WorkspaceHost {
    /// Looks at the directories of these connections now, or at all; computes what changes of people touch.
    ///
    /// - Throws: `HostError.invalid` where a connection, or the workspace, has no directory; what stops a connection.
    public func lookAtDirectories(
        of names: [String], _ looking: DirectoryLooking
    ) async throws(HostError) -> (reports: [DirectoryReport], values: PublicationOutcome) {
        var reports: [DirectoryReport] = []
        for (connection, directory) in try directories(of: names) {
            let open = try OpenConnection(connection, host: self)
            do throws(HostError) {
                reports.append(try await report(of: try await open.look(at: directory), open, looking))
                await open.close()
            } catch {
                await open.close()
                throw error
            }
        }
        let values = looking.isPreview ? PublicationOutcome() : try await recalculate(cause: "people", run: nil)
        return (reports, values)
    }

    /// Looks at the directory of a connection that is pulled, where that is due; nil where it is not.
    func followDirectory(of open: OpenConnection) async throws(HostError) -> DirectoryReport? {
        guard let directory = open.connection.directory else { return nil }
        let states = try await storing { () throws(StoreError) in try await store.directoryStates() }
        if let looked = states.first(where: { $0.connection == open.connection.name })?.looked,
            looked <= now(), now() < looked + directory.every
        {
            return nil
        }
        return try await report(of: try await open.look(at: directory), open, DirectoryLooking())
    }

    private func report(
        of look: DirectoryLook, _ open: OpenConnection, _ looking: DirectoryLooking
    ) async throws(HostError) -> DirectoryReport {
        let name = open.connection.name
        let snapshot = try await storing { () throws(StoreError) in
            if looking.isPreview { return try await foreseen(look, of: name, looking) }
            let snapshot = try await follow(look, of: name, looking)
            try await noteAccounts(look.mentions, connection: name)
            return snapshot
        }
        return DirectoryReport(
            connection: name, people: look.snapshot.people.count, snapshot: snapshot,
            anomalies: look.anomalies(of: name))
    }

    private func follow(
        _ look: DirectoryLook, of name: String, _ looking: DirectoryLooking
    ) async throws(StoreError) -> FollowedSnapshot {
        let follow = following(look.snapshot, looking)
        return try await store.followDirectory(
            of: name, actor: actor, markingStale: Set(workspace.recordTypes.keys), following: follow,
            matching: Self.rematched)
    }

    private func foreseen(
        _ look: DirectoryLook, of name: String, _ looking: DirectoryLooking
    ) async throws(StoreError) -> FollowedSnapshot {
        let known = try await store.directories().first { $0.state.connection == name }
        let found = following(look.snapshot, looking)(known?.history ?? DirectoryHistory())
        return FollowedSnapshot(news: found.news, doubt: found.doubt, changes: PeopleChanges())
    }

    private func following(_ snapshot: DirectorySnapshot, _ looking: DirectoryLooking) -> DirectoryFollowing {
        let (today, isAccepted) = (today, looking.isAccepted)
        return { history in
            var history = history
            let (news, doubt) = history.follow(snapshot, on: today, acceptsNumbers: isAccepted)
            return (history, news, isAccepted ? nil : doubt)
        }
    }

    private var today: Day { workspace.calendar.zone.day(of: now()) }

    private func directories(
        of names: [String]
    ) throws(HostError) -> [(connection: Connection, directory: DirectoryStream)] {
        let all = workspace.connections.compactMap { connection in
            connection.directory.map { (connection: connection, directory: $0) }
        }
        if let unknown = names.first(where: { name in !all.contains { $0.connection.name == name } }) {
            let known = all.map(\.connection.name).joined(separator: ", ")
            throw .invalid(
                "no connection '\(unknown)' has a 'directory'" + (known.isEmpty ? "" : "; these have: \(known)"))
        }
        if all.isEmpty {
            throw .invalid("no connection has a 'directory'; the templates of OA systems show how it is written")
        }
        return names.isEmpty ? all : all.filter { names.contains($0.connection.name) }
    }

    // MARK: What is known

    /// Where the people file's word counts against a directory's today.
    public func directoryDifferences() async throws(HostError) -> [DirectoryDifference] {
        let (file, directories) = try await storing { () throws(StoreError) in
            (try await store.peopleFile(), try await store.directories())
        }
        return PeopleLayers(file: file, directories: directories.map(\.history)).differences(on: today)
    }

    /// The rows of one employee: those that count, and where they come from.
    public func rows(of employee: String) async throws(HostError) -> PersonRows {
        let (people, file, directories) = try await storing { () throws(StoreError) in
            (try await store.people(), try await store.peopleFile(), try await store.directories())
        }
        let rows = PersonRows(
            effective: people.filter { $0.employee == employee }, file: file.filter { $0.employee == employee },
            directories: directories.compactMap { directory in
                directory.history.people[employee].map {
                    PersonRows.Told(connection: directory.state.connection, person: $0)
                }
            })
        if rows.isEmpty { throw .invalid("neither the people file nor a directory has the staff number '\(employee)'") }
        return rows
    }

    /// Deletes what a connection's directory told, and computes what that touches.
    public func forgetDirectory(
        of connection: String
    ) async throws(HostError) -> (changes: PeopleChanges, values: PublicationOutcome) {
        let changes = try await storing { () throws(StoreError) in
            try await store.forgetDirectory(
                of: connection, actor: actor, markingStale: Set(workspace.recordTypes.keys), matching: Self.rematched)
        }
        guard let changes else { throw .invalid("no directory of a connection '\(connection)' was ever followed") }
        return (changes, try await recalculate(cause: "people", run: nil))
    }
}

/// The rows of one employee, and where they come from.
public struct PersonRows: Sendable {
    /// What a directory tells.
    public struct Told: Sendable {
        /// The connection.
        public let connection: String
        /// The account and the rows.
        public let person: DirectoryHistory.Person
    }

    /// Those that count.
    public let effective: [DirectoryEntry]
    /// Those of HR's file.
    public let file: [DirectoryEntry]
    /// Those of directories; the first counts.
    public let directories: [Told]

    var isEmpty: Bool { effective.isEmpty && file.isEmpty && directories.isEmpty }
}
