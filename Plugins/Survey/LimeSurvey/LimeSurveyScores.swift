import PlumblineKit

/// Scores of options and ranges of questions: what the settings say, else the survey.
struct LimeSurveyScores: Sendable {
    private let optionScores: [String: [String: Int]]
    private let choiceScores: [String: Int]
    private let scales: [String: ClosedRange<Int>]
    /// Questions whose options count by their place, or by the number that ends their code.
    private let (placed, coded): (Set<String>, Set<String>)
    /// Questions whose choices are told without a score.
    private let told: Set<String>

    /// Refuses scores, ranges and names of questions that are none.
    init(settings: Settings) throws(ConnectorError) {
        optionScores = try SurveyScoreSettings.read(
            settings[LimeSurveySettings.optionScores], "option_scores", "A1=5 A2=4"
        ) { Self.codes($0) }
        choiceScores = try SurveyScoreSettings.texts(settings[LimeSurveySettings.choiceScores], "choice_scores")
        scales = try SurveyScoreSettings.ranges(settings[LimeSurveySettings.scales], "scales")
        placed = try Self.questions(settings[LimeSurveySettings.placeScores], "place_scores")
        coded = try Self.questions(settings[LimeSurveySettings.codeScores], "code_scores")
        told = try Self.questions(settings[LimeSurveySettings.toldChoices], "told_choices")
        if let both = placed.intersection(coded).min() {
            throw .settings(field: "code_scores", reason: "'\(both)' is among the place_scores, too")
        }
    }

    private static func questions(_ names: [String], _ setting: String) throws(ConnectorError) -> Set<String> {
        try SurveyScoreSettings.questions(names, setting, such: "781923.Q1") { !$0.isEmpty }
    }

    private static func codes(_ text: String) -> [String: Int]? {
        var scores: [String: Int] = [:]
        for part in text.split(whereSeparator: { $0 == " " || $0 == "," }) {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, !sides[0].isEmpty, let score = Int(sides[1]) else { return nil }
            scores[String(sides[0])] = score
        }
        return scores.isEmpty ? nil : scores
    }
}

extension LimeSurveyScores {
    /// A question, or one row of it, in a survey.
    struct Place {
        let survey: String
        let question: LimeSurveyQuestion
        let column: String

        /// Under which names settings may know it.
        var names: [String] { ["\(survey).\(column)", "\(survey).\(question.code)"] }
    }

    /// The scores of options by their codes; a code without one is missing. Where texts score some options of a question,
    /// as they do not score "don't know", nothing else scores the others.
    func scores(of place: Place) -> [String: Int] {
        let question = place.question
        if let told = place.names.compactMap({ optionScores[$0] }).first {
            return told.filter { question.codes.contains($0.key) }
        }
        if let fixed = question.fixed { return Dictionary(uniqueKeysWithValues: fixed.map { (String($0), $0) }) }
        let texts = question.options.map { option in option.text.flatMap { choiceScores[$0] } }
        let scores = texts.contains { $0 != nil } ? texts : assessments(of: question) ?? others(of: place)
        return Dictionary(zip(question.codes, scores).compactMap { code, score in score.map { (code, $0) } }) { $1 }
    }

    /// The survey's own scores. Values that are all the same tell nothing, as where a survey has none.
    private func assessments(of question: LimeSurveyQuestion) -> [Int?]? {
        let own = question.options.map(\.assessment)
        return !own.contains(nil) && Set(own).count > 1 ? own : nil
    }

    private func others(of place: Place) -> [Int?] {
        let options = place.question.hasOwnOptions ? place.question.options : []
        if lists(placed, place) { return options.indices.map { $0 + 1 } }
        guard lists(coded, place) else { return [] }
        return options.map { Int(String($0.code.reversed().prefix { $0.isASCII && $0.isNumber }.reversed())) }
    }

    private func lists(_ names: Set<String>, _ place: Place) -> Bool { place.names.contains { names.contains($0) } }

    /// The least and the highest score there can be, where that is known: of the options that have one.
    func scale(of place: Place) -> ClosedRange<Int>? {
        if let told = place.names.compactMap({ scales[$0] }).first { return told }
        let scores = scores(of: place).values
        guard let least = scores.min(), let most = scores.max(), least < most else { return nil }
        return least...most
    }

    /// Whether anything is told of a column. A choice that is no rating, as of a department, stands beside who answered, and
    /// a typed number may tell who typed it: they are read where the settings name the question.
    func reads(_ place: Place) -> Bool {
        switch place.question.kind {
        case .number: place.names.contains { scales[$0] != nil }
        case .multiple: lists(told, place)
        case .single, .matrix: lists(told, place) || !scores(of: place).isEmpty
        }
    }
}

// MARK: - What settings name in vain

extension LimeSurveyScores {
    /// The names of questions in the settings, by setting.
    private var named: [(setting: String, names: [String])] {
        [
            ("code_scores", coded.sorted()), ("option_scores", optionScores.keys.sorted()),
            ("place_scores", placed.sorted()), ("scales", scales.keys.sorted()), ("told_choices", told.sorted()),
        ]
    }

    /// What the settings say of questions and codes that a survey has not.
    func vain(in survey: LimeSurveySurvey) -> [String] {
        let places = survey.questions.flatMap { question in
            question.rows.map { Place(survey: survey.id, question: question, column: question.column($0)) }
        }
        var remarks: [String] = []
        for (setting, names) in named {
            for name in names where name.hasPrefix("\(survey.id).") {
                guard let place = places.first(where: { $0.names.contains(name) }) else {
                    remarks.append("\(setting) names \(name), which is no question of it that can be read")
                    continue
                }
                let codes = setting == "option_scores" ? optionScores[name]?.keys.sorted() ?? [] : []
                let unknown = codes.filter { !place.question.codes.contains($0) }.joined(separator: ", ")
                if !unknown.isEmpty { remarks.append("option_scores of \(name) says \(unknown), which it has not") }
            }
        }
        return remarks.map { "survey \(survey.id): \($0)" }
    }

    /// What the settings say of surveys that are not read.
    func vain(besides surveys: [String]) -> [String] {
        named.flatMap { setting, names in
            names.filter { name in !surveys.contains { name.hasPrefix("\($0).") } }.map {
                "\(setting) names \($0), of a survey that is not read"
            }
        }
    }
}
