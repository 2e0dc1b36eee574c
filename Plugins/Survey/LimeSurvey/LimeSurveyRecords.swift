import PlumblineKit

/// Makes records of a response: one for each question, row of a matrix and option that was ticked.
struct LimeSurveyRecords: Sendable {
    let reader: LimeSurveyReader
    let scores: LimeSurveyScores

    /// Adds what a response that was handed in answers to the questions of a survey.
    func add(_ row: LimeSurveyRow, to survey: LimeSurveySurvey, page: inout Page) {
        let asked = asked(of: survey)
        let response: LimeSurveyResponse
        do throws(JSONShapeError) {
            response = try reader.response(row, of: survey.id, columns: asked.map(\.place.column))
        } catch {
            page.rejected.append(reader.rejected(row, of: survey.id, error))
            return
        }
        for question in asked {
            let id = [response.id, question.place.column].compoundIdentifier
            do throws(JSONShapeError) {
                guard let item = try item(response.answers[question.place.column], question) else { continue }
                let json = record(response, id: id, question, item, title: survey.title)
                page.records.append(SourceRecord(id: id, version: nil, json: json))
            } catch {
                let raw: JSON = ["survey": .string(survey.id), "question": .string(question.place.column)]
                page.rejected.append(RejectedRecord(id: id, reason: error.reason, raw: raw.bytes))
            }
        }
    }

    /// The names of a response's records and of what is rejected of it. Of one that cannot be read, those of all columns:
    /// some may be stored, and their last good state stays.
    func identifiers(of row: LimeSurveyRow, in survey: LimeSurveySurvey) -> [String] {
        var page = Page(cursor: nil, hasMore: false)
        add(row, to: survey, page: &page)
        let told = page.records.map(\.id) + page.rejected.map(\.id)
        let asked = asked(of: survey).map(\.place.column)
        guard (try? reader.response(row, of: survey.id, columns: asked)) == nil else { return told }
        let response = reader.id(of: row, in: survey.id)
        return told + asked.map { [response, $0].compoundIdentifier }
    }

    /// A column that is read.
    private struct Asked {
        let place: LimeSurveyScores.Place
        let row: LimeSurveyQuestion.Row
    }

    private func asked(of survey: LimeSurveySurvey) -> [Asked] {
        survey.questions.flatMap { question in
            question.rows.map { row in
                let column = question.column(row)
                return Asked(
                    place: LimeSurveyScores.Place(survey: survey.id, question: question, column: column), row: row)
            }
        }.filter { scores.reads($0.place) }
    }

    /// What a survey's records are made by, as a hash: where it is another, they are others.
    func form(of survey: LimeSurveySurvey) -> String {
        let columns = asked(of: survey).map { asked -> JSON in
            let (question, scale) = (asked.place.question, scores.scale(of: asked.place))
            let codes = scores.scores(of: asked.place).sorted { $0.key < $1.key }
            let options = question.options.sorted { $0.code < $1.code }
            return [
                "column": .string(asked.place.column), "kind": .string(question.kind.rawValue),
                "titles": [.text(question.title), .text(asked.row.title)],
                "options": .array(options.map { [.string($0.code), .text($0.text)] }),
                "scores": .array(codes.map { [.string($0.key), .int($0.value)] }),
                "scale": scale.map { [.int($0.lowerBound), .int($0.upperBound)] } ?? .null,
            ]
        }
        let form: JSON = ["title": .text(survey.title), "columns": .array(columns)]
        return reader.pseudonym.of("form", survey.id, form.text)
    }

    /// How many questions of a survey are read, and the names of those that are not, or of their rows.
    func reading(of survey: LimeSurveySurvey) -> (read: Int, unread: [String]) {
        let asked = Set(asked(of: survey).map(\.place.column))
        var (read, unread): (Int, [String]) = (0, [])
        for question in survey.questions {
            let columns = question.rows.map(question.column)
            let lacking = columns.filter { !asked.contains($0) }
            if lacking.count < columns.count { read += 1 }
            unread += lacking.count < columns.count ? lacking : [question.code]
        }
        return (read, unread)
    }
}

// MARK: - One answer

extension LimeSurveyRecords {
    /// What a record says of an answer.
    private struct Item {
        var score = JSON.null
        var choice: String?
        var scale: ClosedRange<Int>?
    }

    /// Nil where nothing was answered. Reasons do not tell what was.
    private func item(_ answer: JSON?, _ asked: Asked) throws(JSONShapeError) -> Item? {
        let name = asked.place.column
        guard let answer else { throw JSONShapeError(reason: "the export has no column '\(name)'") }
        if answer.isNull || answer == "" { return nil }
        guard let text = answer.scalarText else {
            throw JSONShapeError(reason: "the answer to '\(name)' is \(answer.kind)")
        }
        switch asked.place.question.kind {
        case .multiple: return try tick(text, asked)
        case .number: return try number(text, asked)
        case .single, .matrix: return try choice(text, asked)
        }
    }

    /// A tick is no number: it has a text, and no score.
    private func tick(_ text: String, _ asked: Asked) throws(JSONShapeError) -> Item? {
        if text == "N" { return nil }
        guard text == "Y" else { throw JSONShapeError(reason: "'\(asked.place.column)' is neither ticked nor not") }
        return Item(choice: asked.row.title ?? asked.row.code)
    }

    private func choice(_ code: String, _ asked: Asked) throws(JSONShapeError) -> Item {
        // What was written beside "other" is not read.
        if code == Self.otherCode { return Item() }
        let (question, all) = (asked.place.question, scores.scores(of: asked.place))
        guard question.codes.contains(code) else {
            throw JSONShapeError(reason: "the answer to '\(asked.place.column)' is none of its options")
        }
        let option = question.options.first { $0.code == code }
        return Item(
            score: all[code].map(JSON.int) ?? .null, choice: question.hasOwnOptions ? option?.text : option?.code,
            scale: scores.scale(of: asked.place))
    }

    private static let otherCode = "-oth-"

    private func number(_ text: String, _ asked: Asked) throws(JSONShapeError) -> Item {
        var parts = text.split(separator: ".", omittingEmptySubsequences: false)
        // Some databases write .5 for 0.5.
        if parts.count == 2, parts[0].isEmpty { parts[0] = "0" }
        guard let scale = scores.scale(of: asked.place), (1...2).contains(parts.count),
            parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { "0123456789".contains($0) } }), let whole = Int(parts[0])
        else { throw JSONShapeError(reason: "the answer to '\(asked.place.column)' is no number of its scale") }
        let fraction = parts.count == 2 ? String(parts[1].reversed().drop { $0 == "0" }.reversed()) : ""
        guard scale.contains(whole), whole < scale.upperBound || fraction.isEmpty else {
            throw JSONShapeError(reason: "the answer to '\(asked.place.column)' lies outside its scale")
        }
        return Item(score: .number(fraction.isEmpty ? String(whole) : "\(whole).\(fraction)"), scale: scale)
    }

    private func record(
        _ response: LimeSurveyResponse, id: String, _ asked: Asked, _ item: Item, title: String?
    ) -> JSON {
        [
            "id": .string(id), "response": .string(response.id), "respondent": .string(response.respondent),
            "survey": .string(response.survey), "survey_title": .text(title), "month": .string(response.month),
            "question": .string(asked.place.column), "question_title": .text(asked.place.question.title),
            "row_title": .text(asked.row.title), "kind": .string(asked.place.question.kind.rawValue),
            "score": item.score, "choice": .text(item.choice),
            "scale_min": item.scale.map { .int($0.lowerBound) } ?? .null,
            "scale_max": item.scale.map { .int($0.upperBound) } ?? .null,
        ]
    }
}
