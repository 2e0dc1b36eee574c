import PlumblineKit

/// A response that was handed in, without what would tell who made it.
struct LimeSurveyResponse {
    let survey: String
    /// What stands in the place of its number.
    let id: String
    let respondent: String
    /// `2026-07`.
    let month: String
    /// The columns of questions that are read, and no other.
    let answers: [String: JSON]
}

/// Reads responses. Everything but the columns of questions that are read is dropped here and goes nowhere: token, address,
/// referring page, names and other attributes, texts, comments, the time within the month.
struct LimeSurveyReader: Sendable {
    let pseudonym: SurveyPseudonym
    let months: LimeSurveyMonths

    /// Whether a response was handed in.
    static func isComplete(_ row: LimeSurveyRow) -> Bool {
        guard let submitted = row.json["submitdate"] else { return true }
        return !submitted.isNull && submitted != ""
    }

    /// Who has a token answers under it, however many responses they hand in; of others each counts alone.
    func response(_ row: LimeSurveyRow, of survey: String, columns: [String]) throws(JSONShapeError)
        -> LimeSurveyResponse
    {
        let submitted = try row.json.string(at: "submitdate")
        let number = String(row.number)
        let token = row.json["token"]?.scalarText.flatMap { $0.isEmpty ? nil : "token " + $0 }
        return LimeSurveyResponse(
            survey: survey, id: id(of: row, in: survey),
            respondent: pseudonym.of("respondent", survey, token ?? number),
            month: try months.month(of: submitted, survey: survey),
            answers: Dictionary(columns.compactMap { name in row.json[name].map { (name, $0) } }) { first, _ in first })
    }

    /// What stands in the place of a response's number.
    func id(of row: LimeSurveyRow, in survey: String) -> String { pseudonym.of("response", survey, String(row.number)) }

    /// What stands in the place of a response that cannot be read, and what is kept of it: names of columns, no value.
    func rejected(_ row: LimeSurveyRow, of survey: String, _ error: JSONShapeError) -> RejectedRecord {
        let id = pseudonym.of("rejected", survey, String(row.number))
        return RejectedRecord(id: id, reason: error.reason, raw: row.json.answerShape.bytes)
    }
}

/// To which month a response belongs.
struct LimeSurveyMonths: Sendable {
    /// Seconds by which the server's times are ahead of UTC; nil where they are of the connection's zone.
    private let serverOffset: Int?
    private let undated: [String: String]
    private let utcOffset: @Sendable (Instant) -> Int

    /// Refuses an offset and months that are none.
    init(settings: Settings, utcOffset: @escaping @Sendable (Instant) -> Int) throws(ConnectorError) {
        self.utcOffset = utcOffset
        undated = try SurveyScoreSettings.read(
            settings[LimeSurveySettings.undatedMonths], "undated_months", "a month such as 2026-07"
        ) { $0.utf8.count == 7 && LocalDay($0 + "-01") != nil ? $0 : nil }
        guard let text = settings[LimeSurveySettings.serverOffset] else {
            serverOffset = nil
            return
        }
        guard let zero = Instant(rfc3339: "1970-01-01T00:00:00" + text) else {
            throw .settings(field: "server_utc_offset", reason: "expected an offset such as +08:00, got '\(text)'")
        }
        serverOffset = Int(-zero.microseconds / 1_000_000)
    }

    /// The month of a time that the server wrote.
    func month(of submitted: String, survey: String) throws(JSONShapeError) -> String {
        guard submitted.utf8.count == 19, let local = Instant(rfc3339: submitted + "Z") else {
            throw JSONShapeError(reason: "'submitdate' is no time such as 2026-01-05 08:20:11")
        }
        if submitted.hasPrefix("1980-01-01") {
            guard let month = undated[survey] else {
                throw JSONShapeError(
                    reason: "survey \(survey) stamps no dates; say its month under undated_months")
            }
            return month
        }
        guard let serverOffset else { return String(submitted.prefix(7)) }
        let moment = local.advanced(bySeconds: -serverOffset)
        return String(moment.advanced(bySeconds: utcOffset(moment)).rfc3339.prefix(7))
    }
}
