public import PlumblineKit

/// wjx (问卷星): the answers of surveys, one record for each question, row of a matrix and ticked option, anonymous.
///
/// - Shape: the answers of at most `page_size` submissions in a page, by survey and number. Every `reread_every` the
///   submissions of the last `reread_for` are read again, for those that were edited.
/// - Unit: months of the connection's zone. A choice's score is what `option_scores` or `choice_scores` say, else the
///   survey's own, else the number that is its text where all are numbers, else its place from 1 where `place_scores` names
///   the question. A row of a matrix has the number of its column where `scales` or `place_scores` name the question.
/// - Anonymous: numbers of submissions, times within the month, addresses, nicknames, names, departments and texts never
///   leave the connector. Submissions are named by keyed hashes, under a key of the connection's own. `sojumpparm` is
///   dropped unless it says who is rated, or is hashed as who answers.
/// - Pushes: `sign` of the JSON push covers survey and sequence, and no answer, so by default a push is no more than a
///   notice and gives no record: the next pull reads the answer. `pushes: unsigned_answers` takes the answers as they come,
///   which anybody may forge who knows the address and has seen one push; `pushes: form` takes those of the signed push as a
///   form, which was not seen on a live account. Either reads only questions whose `option_scores` the settings tell.
/// - Rights: an ApiKey, or appid and appkey, of the account that owns the surveys. The queue that hands out an answer once
///   (1001003) is never asked.
/// - Leaves out: what texts say, files, rankings, weights, matrices of several choices, answers that are marked invalid, and
///   choices without a score, which may say who answers, unless `told_choices` names the question.
/// - A survey that was read and stands neither in `surveys` nor in `closed_surveys` stops the run: its records would
///   otherwise be taken for deleted.
/// - Not confirmed: which numbers say that nothing was answered (`skipped_values`), the words for a limit (`limit_texts`),
///   names of members (`jid`, `index`, `submittime`, `q_index` and others), that China's time is meant in
///   pulled answers, `|` and `!` in `submitdata`, whether page breaks are counted (`numbers_all`), that an edited answer
///   keeps its time, that `min_index` and `begin_time` may be combined.
/// - Source: wjxcom/wjx-ai-kit (commit 81e0c94), www.showdoc.com.cn/wjxopenapi/7664690808275512.
public struct WjxConnector: Connector {
    /// `survey.wjx`.
    public static let description = ConnectorDescription(
        id: "survey.wjx", family: .survey, name: LocalizedText(zh: "问卷星", en: "wjx (问卷星)"),
        apiVersion: "OpenAPI (wjx.cn)", documentation: "https://github.com/wjxcom/wjx-ai-kit",
        settings: WjxSettings.all,
        streams: [
            StreamDescription(
                name: "answers", help: LocalizedText(zh: "答卷的答案，匿名", en: "Answers of submissions, anonymous"),
                recordType: "survey_response", deletions: [.fullList, .neverKnown], isIncremental: true,
                fields: WjxRecords.fields)
        ])

    private let settings: Settings
    private let now: @Sendable () -> Instant
    private let records: WjxRecords
    private let since: Instant?
    /// Nil where nothing is asked of wjx.
    private let open: WjxAccess?

    /// Refuses settings without a proof, a `since` that is no time, and scores and scales that are none.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        (self.settings, now) = (settings, context.now)
        _ = try WjxProof(settings: settings, digest: context.digest)
        open = context.hmacSHA256 == nil ? nil : try WjxAccess(settings: settings, context: context)
        records = try WjxRecords(settings: settings, utcOffset: context.utcOffset)
        since = try settings[WjxSettings.since].map { (text) throws(ConnectorError) in
            guard let since = Instant(rfc3339: text) else {
                throw .settings(
                    field: "since", reason: "expected a time such as 2026-01-01T00:00:00+08:00, got '\(text)'")
            }
            return since
        }
        for setting in [WjxSettings.surveys, WjxSettings.closedSurveys] {
            if let survey = settings[setting].first(where: { Int($0) == nil }) {
                throw .settings(field: setting.field.key, reason: "expected the number of a survey, got '\(survey)'")
            }
        }
    }

    /// Asks for each survey and one of its answers.
    public func check() async throws(ConnectorError) -> CheckReport {
        var remarks: [String] = []
        for id in settings[WjxSettings.surveys] {
            let survey = try await access().surveys.survey(id)
            let asked = survey.questions.count(where: \.isAsked)
            let list = try await list(of: id, after: 0, since: nil)
            remarks.append("survey \(id): \(asked) questions, \(list.isEmpty ? "no answers" : "answers can be read")")
            if asked < survey.questions.count {
                remarks.append("survey \(id) has page breaks or notes: compare numbers of questions, see numbers_all")
            }
            let untold = records.untold(in: survey).map(String.init).joined(separator: ", ")
            if !untold.isEmpty {
                remarks.append(
                    "survey \(id): choices without scores are not read (\(untold)); see choice_scores, option_scores, "
                        + "place_scores, scales")
            }
        }
        return CheckReport(source: "wjx", remarks: remarks)
    }

    /// The surveys whose records stay.
    private var kept: [String] {
        let surveys = settings[WjxSettings.surveys]
        return surveys + settings[WjxSettings.closedSurveys].filter { !surveys.contains($0) }
    }

    private func access() throws(ConnectorError) -> WjxAccess {
        guard let open else {
            throw .unexpected(reason: "the host offers no keyed hash, without which answers would not be anonymous")
        }
        return open
    }

    /// The next answers: new ones, then recent ones again.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        guard stream == "answers" else { throw .unknownStream(stream, of: Self.description) }
        var walk =
            try cursor.map { (cursor) throws(ConnectorError) in try WjxWalk(cursor) }
            ?? WjxWalk(marks: [:], reread: now(), place: WjxWalk.Place(known: [:], since: nil))
        if let dropped = walk.marks.keys.sorted().first(where: { !kept.contains($0) }) {
            throw .settings(
                field: "surveys",
                reason: "survey \(dropped) was read before, and without it its records would be taken for deleted: "
                    + "name it here or under closed_surveys")
        }
        var place = walk.place ?? begin(&walk)
        while place.survey < settings[WjxSettings.surveys].count {
            let id = settings[WjxSettings.surveys][place.survey]
            let items = try await next(&walk, &place, of: id)
            guard items.isEmpty else {
                walk.place = place
                var page = Page(cursor: walk.cursor, hasMore: true)
                try await add(items, of: id, to: &page)
                return page
            }
        }
        walk.place = nil
        return Page(cursor: walk.cursor, hasMore: false)
    }
}

// MARK: - The run

extension WjxConnector {
    private static func seconds(_ duration: Duration) -> Int { Int(duration.components.seconds) }

    /// A run behind one that ended: it reads answers again where that is due.
    private func begin(_ walk: inout WjxWalk) -> WjxWalk.Place {
        let now = now()
        let isDue = now >= walk.reread.advanced(bySeconds: Self.seconds(settings[WjxSettings.rereadEvery]))
        guard isDue else { return WjxWalk.Place(known: walk.marks, since: nil) }
        walk.reread = now
        return WjxWalk.Place(
            known: walk.marks, since: now.advanced(bySeconds: -Self.seconds(settings[WjxSettings.rereadFor])))
    }

    /// The next submissions of a survey; none where the survey is through, and the place is that of the next.
    private func next(
        _ walk: inout WjxWalk, _ place: inout WjxWalk.Place, of survey: String
    ) async throws(ConnectorError) -> [JSON] {
        if place.again == nil {
            let fresh = try await list(of: survey, after: walk.marks[survey] ?? 0, since: since)
            if let last = fresh.last {
                walk.marks[survey] = last.index
                return fresh.map(\.item)
            }
        }
        if let edited = place.since, let known = place.known[survey] {
            let from = max(edited, since ?? edited)
            let again = try await list(of: survey, after: place.again ?? 0, since: from).filter { $0.index <= known }
            if let last = again.last {
                place.again = last.index
                return again.map(\.item)
            }
        }
        place.survey += 1
        place.again = nil
        return []
    }

    /// The submissions behind a number, ascending, at most a page.
    ///
    /// - Throws: `ConnectorError.unexpected` where a number is missing or they are not in order.
    private func list(
        of survey: String, after mark: Int, since: Instant?
    ) async throws(ConnectorError) -> [(index: Int, item: JSON)] {
        var parameters: [(String, JSON)] = [
            ("vid", .number(survey)), ("page_index", 1), ("page_size", .int(settings[WjxSettings.pageSize])),
            ("sort", 0), ("min_index", .int(mark)),
        ]
        if let since { parameters.append(("begin_time", .number(String(since.microseconds / 1000)))) }
        guard let answers = try await access().client.data(.answers, parameters)["answers"]?.array else {
            throw .unexpected(reason: "the answers of survey \(survey) are no list 'answers'")
        }
        var list: [(index: Int, item: JSON)] = []
        for item in answers {
            guard let index = item["index"]?.scalarText.flatMap({ Int($0) }), index > list.last?.index ?? mark else {
                throw .unexpected(reason: "answers of survey \(survey) repeat, are not in order or lack 'index'")
            }
            list.append((index, item))
        }
        return list
    }

    private func add(_ items: [JSON], of id: String, to page: inout Page) async throws(ConnectorError) {
        let reader = try access().reader
        let survey = try await access().surveys.survey(id)
        for item in items {
            do throws(JSONShapeError) {
                let response = try reader.response(item, of: id)
                // The server may take begin_time for its own or the next moment.
                if let since, response.submitted < since { continue }
                records.add(response, to: survey, page: &page)
            } catch {
                let name = reader.pseudonym.of("rejected", id, item["index"]?.scalarText ?? "")
                let raw = item.answerShape
                page.rejected.append(RejectedRecord(id: name, reason: error.reason, raw: raw.bytes))
            }
        }
    }
}

// MARK: - Sweep

extension WjxConnector: IdentifierListing {
    /// The names of all records, and of what was rejected, a page of submissions at a time.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        guard stream == "answers" else { throw .unknownStream(stream, of: Self.description) }
        let state = try cursor?.state()
        var (place, mark) = (state?["survey"]?.int ?? 0, state?["mark"]?.int ?? 0)
        let kept = kept
        while place < kept.count {
            let id = kept[place]
            let list = try await list(of: id, after: mark, since: since)
            guard let last = list.last else {
                (place, mark) = (place + 1, 0)
                continue
            }
            var page = Page(cursor: nil, hasMore: true)
            try await add(list.map(\.item), of: id, to: &page)
            return IdentifierPage(
                identifiers: page.records.map(\.id) + page.rejected.map(\.id),
                cursor: Cursor(["survey": .int(place), "mark": .int(last.index)]), hasMore: true)
        }
        return IdentifierPage(identifiers: [], cursor: nil, hasMore: false)
    }
}

// MARK: - Pushes

extension WjxConnector: CallbackReading {
    /// What a push tells: by default nothing, as its signature covers no answer and the next pull reads it.
    public func page(of stream: String, in callback: ReceivedCallback) throws(ConnectorError) -> Page {
        guard stream == "answers" else { throw .unknownStream(stream, of: Self.description) }
        var page = Page(cursor: nil, hasMore: false)
        let push = WjxPushes(rawValue: settings[WjxSettings.pushes]) ?? .notices
        if push == .notices { return page }
        let reader = try access().reader
        let body = push == .form ? try WjxForm.fields(of: callback.body) : try Self.json(callback.body)
        do throws(JSONShapeError) {
            let response = try push == .form ? reader.response(body, of: body.text(at: "vid")) : reader.pushed(body)
            guard settings[WjxSettings.surveys].contains(response.survey) else { return page }
            if let since, response.submitted < since { return page }
            records.add(pushed: response, page: &page)
        } catch {
            let name = reader.pseudonym.of("rejected", (body["joinid"] ?? body["jid"])?.scalarText ?? "")
            page.rejected.append(RejectedRecord(id: name, reason: error.reason, raw: body.answerShape.bytes))
        }
        return page
    }

    private static func json(_ bytes: [UInt8]) throws(ConnectorError) -> JSON {
        do {
            return try JSON.parse(bytes)
        } catch {
            throw .unexpected(reason: "the push is no JSON: \(error.message)")
        }
    }
}
