public import PlumblineKit

/// LimeSurvey over RemoteControl 2 (JSON-RPC): the answers of responses that were handed in, one record for each question,
/// row of a matrix and ticked option, anonymous.
///
/// - Shape: the answers of at most `page_size` numbers of responses in a page, ascending. A response that was incomplete is
///   waited for within the last `look_back` numbers; every `reread_every` those are read again, for what was edited. Where a survey's questions, options or scores
///   become others, all of its responses are read again.
/// - Unit: months of the connection's zone. A choice's score is what `option_scores` or `choice_scores` say, else the
///   survey's assessment values where they differ, else its place or the number of its code where `place_scores` or
///   `code_scores` name the question; scales that LimeSurvey fixes (5 points, 10 points) have their own numbers. Of a question
///   with scores, an option that none of these tells has none, and the scale is that of the others.
/// - Anonymous: tokens, times within the month, addresses, referring pages, attributes and texts never leave the connector,
///   nor do answers of responses that were not handed in; numbers of responses stand in the cursor and nowhere else.
///   Responses and respondents are named by keyed hashes, under a key of the connection's own.
/// - Rights: a user who may see the surveys, export responses and see statistics. Each page has a session of its own, which
///   is released; one that is lost is begun anew.
/// - Leaves out: texts and comments, dates, files, genders, rankings, languages, matrices of texts, numbers or two scales,
///   typed numbers unless `scales` lists them, and choices and ticks without a score, which may say who answers, unless
///   `told_choices` names the question. Surveys that are not active have no responses to read and are an error.
/// - One offset for the server's times: a server that keeps summer time has some responses of an hour in another month.
/// - Limits: the server holds an export in memory, so numbers are asked for by ranges. Behind a range without responses the
///   rest is asked for as a whole, once, to tell a gap from the end.
/// - Not confirmed: texts of statuses (`empty_statuses`), the zone of times (`server_utc_offset`), the form of the JSON file
///   (both are read), columns of questions, members of answer options, letters of types.
/// - Source: RemoteControl_2_API of the LimeSurvey manual.
public struct LimeSurveyConnector: Connector {
    /// `survey.limesurvey`.
    public static let description = ConnectorDescription(
        id: "survey.limesurvey", family: .survey, name: LocalizedText(zh: "LimeSurvey 问卷", en: "LimeSurvey"),
        apiVersion: "RemoteControl 2 (JSON-RPC)",
        documentation: "https://manual.limesurvey.org/RemoteControl_2_API", settings: LimeSurveySettings.all,
        streams: [
            StreamDescription(
                name: "answers", help: LocalizedText(zh: "已交答卷的答案，匿名", en: "Answers of responses handed in, anonymous"),
                recordType: "survey_response", deletions: [.fullList, .neverKnown], isIncremental: true,
                fields: LimeSurveyRecords.fields)
        ])

    private let settings: Settings
    private let context: ConnectorContext
    private let ids: [String]
    private let client: LimeSurveyClient
    private let surveys: LimeSurveySurveys
    private let scores: LimeSurveyScores
    private let months: LimeSurveyMonths

    /// Refuses surveys that are no numbers, and scores, scales, months and an offset that are none.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        (self.settings, self.context) = (settings, context)
        var seen: Set<String> = []
        ids = settings[LimeSurveySettings.surveys].filter { seen.insert($0).inserted }
        client = LimeSurveyClient(settings: settings, transport: context.transport)
        surveys = LimeSurveySurveys(client: client)
        scores = try LimeSurveyScores(settings: settings)
        months = try LimeSurveyMonths(settings: settings, utcOffset: context.utcOffset)
        if let survey = ids.first(where: { id in Int(id).map { String($0) } != id }) {
            throw .settings(field: "surveys", reason: "expected the number of a survey, got '\(survey)'")
        }
    }

    /// Logs in, and asks for each survey and how many responses it has.
    public func check() async throws(ConnectorError) -> CheckReport {
        try await inSession { () throws(ConnectorError) in
            var remarks: [String] = []
            for id in ids {
                let survey = try await surveys.survey(id)
                let summary = try await client.value("get_summary", [.number(id), "all"])
                let complete = summary["completed_responses"]?.scalarText ?? "an unknown number of"
                remarks += try self.remarks(on: survey, complete: complete)
            }
            remarks += scores.vain(besides: ids)
            let undated = settings[LimeSurveySettings.undatedMonths].keys.filter { !ids.contains($0) }.sorted()
            remarks += undated.map { "undated_months names \($0), a survey that is not read" }
            return CheckReport(source: "LimeSurvey", remarks: remarks)
        }
    }

    private func remarks(on survey: LimeSurveySurvey, complete: String) throws(ConnectorError) -> [String] {
        let (read, unread) = try records().reading(of: survey)
        var remarks = ["survey \(survey.id): \(read) questions are read, \(complete) responses were handed in"]
        if !unread.isEmpty {
            remarks.append(
                "survey \(survey.id): nothing gives \(unread.joined(separator: ", ")) a score, so they are not read; see "
                    + "option_scores, choice_scores, code_scores, place_scores, told_choices, scales")
        }
        return remarks + scores.vain(in: survey)
    }

    /// The answers of the next responses: those that were incomplete before, then new ones.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        guard stream == "answers" else { throw .unknownStream(stream, of: Self.description) }
        let start = try begin(cursor)
        return try await inSession { () throws(ConnectorError) in try await page(start) }
    }

    /// Ends the session that `ask` began, whatever came of it.
    private func inSession<Answer: Sendable>(
        _ ask: () async throws(ConnectorError) -> Answer
    ) async throws(ConnectorError) -> Answer {
        do throws(ConnectorError) {
            let answer = try await ask()
            await client.end()
            return answer
        } catch {
            await client.end()
            throw error
        }
    }
}

// MARK: - The run

extension LimeSurveyConnector {
    private var lookBack: Int { settings[LimeSurveySettings.lookBack] }
    private var pageSize: Int { settings[LimeSurveySettings.pageSize] }

    /// The run that the cursor is in, or a new one, which reads responses again where that is due.
    private func begin(_ cursor: Cursor?) throws(ConnectorError) -> LimeSurveyWalk {
        let now = context.now()
        var walk =
            try cursor.map { (cursor) throws(ConnectorError) in try LimeSurveyWalk(cursor) }
            ?? LimeSurveyWalk(reread: now)
        // A survey that the settings no longer name ends the run that was in it.
        if let place = walk.place, ids.contains(place.survey) { return walk }
        let pause = Int(settings[LimeSurveySettings.rereadEvery].components.seconds)
        walk.again = !walk.marks.isEmpty && now >= walk.reread.advanced(bySeconds: pause)
        if walk.again { walk.reread = now }
        walk.enter(ids.first, lookBack: lookBack)
        return walk
    }

    private func page(_ start: LimeSurveyWalk) async throws(ConnectorError) -> Page {
        var walk = start
        let records = try records()
        while let id = walk.place?.survey {
            let survey = try await surveys.survey(id)
            walk.read(by: records.form(of: survey))
            guard let place = walk.place else { break }
            switch try await next(of: place.survey, from: place.from, known: place.known) {
            case .end:
                walk.leave()
                walk.enter(following(place.survey), lookBack: lookBack)
            case .gap(let next): walk.pass(next - 1, numbers: [], open: [], lookBack: lookBack)
            case .rows(let rows, let last):
                var page = Page(cursor: nil, hasMore: true)
                let complete = rows.filter(LimeSurveyReader.isComplete)
                for row in complete where walk.tells(row.number) { records.add(row, to: survey, page: &page) }
                let open = rows.filter { !LimeSurveyReader.isComplete($0) }.map(\.number)
                walk.pass(last, numbers: rows.map(\.number), open: open, lookBack: lookBack)
                page.cursor = walk.cursor
                return page
            }
        }
        return Page(cursor: walk.cursor, hasMore: false)
    }

    private func records() throws(ConnectorError) -> LimeSurveyRecords {
        let pseudonym = try SurveyPseudonym(key: settings[LimeSurveySettings.hashKey], context: context)
        return LimeSurveyRecords(reader: LimeSurveyReader(pseudonym: pseudonym, months: months), scores: scores)
    }

    private func following(_ survey: String) -> String? {
        ids.firstIndex(of: survey).flatMap { ids.indices.contains($0 + 1) ? ids[$0 + 1] : nil }
    }

    /// What lies at a number and behind it.
    private enum Step {
        case rows([LimeSurveyRow], last: Int)
        /// Nothing before this number.
        case gap(Int)
        case end
    }

    /// Numbers up to `known` were given out, so a range of them without a response is no sign of the end; behind them, what
    /// lies above the last response of a range may be given out any moment, and is read with the next.
    private func next(of survey: String, from first: Int, known: Int) async throws(ConnectorError) -> Step {
        let last = first + pageSize - 1
        let rows = try await client.responses(of: survey, from: first, to: last)
        if let newest = rows.last?.number { return .rows(rows, last: max(newest, min(last, known))) }
        if last < known { return .gap(last + 1) }
        // From the same number on: one may have come since.
        let rest = try await client.responses(of: survey, from: first, to: nil)
        let near = rest.filter { $0.number <= last }
        if let newest = near.last?.number { return .rows(near, last: newest) }
        return rest.first.map { .gap($0.number) } ?? .end
    }
}

// MARK: - Sweep

extension LimeSurveyConnector: IdentifierListing {
    /// The names of all records, of what was rejected, and of what may be stored of responses that can no longer be read, a
    /// range of numbers at a time.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        guard stream == "answers" else { throw .unknownStream(stream, of: Self.description) }
        let state = try cursor?.state()
        let place = LimeSurveySweep(survey: state?["survey"]?.string ?? ids.first, from: state?["from"]?.int ?? 1)
        return try await inSession { () throws(ConnectorError) in try await identifiers(place) }
    }

    private struct LimeSurveySweep {
        var survey: String?
        var from: Int
    }

    private func identifiers(_ start: LimeSurveySweep) async throws(ConnectorError) -> IdentifierPage {
        var place = start
        let records = try records()
        while let id = place.survey {
            let survey = try await surveys.survey(id)
            switch try await next(of: id, from: place.from, known: 0) {
            case .end:
                if place.from == 1 { try await expectNone(in: id) }
                place = LimeSurveySweep(survey: following(id), from: 1)
            case .gap(let next): place.from = next
            case .rows(let rows, let last):
                return IdentifierPage(
                    identifiers: rows.filter(LimeSurveyReader.isComplete).flatMap {
                        records.identifiers(of: $0, in: survey)
                    },
                    cursor: Cursor(["survey": .string(id), "from": .int(last + 1)]), hasMore: true)
            }
        }
        return IdentifierPage(identifiers: [], cursor: nil, hasMore: false)
    }

    /// A survey that seems to have no response is believed only where the server counts none.
    private func expectNone(in survey: String) async throws(ConnectorError) {
        let summary = try await client.value("get_summary", [.number(survey), "all"])
        guard let count = summary["full_responses"]?.scalarText.flatMap({ Int($0) }) else {
            throw .unexpected(reason: "the summary of survey \(survey), which exports no response, counts none either")
        }
        if count == 0 { return }
        throw .unexpected(reason: "survey \(survey) counts \(count) responses and exports none")
    }
}
