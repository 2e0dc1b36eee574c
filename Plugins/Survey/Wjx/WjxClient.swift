import PlumblineKit

/// The calls of wjx's open API, signed or with a key. Nothing that it reads is removed by reading.
actor WjxClient {
    /// What is asked for. The queue that hands out each answer once (1001003) is not among it.
    enum Action: String {
        case survey = "1000001"
        case answers = "1001002"
    }

    private let baseURL: String
    private let transport: any Transport
    private let now: @Sendable () -> Instant
    private let proof: WjxProof
    private let pseudonym: SurveyPseudonym
    private let limitTexts: [String]
    /// Seconds by which the server's clock is ahead of ours, as its last answer showed.
    private var skew = 0
    private var calls = 0

    init(settings: Settings, context: ConnectorContext, pseudonym: SurveyPseudonym) throws(ConnectorError) {
        baseURL = settings[WjxSettings.baseURL]
        (transport, now, self.pseudonym) = (context.transport, context.now, pseudonym)
        proof = try WjxProof(settings: settings, digest: context.digest)
        limitTexts = settings[WjxSettings.limitTexts].filter { !$0.isEmpty }
    }

    /// The member `data` of an answer.
    ///
    /// A signature holds for 30 seconds of the server's clock: where an answer shows that ours is off, and the request was
    /// refused, it is signed anew, once.
    ///
    /// - Throws: `ConnectorError.unavailable` where wjx says that we ask too fast; `.unexpected` for whatever else it
    ///   complains of, in its own words.
    func data(_ action: Action, _ parameters: [(String, JSON)]) async throws(ConnectorError) -> JSON {
        let assumed = skew
        var answer = try await ask(action, parameters)
        if answer["result"] != true, proof.dependsOnTime, abs(skew - assumed) > Self.tolerance {
            answer = try await ask(action, parameters)
        }
        guard answer["result"] == true else {
            let message = String((answer["errormsg"]?.string ?? "no reason given").prefix(200))
            let reason = "action \(action.rawValue): wjx says \(proof.conceal(message))"
            // Limits are of calls in a second.
            if limitTexts.contains(where: message.contains) {
                throw .unavailable(reason: reason, retryAfter: .seconds(1))
            }
            throw .unexpected(reason: reason)
        }
        guard let data = answer["data"] else {
            throw .unexpected(reason: "the answer to action \(action.rawValue) has no 'data'")
        }
        return data
    }

    private static let tolerance = 5

    private func ask(_ action: Action, _ parameters: [(String, JSON)]) async throws(ConnectorError) -> JSON {
        calls += 1
        let moment = now()
        let trace = pseudonym.of("trace", moment.rfc3339, String(calls))
        let seconds = moment.microseconds / 1_000_000 + Int64(skew)
        let request = try proof.request(
            baseURL, action: action.rawValue, parameters: parameters, trace: trace, seconds: seconds)
        let response = try await transport.send(request)
        if let date = response.headers["Date"].flatMap({ HTTPDate($0, now: seconds) }) {
            skew = Int(date.seconds - moment.microseconds / 1_000_000)
        }
        guard response.isSuccess else {
            let excerpt = proof.conceal(response.excerpt(200))
            throw .unexpected(reason: "\(response.summary) answered \(response.status): \(excerpt)")
        }
        return try response.json()
    }
}
