import PlumblineKit

/// Scores of options and ranges of questions: what the settings say, else the survey.
struct LimeSurveyScores: Sendable {
    private let optionScores: [String: [String: Int]]
    private let choiceScores: [String: Int]
    private let scales: [String: ClosedRange<Int>]
    private let others: LimeSurveyOtherScores

    /// Refuses scores and ranges that are none.
    init(settings: Settings) throws(ConnectorError) {
        optionScores = try Self.read(settings[LimeSurveySettings.optionScores], "option_scores", "A1=5 A2=4") {
            Self.codes($0)
        }
        choiceScores = try Self.read(settings[LimeSurveySettings.choiceScores], "choice_scores", "a whole number") {
            Int($0)
        }
        scales = try Self.read(settings[LimeSurveySettings.scales], "scales", "a range such as 1-5") {
            let ends = $0.split(separator: "-").compactMap { Int($0) }
            return ends.count == 2 && ends[0] < ends[1] ? ends[0]...ends[1] : nil
        }
        others = LimeSurveyOtherScores(rawValue: settings[LimeSurveySettings.otherScores]) ?? .none
    }

    /// Reads the values of a setting; `LimeSurveyMonths` uses it too.
    static func read<Value>(
        _ map: [String: String], _ setting: String, _ wanted: String, _ read: (String) -> Value?
    ) throws(ConnectorError) -> [String: Value] {
        var values: [String: Value] = [:]
        for (key, text) in map.sorted(by: { $0.key < $1.key }) {
            guard let value = read(text) else {
                throw .settings(field: setting, reason: "expected \(wanted) for '\(key)', got '\(text)'")
            }
            values[key] = value
        }
        return values
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

    /// The scores of all options by their codes; a code without one is missing.
    func scores(of place: Place) -> [String: Int] {
        if let told = place.names.compactMap({ optionScores[$0] }).first { return told }
        if let fixed = place.question.fixed {
            return Dictionary(uniqueKeysWithValues: fixed.map { (String($0), $0) })
        }
        let options = place.question.options
        let own = options.map(\.assessment)
        // Values that are all the same tell nothing, as where a survey has none.
        let isAssessed = !own.contains(nil) && Set(own).count > 1
        var scores: [String: Int] = [:]
        for (index, option) in options.enumerated() {
            scores[option.code] =
                option.text.flatMap { choiceScores[$0] } ?? (isAssessed ? option.assessment : nil)
                ?? other(option, at: index, of: place.question)
        }
        return scores
    }

    private func other(_ option: LimeSurveyQuestion.Option, at index: Int, of question: LimeSurveyQuestion) -> Int? {
        guard question.hasOwnOptions else { return nil }
        switch others {
        case .none: return nil
        case .code: return Int(String(option.code.reversed().prefix { $0.isASCII && $0.isNumber }.reversed()))
        case .place: return index + 1
        }
    }

    /// The least and the highest score there can be, where that is known.
    func scale(of place: Place) -> ClosedRange<Int>? {
        if let told = place.names.compactMap({ scales[$0] }).first { return told }
        let scores = scores(of: place)
        guard place.question.options.allSatisfy({ scores[$0.code] != nil }), let least = scores.values.min(),
            let most = scores.values.max(), least < most
        else { return nil }
        return least...most
    }

    /// Whether settings list the question: typed numbers are read only then, as others may tell who typed them.
    func hasScale(_ place: Place) -> Bool { place.names.contains { scales[$0] != nil } }

    /// Whether settings say the scores of its codes.
    func hasOptionScores(_ place: Place) -> Bool { place.names.contains { optionScores[$0] != nil } }
}
