import PlumblineKit

/// A survey with the questions that are read.
struct LimeSurveySurvey: Sendable {
    let id: String
    let title: String?
    let questions: [LimeSurveyQuestion]
}

/// The surveys, each asked for once in a run.
actor LimeSurveySurveys {
    private let client: LimeSurveyClient
    private var listed: [JSON]?
    private var known: [String: LimeSurveySurvey] = [:]

    init(client: LimeSurveyClient) {
        self.client = client
    }

    /// The survey of a number.
    ///
    /// - Throws: `ConnectorError.settings` where our user sees none, or it is not active and so has no responses.
    func survey(_ id: String) async throws(ConnectorError) -> LimeSurveySurvey {
        if let survey = known[id] { return survey }
        guard let item = try await list().first(where: { $0["sid"]?.scalarText == id }) else {
            throw .settings(field: "surveys", reason: "there is no survey '\(id)' that our user may see")
        }
        if item["active"]?.string == "N" {
            throw .settings(
                field: "surveys",
                reason: "survey '\(id)' is not active, so its answers cannot be read: activate it, or take it out and "
                    + "say deletes: never_known, or its records are taken for deleted")
        }
        let survey = LimeSurveySurvey(
            id: id, title: item["surveyls_title"]?.string, questions: try await questions(of: id))
        known[id] = survey
        return survey
    }

    private func list() async throws(ConnectorError) -> [JSON] {
        if let listed { return listed }
        let list = try await client.list("list_surveys", [.null])
        listed = list
        return list
    }

    /// Where the server lists a question in several languages, the first is taken.
    private func questions(of survey: String) async throws(ConnectorError) -> [LimeSurveyQuestion] {
        var numbers: Set<String> = []
        let items = try await client.list("list_questions", [.number(survey), .null, .null]).filter {
            numbers.insert(LimeSurveyQuestion.number($0) ?? $0.text).inserted
        }
        var questions: [LimeSurveyQuestion] = []
        for item in items where ["0", nil].contains(item["parent_qid"]?.scalarText) {
            guard var question = LimeSurveyQuestion(item, among: items) else { continue }
            if question.hasOwnOptions { question.options = try await options(of: question.id) }
            questions.append(question)
        }
        return questions
    }

    private func options(of question: String) async throws(ConnectorError) -> [LimeSurveyQuestion.Option] {
        let names: JSON = ["answeroptions"]
        let told = try await client.value("get_question_properties", [.number(question), names])
        return LimeSurveyQuestion.Option.list(told["answeroptions"])
    }
}
