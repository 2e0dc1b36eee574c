import PlumblineKit

/// How to tell whose our key is. A Redmine that requires no login takes a wrong key for nobody's and answers 200, with
/// the public issues or none: an empty list proves nothing.
enum RedmineIdentity: String, CaseIterable {
    /// Only an administrator may list users.
    case administrator
    /// The current user is shown to anybody who is somebody.
    case account
    case unchecked

    /// Asks who we are.
    ///
    /// - Throws: `ConnectorError.refused` where we are nobody, or not the administrator whom the settings promise.
    func prove(_ client: RedmineClient) async throws(ConnectorError) {
        switch self {
        case .unchecked: return
        case .administrator:
            let users = try await hinting { () throws(ConnectorError) in try await client.list("users", [], limit: 1) }
            if !users.items.isEmpty { return }
        case .account:
            let answer = try await hinting { () throws(ConnectorError) in
                try await client.json(["users", "current.json"])
            }
            if answer["user"]?["id"]?.int != nil { return }
        }
        throw .unexpected(reason: "the server does not say whose our key is (identity: \(rawValue))")
    }

    private func hinting<Answer>(
        _ ask: () async throws(ConnectorError) -> Answer
    ) async throws(ConnectorError) -> Answer {
        do throws(ConnectorError) {
            return try await ask()
        } catch {
            guard case .refused(let status, let hint) = error else { throw error }
            let reason =
                status == 403 ? "our key is no administrator's" : "the key is nobody's, or REST is switched off"
            throw .refused(status: status, hint: "\(reason) (identity: \(rawValue)) \(hint)")
        }
    }
}
