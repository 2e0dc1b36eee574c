import PlumblineKit

/// Makes records of a response: one for each question, row of a matrix and option that was ticked.
struct WjxRecords: Sendable {
    private let choiceScores: [String: Int]
    private let optionScores: [String: [Int]]
    private let scales: [String: ClosedRange<Int>]
    /// Questions whose options count by their place, and those whose choices are told without a score.
    private let (placed, told): (Set<String>, Set<String>)
    /// What stands for no answer.
    private let skipped: Set<String>
    private let numbersAll: Bool
    private let utcOffset: @Sendable (Instant) -> Int

    /// Refuses scores, scales and names of questions that are none.
    init(settings: Settings, utcOffset: @escaping @Sendable (Instant) -> Int) throws(ConnectorError) {
        self.utcOffset = utcOffset
        numbersAll = settings[WjxSettings.numbersAll]
        choiceScores = try SurveyScoreSettings.texts(settings[WjxSettings.choiceScores], "choice_scores")
        optionScores = try SurveyScoreSettings.read(
            settings[WjxSettings.optionScores], "option_scores", "scores such as 5,4,3,2,1"
        ) {
            let texts = $0.split(separator: ",", omittingEmptySubsequences: false)
            let scores = texts.compactMap { Int($0.filter { $0 != " " }) }
            return scores.count == texts.count ? scores : nil
        }
        scales = try SurveyScoreSettings.ranges(settings[WjxSettings.scales], "scales")
        placed = try Self.questions(settings[WjxSettings.placeScores], "place_scores")
        told = try Self.questions(settings[WjxSettings.toldChoices], "told_choices")
        skipped = Set(settings[WjxSettings.skippedValues])
    }

    private static func questions(_ names: [String], _ setting: String) throws(ConnectorError) -> Set<String> {
        try SurveyScoreSettings.questions(names, setting, such: "5657754.7") { Int($0) != nil }
    }

    /// Adds what a response answers to the questions of a survey.
    func add(_ response: WjxResponse, to survey: WjxSurvey, page: inout Page) {
        let questions = survey.numbered(all: numbersAll)
        for answer in response.distinctAnswers {
            do throws(JSONShapeError) {
                if response.isTwofold(answer) {
                    throw JSONShapeError(
                        reason: "question \(answer.name) is answered twice: a text may hold such marks")
                }
                guard let question = questions[answer.question] else {
                    if answer.isBelowZero { continue }
                    throw JSONShapeError(reason: "the survey has no question \(answer.question)")
                }
                if try isUnanswered(answer, question) { continue }
                for item in try items(answer, question, in: survey.id) {
                    page.records.append(
                        record(
                            response, item, title: survey.title, question: question.title, kind: question.kind.rawValue)
                    )
                }
            } catch {
                let id = [response.id, answer.name].compoundIdentifier
                let raw: JSON = ["survey": .string(survey.id), "question": .string(answer.name)]
                page.rejected.append(RejectedRecord(id: id, reason: error.reason, raw: raw.bytes))
            }
        }
    }

    /// Adds what a push answers to the questions whose options have scores in the settings. What a question is a push does
    /// not tell, so no other is read, and none of which several options were ticked.
    func add(pushed response: WjxResponse, page: inout Page) {
        for answer in response.distinctAnswers where !response.isTwofold(answer) {
            guard let scores = scores(of: answer, in: response.survey), let options = answer.options,
                options.count == 1,
                options[0] <= scores.count
            else { continue }
            let item = scored(answer, scores[options[0] - 1], among: scores, in: response.survey)
            page.records.append(
                record(response, item, title: nil, question: nil, kind: answer.row == nil ? "single" : "matrix"))
        }
    }

    /// What a record says of an answer.
    private struct Item {
        let question: String
        var score = JSON.null
        var choice: String?
        var scale: ClosedRange<Int>?
    }

    private func scores(of answer: WjxAnswer, in survey: String) -> [Int]? {
        optionScores["\(survey).\(answer.name)"] ?? optionScores["\(survey).\(answer.question)"]
    }

    private func scale(of answer: WjxAnswer, in survey: String) -> ClosedRange<Int>? {
        scales["\(survey).\(answer.name)"] ?? scales["\(survey).\(answer.question)"]
    }

    private func scored(_ answer: WjxAnswer, _ score: Int, among scores: [Int], in survey: String) -> Item {
        let ends = scores.min().flatMap { least in scores.max().map { least...$0 } }
        return Item(question: answer.name, score: .int(score), scale: scale(of: answer, in: survey) ?? ends)
    }

    private func items(
        _ answer: WjxAnswer, _ question: WjxQuestion, in survey: String
    ) throws(JSONShapeError) -> [Item] {
        let scale = scale(of: answer, in: survey)
        switch question.kind {
        case .single: return try choice(answer, question, in: survey).map { [$0] } ?? []
        case .multiple: return told.contains("\(survey).\(answer.question)") ? try choices(answer, question) : []
        case .matrix: return try row(answer, in: survey).map { [$0] } ?? []
        case .slider:
            guard case .number? = try? JSON.parse(Array(answer.value.utf8)) else {
                throw JSONShapeError(reason: "the answer to question \(answer.name) is no number")
            }
            return [
                Item(
                    question: answer.name, score: .number(answer.value),
                    scale: scale ?? question.scale(by: WjxScoring()))
            ]
        case .text: return [Item(question: answer.name)]
        case .none, .other: return []
        }
    }

    /// What the settings say of a question's options.
    private func scoring(of question: Int, in survey: String) -> WjxScoring {
        WjxScoring(texts: choiceScores, placeCounts: placed.contains("\(survey).\(question)"))
    }

    /// A choice that is no rating, as of a department, is not told unless the settings name the question: it would stand
    /// beside who answered.
    private func choice(
        _ answer: WjxAnswer, _ question: WjxQuestion, in survey: String
    ) throws(JSONShapeError) -> Item? {
        guard let option = question.options.first(where: { $0.number == answer.option }) else {
            throw JSONShapeError(reason: "the answer to question \(answer.name) is none of its options")
        }
        if let scores = scores(of: answer, in: survey) {
            guard option.number <= scores.count else {
                throw JSONShapeError(reason: "option_scores of question \(answer.name) has too few scores")
            }
            var item = scored(answer, scores[option.number - 1], among: scores, in: survey)
            item.choice = option.text
            return item
        }
        let rule = scoring(of: answer.question, in: survey)
        guard question.isRated(by: rule) || told.contains("\(survey).\(answer.question)") else { return nil }
        return Item(
            question: answer.name, score: question.score(of: option, by: rule), choice: option.text,
            scale: scale(of: answer, in: survey) ?? question.scale(by: rule))
    }

    /// A tick is no number: it has a text, and no score, and is told where the settings name the question.
    private func choices(_ answer: WjxAnswer, _ question: WjxQuestion) throws(JSONShapeError) -> [Item] {
        guard let numbers = answer.options else {
            throw JSONShapeError(reason: "the answer to question \(answer.name) is no list of options")
        }
        var items: [Item] = []
        for number in numbers {
            guard let option = question.options.first(where: { $0.number == number }) else {
                throw JSONShapeError(reason: "question \(answer.name) has no option \(number)")
            }
            items.append(Item(question: "\(answer.name)_\(number)", choice: option.text))
        }
        return items
    }

    /// A row of a matrix; nil where nothing says that its columns are a rating.
    private func row(_ answer: WjxAnswer, in survey: String) throws(JSONShapeError) -> Item? {
        guard answer.row != nil, let numbers = answer.options, numbers.count == 1 else {
            throw JSONShapeError(reason: "the answer to question \(answer.name) is no row of a matrix with one option")
        }
        if let scores = scores(of: answer, in: survey) {
            guard numbers[0] <= scores.count else {
                throw JSONShapeError(reason: "option_scores of question \(answer.name) has too few scores")
            }
            return scored(answer, scores[numbers[0] - 1], among: scores, in: survey)
        }
        let scale = scale(of: answer, in: survey)
        guard scale != nil || placed.contains("\(survey).\(answer.question)") else { return nil }
        return Item(question: answer.name, score: .int(numbers[0]), scale: scale)
    }

    /// Whether a number below zero says that nothing was answered, as anywhere but on a slider that reaches so far down.
    private func isUnanswered(_ answer: WjxAnswer, _ question: WjxQuestion) throws(JSONShapeError) -> Bool {
        guard answer.isBelowZero else { return false }
        guard question.kind == .slider, let number = Int(answer.value),
            question.scale(by: WjxScoring())?.contains(number) == true
        else { return true }
        if skipped.contains(answer.value) {
            throw JSONShapeError(
                reason: "the answer to question \(answer.name) may be a number or say that there is none")
        }
        return false
    }

    /// The numbers of a survey's questions of choices of which nothing is told, as nothing says what they are worth.
    func untold(in survey: WjxSurvey) -> [Int] {
        survey.numbered(all: numbersAll).filter { number, question in
            let name = "\(survey.id).\(number)"
            // Scores may be of a single row.
            let rows = question.kind == .matrix ? Array(scales.keys) : []
            let named = Array(optionScores.keys) + rows
            if told.contains(name) || named.contains(where: { $0 == name || $0.hasPrefix(name + "_") }) { return false }
            return switch question.kind {
            case .single: !question.isRated(by: scoring(of: number, in: survey.id))
            case .multiple: true
            case .matrix: !placed.contains(name)
            case .slider, .text, .none, .other: false
            }
        }.keys.sorted()
    }

    private func record(
        _ response: WjxResponse, _ item: Item, title: String?, question: String?, kind: String
    ) -> SourceRecord {
        let id = [response.id, item.question].compoundIdentifier
        let submitted = response.submitted.advanced(bySeconds: utcOffset(response.submitted))
        return SourceRecord(
            id: id, version: nil,
            json: [
                "id": .string(id), "response": .string(response.id), "respondent": .string(response.respondent),
                "survey": .string(response.survey), "survey_title": .text(title),
                "month": .string(String(submitted.rfc3339.prefix(7))), "question": .string(item.question),
                "question_title": .text(question), "kind": .string(kind), "subject": .text(response.subject),
                "score": item.score, "choice": .text(item.choice),
                "scale_min": item.scale.map { .int($0.lowerBound) } ?? .null,
                "scale_max": item.scale.map { .int($0.upperBound) } ?? .null,
            ])
    }
}
