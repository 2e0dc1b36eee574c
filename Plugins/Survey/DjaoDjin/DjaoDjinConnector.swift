public import PlumblineKit

/// djaodjin-survey over REST: the answers of responses that were handed in, one record for each question.
///
/// - Shape: the answers of at most `page_size` responses in a page, ascending by the time when they were begun.
/// - Unit: months of the connection's zone. Choices have the scores that `choice_scores` says, or their place among the
///   choices, from 1, where `place_scores` names their unit.
/// - Anonymous: accounts, names, times within the month, free text and the server's own identifiers never leave the
///   connector. Responses and respondents are named by keyed hashes, under a key of the connection's own.
/// - Rights: a token of a user who manages the account that owns the surveys.
/// - Leaves out: responses that were not handed in, answers in other units than the question's own, texts, choices without a
///   score, which may say who answers, unless `told_choices` names their unit, responses that were handed in longer than
///   `open_for` after they were begun.
/// - Limits: a call for each response. The server answers a call with status 500 where a free text was bound to a
///   question as its choice; such a run ends there.
/// - Source: djaodjin-survey 0.21 (`survey/api/sample.py`, `campaigns.py`, `units.py`).
public struct DjaoDjinConnector: Connector {
    /// `survey.djaodjin`.
    public static let description = ConnectorDescription(
        id: "survey.djaodjin", family: .survey, name: LocalizedText(zh: "djaodjin-survey 问卷", en: "djaodjin-survey"),
        apiVersion: "REST (djaodjin-survey 0.21)", documentation: "https://djaodjin-survey.readthedocs.io/",
        settings: DjaoDjinSettings.all,
        streams: [
            StreamDescription(
                name: "answers", help: LocalizedText(zh: "已交答卷的答案，匿名", en: "Answers of responses handed in, anonymous"),
                recordType: "survey_response", deletions: [.fullList, .neverKnown], isIncremental: true,
                fields: DjaoDjinAnswers.fields)
        ])

    private let settings: Settings
    private let context: ConnectorContext
    private let client: DjaoDjinClient
    private let answers: DjaoDjinAnswers
    private let since: Instant?
    private let listed = DjaoDjinListed()

    /// Refuses a `since` that is no day, and scales and scores that are no numbers.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        (self.settings, self.context) = (settings, context)
        client = DjaoDjinClient(settings: settings, transport: context.transport)
        answers = DjaoDjinAnswers(
            client: client, units: try DjaoDjinUnits(client: client, settings: settings), utcOffset: context.utcOffset)
        since = try settings[DjaoDjinSettings.since].map { (day) throws(ConnectorError) in
            guard let midnight = Instant(rfc3339: day + "T00:00:00Z") else {
                throw .settings(field: "since", reason: "expected a day such as 2026-01-01, got '\(day)'")
            }
            // Clocks that are ahead of UTC have their midnight earlier.
            return midnight.advanced(bySeconds: -context.utcOffset(midnight))
        }
    }

    /// Asks for the list of responses, and whether the surveys named are there.
    public func check() async throws(ConnectorError) -> CheckReport {
        for survey in settings[DjaoDjinSettings.surveys] {
            guard try await client.json(["editables", client.owner, "campaigns", survey]) != nil else {
                throw .settings(field: "surveys", reason: "there is no survey '\(survey)' that our user may see")
            }
        }
        let listed = try await responses().list(begunSince: nil).responses
        let handedIn = listed.count(where: \.isHandedIn)
        return CheckReport(
            source: "djaodjin-survey",
            remarks: ["\(listed.count) responses, \(handedIn) of them handed in"])
    }

    /// The answers of the next responses that were handed in.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        guard stream == "answers" else { throw .unknownStream(stream, of: Self.description) }
        let state = try cursor.map { (cursor) throws(ConnectorError) in try DjaoDjinWalk.State(cursor) }
        let listing = try await listing(for: state)
        guard var walk = walk(state, listing.responses) else {
            return Page(rejected: listing.rejected, cursor: cursor, hasMore: false)
        }
        let rest = listing.responses.filter(walk.reads)
        let batch = rest.prefix(settings[DjaoDjinSettings.pageSize])
        var page = Page(
            rejected: walk.place == nil ? listing.rejected : [], cursor: nil, hasMore: rest.count > batch.count)
        for response in batch { try await answers.add(response, to: &page) }
        if let last = batch.last { walk.place = last.place }
        page.cursor = page.hasMore ? walk.cursor : walk.endCursor
        return page
    }

    /// The list of responses: read when a run begins or goes on elsewhere, and kept for its pages.
    private func listing(for state: DjaoDjinWalk.State?) async throws(ConnectorError) -> DjaoDjinResponses.Listing {
        if case .inside? = state, let listing = await listed.listing { return listing }
        let listing = try await responses().list(begunSince: start(state))
        await listed.keep(listing)
        return listing
    }

    private func responses() throws(ConnectorError) -> DjaoDjinResponses {
        DjaoDjinResponses(
            client: client, pseudonym: try SurveyPseudonym(key: settings[DjaoDjinSettings.hashKey], context: context),
            surveys: Set(settings[DjaoDjinSettings.surveys]), since: since)
    }
}

// MARK: - The run

extension DjaoDjinConnector {
    private static func seconds(_ duration: Duration) -> Int { Int(duration.components.seconds) }

    /// Where a run begins that follows one which ended at `until`.
    private func from(_ until: Instant) -> Instant {
        until.advanced(bySeconds: -Self.seconds(settings[DjaoDjinSettings.overlap]))
    }

    /// How far back the list is to be read: as far as something that is still open may lie.
    private func start(_ state: DjaoDjinWalk.State?) -> Instant? {
        let from: Instant? =
            switch state {
            case nil: nil
            case .inside(let walk): walk.from
            case .ended(let until, _): self.from(until)
            }
        return from?.advanced(bySeconds: -Self.seconds(settings[DjaoDjinSettings.openFor]))
    }

    /// The run that the cursor is in, or a new one; nil where there is no response at all.
    private func walk(_ state: DjaoDjinWalk.State?, _ listed: [DjaoDjinResponse]) -> DjaoDjinWalk? {
        if case .inside(let walk)? = state { return walk }
        var (from, known, before) = (Instant?.none, Set<String>(), Instant?.none)
        if case .ended(let until, let waiting)? = state { (from, known, before) = (self.from(until), waiting, until) }
        guard let until = [listed.last?.begun, before].compactMap(\.self).max() else { return nil }
        let oldest = until.advanced(bySeconds: -Self.seconds(settings[DjaoDjinSettings.openFor]))
        let waiting = listed.filter { !$0.isHandedIn && $0.begun >= oldest }.map(\.id)
        return DjaoDjinWalk(from: from, until: until, known: known, waiting: Set(waiting))
    }
}

// MARK: - Sweep

extension DjaoDjinConnector: IdentifierListing {
    /// Every question of every response that was handed in, answered or not: what is not listed has vanished.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        guard stream == "answers" else { throw .unknownStream(stream, of: Self.description) }
        let listing = try await responses().list(begunSince: nil)
        guard listing.rejected.isEmpty else {
            throw .unexpected(reason: "the list has responses that cannot be read, so a sweep would miss them")
        }
        var (identifiers, questions) = ([String](), [String: [String]]())
        for response in listing.responses where response.isHandedIn {
            let survey = response.survey.slug
            if questions[survey] == nil { questions[survey] = try await answers.questions(of: survey) }
            identifiers += (questions[survey] ?? []).map { [response.id, $0].compoundIdentifier }
        }
        return IdentifierPage(identifiers: identifiers, cursor: nil, hasMore: false)
    }
}
