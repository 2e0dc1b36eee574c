import PlumblineKit

/// What a connection reads wjx with.
struct WjxAccess: Sendable {
    let client: WjxClient
    let reader: WjxReader
    let surveys: WjxSurveys

    init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        let pseudonym = try SurveyPseudonym(key: settings[WjxSettings.hashKey], context: context)
        client = try WjxClient(settings: settings, context: context, pseudonym: pseudonym)
        reader = WjxReader(
            pseudonym: pseudonym, parameter: WjxParameter(rawValue: settings[WjxSettings.parameter]) ?? .ignored)
        surveys = WjxSurveys(client: client)
    }
}

/// The surveys, each asked for once in a run.
actor WjxSurveys {
    private let client: WjxClient
    private var known: [String: WjxSurvey] = [:]

    init(client: WjxClient) {
        self.client = client
    }

    func survey(_ id: String) async throws(ConnectorError) -> WjxSurvey {
        if let survey = known[id] { return survey }
        let survey = try WjxSurvey(id, try await client.data(.survey, [("vid", .number(id))]))
        known[id] = survey
        return survey
    }
}
