import PlumblineKit

/// A question of a survey, as far as scores and names need it.
struct LimeSurveyQuestion: Sendable {
    /// What is made of its answers. Raw values are what records say.
    enum Kind: String {
        case single, matrix, multiple, number
    }

    /// What may be answered.
    struct Option: Sendable {
        let code: String
        let text: String?
        /// The survey's own score.
        let assessment: Int?
    }

    /// A row of a matrix, or an option that can be ticked; of a question without rows there is one, without a code.
    struct Row: Sendable {
        let code: String?
        let title: String?
    }

    let id: String
    let code: String
    let title: String?
    let kind: Kind
    /// The numbers that are answers by themselves: of scales that LimeSurvey fixes.
    let fixed: ClosedRange<Int>?
    /// Whether its options have to be asked for.
    let hasOwnOptions: Bool
    let rows: [Row]
    var options: [Option]

    /// Nil for questions that are not read: texts, dates, files, genders, rankings, matrices of texts, numbers or two
    /// scales, and what LimeSurvey adds one day.
    init?(_ json: JSON, among all: [JSON]) {
        guard let id = Self.number(json), let code = json["title"]?.scalarText,
            let type = json["type"]?.scalarText, let shape = Self.shapes[type]
        else { return nil }
        (self.id, self.code, title) = (id, code, json["question"]?.string)
        (kind, fixed, hasOwnOptions) = (shape.kind, shape.fixed, shape.options == nil && shape.fixed == nil)
        let parts = all.filter { $0["parent_qid"]?.scalarText == id }
        rows =
            shape.hasRows
            ? parts.compactMap { part in
                part["title"]?.scalarText.map { Row(code: $0, title: part["question"]?.string) }
            } : [Row(code: nil, title: nil)]
        options = (shape.options ?? []).map { Option(code: $0, text: nil, assessment: nil) }
    }

    /// The codes that can be answered, where they are known.
    var codes: [String] { fixed?.map { String($0) } ?? options.map(\.code) }

    /// The name of a row's column: `Q1`, or `Q2[SQ001]`.
    func column(_ row: Row) -> String { row.code.map { "\(code)[\($0)]" } ?? code }

    /// The number of a question, which is a member of `id` or stands by itself.
    static func number(_ json: JSON) -> String? {
        (json["id"]?["qid"] ?? json["qid"] ?? json["id"])?.scalarText
    }

    private struct Shape {
        let kind: Kind
        var hasRows = false
        var fixed: ClosedRange<Int>?
        /// Codes that LimeSurvey fixes; nil where they are the question's own.
        var options: [String]?
    }

    /// The letters of the types that are read.
    private static let shapes: [String: Shape] = [
        "L": Shape(kind: .single), "!": Shape(kind: .single), "O": Shape(kind: .single),
        "5": Shape(kind: .single, fixed: 1...5), "Y": Shape(kind: .single, options: ["Y", "N"]),
        "F": Shape(kind: .matrix, hasRows: true), "H": Shape(kind: .matrix, hasRows: true),
        "A": Shape(kind: .matrix, hasRows: true, fixed: 1...5),
        "B": Shape(kind: .matrix, hasRows: true, fixed: 1...10),
        "C": Shape(kind: .matrix, hasRows: true, options: ["Y", "U", "N"]),
        "E": Shape(kind: .matrix, hasRows: true, options: ["I", "S", "D"]),
        "M": Shape(kind: .multiple, hasRows: true, options: ["Y"]),
        "P": Shape(kind: .multiple, hasRows: true, options: ["Y"]), "N": Shape(kind: .number, options: []),
        "K": Shape(kind: .number, hasRows: true, options: []),
    ]
}

extension LimeSurveyQuestion.Option {
    /// The options that `get_question_properties` tells under `answeroptions`, in their order; none where it is a text.
    ///
    /// Codes are the names of members. The server's language writes codes that count from 0 as a list.
    static func list(_ json: JSON?) -> [Self] {
        let listed = json?.array?.enumerated().map { (key: String($0), value: $1) }
        let all = listed ?? json?.object?.members.map { (key: $0.key, value: $0.value) } ?? []
        let members = all.filter { ($0.value["scale_id"]?.scalarText ?? "0") == "0" }
        let places = members.map { $0.value["order"]?.scalarText.flatMap { Int($0) } }
        let isOrdered = places.allSatisfy { $0 != nil } && Set(places).count == places.count
        let order = members.indices.sorted { one, other in
            isOrdered ? (places[one] ?? 0) < (places[other] ?? 0) : one < other
        }
        return order.map { place in
            let value = members[place].value
            return Self(
                code: members[place].key, text: value.string ?? value["answer"]?.string,
                assessment: value["assessment_value"]?.scalarText.flatMap { Int($0) })
        }
    }
}
