import PlumblineKit

/// Who we are to the server, and how late it is there.
///
/// A token that has ended may be answered with an empty result instead of a refusal (not confirmed): an empty list
/// proves nothing. Nobody may ask who he is.
actor JiraIdentity {
    private let client: JiraClient
    private let dates: JiraDates
    private let clock: @Sendable () -> Instant
    /// How far the server's clock is ahead of ours, in microseconds; nil before it was asked.
    private var ahead: Int64?

    init(client: JiraClient, dates: JiraDates, now: @escaping @Sendable () -> Instant) {
        self.client = client
        self.dates = dates
        clock = now
    }

    /// The server's present moment, a little early rather than late. Ours where it does not tell.
    func now() async throws(ConnectorError) -> Instant {
        if ahead == nil { try await prove() }
        return Instant(microseconds: clock().microseconds + (ahead ?? 0))
    }

    /// Asks who we are.
    ///
    /// - Throws: `ConnectorError.refused` where we are nobody; `.settings` where our user's zone is not the one in which
    ///   dates are written.
    func prove() async throws(ConnectorError) {
        let (user, headers) = try await client.myself()
        guard let account = user["accountId"]?.string, !account.isEmpty else {
            throw .unexpected(reason: "the server does not say whose our token is: myself has no 'accountId'")
        }
        try dates.prove(zoneOfUser: user["timeZone"]?.string)
        let date = headers["Date"].flatMap { HTTPDate($0) }
        ahead = date.map { $0.seconds * 1_000_000 - clock().microseconds } ?? 0
    }
}
