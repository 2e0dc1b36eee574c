import PlumblineKit

/// Turns the answers of a response into records, one for each question that was answered.
struct DjaoDjinAnswers: Sendable {
    let client: DjaoDjinClient
    let units: DjaoDjinUnits
    /// Seconds by which clocks are ahead of UTC.
    let utcOffset: @Sendable (Instant) -> Int

    static let fields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "答卷的散列和问题", en: "Hash of the response, and the question")),
        SourceField("response", "string", LocalizedText(zh: "答卷的散列", en: "Hash of the response")),
        SourceField(
            "respondent", "string",
            LocalizedText(zh: "答卷人的散列，仅在同一问卷内相同", en: "Hash of the respondent, the same within one survey only")),
        SourceField("survey", "string", LocalizedText(zh: "问卷", en: "The survey")),
        SourceField("survey_title", "string?", LocalizedText(zh: "问卷标题", en: "Its title")),
        SourceField("survey_description", "string?", LocalizedText(zh: "问卷说明", en: "Its description")),
        SourceField(
            "month", "string",
            LocalizedText(
                zh: "答卷开始的月份，如 2026-07；更细的时间不读出",
                en: "The month in which the response was begun, such as 2026-07; no finer time leaves the connector")),
        SourceField(
            "question", "string", LocalizedText(zh: "问题路径中问卷之后的部分", en: "The question's path behind the survey")),
        SourceField(
            "kind", "string",
            LocalizedText(
                zh: "rank（数值）、enum（选项）、freetext（文字）等", en: "rank for numbers, enum for choices, freetext and others")),
        SourceField(
            "score", "number?",
            LocalizedText(
                zh: "数值，或选项的分数；选项无分数时为空", en: "The number, or the score of the choice, null where it has none")),
        SourceField("choice", "string?", LocalizedText(zh: "选项文字", en: "The text of the choice")),
        SourceField("scale_min", "int?", LocalizedText(zh: "量程下限", en: "The least score there can be")),
        SourceField("scale_max", "int?", LocalizedText(zh: "量程上限", en: "The highest score there can be")),
    ]

    /// The records of a response; none where it vanished meanwhile.
    func add(_ response: DjaoDjinResponse, to page: inout Page) async throws(ConnectorError) {
        let answers = try await client.list([client.owner, "sample", response.slug, "answers"])
        for item in answers?.items ?? [] {
            let slug = item["default_unit"]?["slug"]?.string ?? ""
            add(item, of: response, unit: try await units.unit(slug), to: &page)
        }
    }

    private func add(
        _ item: JSON, of response: DjaoDjinResponse, unit: DjaoDjinUnits.Unit?, to page: inout Page
    ) {
        let question = Self.question(item["path"]?.string ?? "", in: response.survey.slug)
        let id = [response.id, question].compoundIdentifier
        do throws(JSONShapeError) {
            guard let value = try measured(item) else { return }
            guard let unit else { throw JSONShapeError(reason: "the server has no unit such as the question's") }
            guard unit.isTold else { return }
            let json = record(response, id: id, question: question, unit: unit, try answer(value, in: unit))
            page.records.append(SourceRecord(id: id, version: nil, json: json))
        } catch {
            let told = item.without(["created_at", "collected_by"])
            page.rejected.append(RejectedRecord(id: id, reason: error.reason, raw: told.bytes))
        }
    }

    /// The questions of a survey that are told, as their records would be named.
    func questions(of survey: String) async throws(ConnectorError) -> [String] {
        let campaign = try await client.json(["editables", client.owner, "campaigns", survey])
        var questions: [String] = []
        for item in campaign?["questions"]?.array ?? [] {
            guard let path = item["path"]?.string else { continue }
            let unit = item["default_unit"]
            if unit?["system"] == "enum", let slug = unit?["slug"]?.string,
                try await units.unit(slug)?.isTold == false
            {
                continue
            }
            questions.append(Self.question(path, in: survey))
        }
        return questions
    }

    private static func question(_ path: String, in survey: String) -> String {
        let parts = path.split(separator: "/")
        return (parts.first.map { $0 == survey } == true ? parts.dropFirst() : parts[...]).joined(separator: "/")
    }
}

// MARK: - One answer

extension DjaoDjinAnswers {
    /// What was answered in the question's own unit; nil where nothing was.
    private func measured(_ item: JSON) throws(JSONShapeError) -> JSON? {
        let own = try item.object(at: "default_unit").string(at: "slug")
        let answer = try item.array(at: "answers").first { $0["unit"]?.string == own }
        guard let value = answer?["measured"], !value.isNull else { return nil }
        return value
    }

    /// The score, and the text of a choice. Free text is not read: it may tell who wrote it.
    private func answer(_ value: JSON, in unit: DjaoDjinUnits.Unit) throws(JSONShapeError) -> (
        score: JSON, choice: JSON
    ) {
        switch unit.system {
        case "enum":
            guard let choice = value.string, let score = units.score(of: choice, in: unit) else {
                throw JSONShapeError(reason: "the answer is none of the choices; say its score under choice_scores")
            }
            return (score, .string(choice))
        case "freetext": return (.null, .null)
        default:
            guard case .number = value else { throw JSONShapeError(reason: "expected a number, got \(value.kind)") }
            return (value, .null)
        }
    }

    private func record(
        _ response: DjaoDjinResponse, id: String, question: String, unit: DjaoDjinUnits.Unit,
        _ answer: (score: JSON, choice: JSON)
    ) -> JSON {
        let begun = response.begun.advanced(bySeconds: utcOffset(response.begun))
        return [
            "id": .string(id),
            "response": .string(response.id),
            "respondent": .string(response.respondent),
            "survey": .string(response.survey.slug),
            "survey_title": .text(response.survey.title),
            "survey_description": .text(response.survey.description),
            "month": .string(String(begun.rfc3339.prefix(7))),
            "question": .string(question),
            "kind": .string(unit.system),
            "score": answer.score,
            "choice": answer.choice,
            "scale_min": unit.scale.map { .int($0.lowerBound) } ?? .null,
            "scale_max": unit.scale.map { .int($0.upperBound) } ?? .null,
        ]
    }
}
