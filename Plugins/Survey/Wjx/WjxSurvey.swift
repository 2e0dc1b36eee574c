import PlumblineKit

/// A survey with its questions, as far as scores and names need them.
struct WjxSurvey: Sendable {
    let id: String
    let title: String?
    let questions: [WjxQuestion]

    /// Reads the answer to action 1000001.
    init(_ id: String, _ data: JSON) throws(ConnectorError) {
        guard let questions = data["questions"]?.array else {
            throw .unexpected(reason: "survey \(id) has no list 'questions'")
        }
        self.id = id
        title = data["title"]?.string
        self.questions = try questions.enumerated().map { (place, json) throws(ConnectorError) in
            // Answers name questions by their place: without this one, all behind it would be taken for others.
            guard let question = WjxQuestion(json) else {
                throw .unexpected(reason: "question \(place + 1) of survey \(id) has no 'q_index' or no 'q_type'")
            }
            return question
        }
    }

    /// The questions by the numbers that answers call them.
    func numbered(all: Bool) -> [Int: WjxQuestion] {
        guard !all else { return Dictionary(questions.map { ($0.index, $0) }) { first, _ in first } }
        let asked = questions.filter(\.isAsked).enumerated().map { ($0.offset + 1, $0.element) }
        return Dictionary(uniqueKeysWithValues: asked)
    }
}

/// A question of a survey.
struct WjxQuestion: Sendable {
    enum Kind: String {
        /// A page break or a note.
        case none
        case single, multiple, matrix, slider
        /// Texts, files: not read.
        case text
        /// Rankings, weights and what wjx adds one day: not read.
        case other
    }

    struct Option {
        let number: Int
        let text: String?
        let score: JSON?
    }

    let index: Int
    let kind: Kind
    let title: String?
    let options: [Option]
    private let ends: ClosedRange<Int>?

    /// Nil where the number or the type is missing.
    init?(_ json: JSON) {
        guard let index = Self.whole(json["q_index"]), let type = Self.whole(json["q_type"]) else { return nil }
        self.index = index
        kind = Self.kind(type, Self.whole(json["q_subtype"]) ?? type)
        title = json["q_title"]?.string
        options = (json["items"]?.array ?? []).compactMap { item in
            item["item_index"]?.int.map {
                Option(number: $0, text: item["item_title"]?.string, score: item["item_score"].flatMap(Self.number))
            }
        }
        let (least, most) = (json["min_value"]?.int, json["max_value"]?.int)
        ends = least.flatMap { least in most.flatMap { least < $0 ? least...$0 : nil } }
    }

    /// Whether it is answered at all.
    var isAsked: Bool { kind != .none }

    private static func kind(_ type: Int, _ subtype: Int) -> Kind {
        switch (type, subtype) {
        case (1, _), (2, _): .none
        case (3, _): .single
        case (4, 402): .other
        case (4, _): .multiple
        case (5, _), (6, _), (8, _): .text
        case (7, 7), (7, 701), (7, 702): .matrix
        case (10, _): .slider
        default: .other
        }
    }

    private static func number(_ json: JSON) -> JSON? {
        if case .number = json { json } else { nil }
    }

    /// A whole number, which wjx may write as a text.
    private static func whole(_ json: JSON?) -> Int? { json?.scalarText.flatMap { Int($0) } }

    /// The score of an option: by its text as the settings say, the survey's own, its text where all are numbers, its place
    /// where the settings say that it counts. Null where nothing tells, as for a department, or for "don't know" among
    /// texts that have scores.
    func score(of option: Option, by rule: WjxScoring) -> JSON {
        if options.contains(where: { rule.score(of: $0.text) != nil }) {
            return rule.score(of: option.text).map(JSON.int) ?? .null
        }
        if let score = option.score, options.allSatisfy({ $0.score != nil }), hasDifferentScores { return score }
        if options.allSatisfy({ $0.text.flatMap { Int($0) } != nil }), let number = option.text.flatMap({ Int($0) }) {
            return .int(number)
        }
        return rule.placeCounts ? .int(option.number) : .null
    }

    /// Whether something tells scores of its options.
    func isRated(by rule: WjxScoring) -> Bool { options.contains { !score(of: $0, by: rule).isNull } }

    /// Scores that are all the same tell nothing, as where a survey has none.
    private var hasDifferentScores: Bool { Set(options.map(\.score)).count > 1 }

    /// The least and the highest score there can be, where that is known.
    func scale(by rule: WjxScoring) -> ClosedRange<Int>? {
        if kind == .slider { return ends }
        let scores = options.map { score(of: $0, by: rule) }.filter { !$0.isNull }
        let numbers = scores.compactMap(\.int)
        guard numbers.count == scores.count, let least = numbers.min(), let most = numbers.max(), least < most else {
            return nil
        }
        return least...most
    }
}

/// What the settings say of the scores of a question's options.
struct WjxScoring: Sendable {
    /// Scores by texts of options, of whatever question.
    var texts: [String: Int] = [:]
    /// Whether an option's place is its score where nothing else tells one.
    var placeCounts = false

    func score(of text: String?) -> Int? { text.flatMap { texts[$0] } }
}
