import PlumblineKit

/// A submission without what would tell who made it: its own number and who answered are hashes, its time a month.
struct WjxResponse {
    let survey: String
    /// What stands in the place of `jid`.
    let id: String
    let respondent: String
    let subject: String?
    let submitted: Instant
    let answers: [WjxAnswer]

    /// What was answered, each question and row once.
    var distinctAnswers: [WjxAnswer] {
        var names: Set<String> = []
        return answers.filter { !$0.isEmpty && names.insert($0.name).inserted }
    }

    /// Whether a question has more than one answer: then nobody knows which it is.
    func isTwofold(_ answer: WjxAnswer) -> Bool { answers.count { $0.name == answer.name } > 1 }
}

/// Reads submissions. What would tell a person is dropped here and goes nowhere: address, nickname, names, department,
/// texts, the time within the month.
struct WjxReader: Sendable {
    let pseudonym: SurveyPseudonym
    let parameter: WjxParameter

    /// A submission as 1001002 lists it.
    func response(_ item: JSON, of survey: String) throws(JSONShapeError) -> WjxResponse {
        let submitted = try item.string(at: "submitdata")
        return try response(
            item, of: survey, number: item.text(at: "jid"), time: item["submittime"] ?? item["submit_time"],
            answers: WjxSubmission.answers(submitted))
    }

    /// A submission as the JSON push tells it.
    func pushed(_ body: JSON) throws(JSONShapeError) -> WjxResponse {
        try response(
            body, of: body.text(at: "activity"), number: body.text(at: "joinid"), time: body["submittime"],
            answers: WjxSubmission.answers(body.object?.members ?? []))
    }

    private func response(
        _ item: JSON, of survey: String, number: String, time: JSON?, answers: [WjxAnswer]
    ) throws(JSONShapeError) -> WjxResponse {
        guard let submitted = time?.string.flatMap(Self.moment) else {
            throw JSONShapeError(reason: "'submittime' is no time such as 2026-01-05 08:01:59")
        }
        let told = item["sojumpparm"]?.scalarText.flatMap { $0.isEmpty ? nil : $0 }
        let person = parameter == .respondent ? told.map { "parameter " + $0 } : nil
        return WjxResponse(
            survey: survey, id: pseudonym.of("response", survey, number),
            respondent: pseudonym.of("respondent", survey, person ?? number),
            subject: parameter == .subject ? told : nil, submitted: submitted, answers: answers)
    }

    /// wjx writes China's time.
    static func moment(_ text: String) -> Instant? {
        text.utf8.count == 19 ? Instant(rfc3339: text + "+08:00") : nil
    }
}
