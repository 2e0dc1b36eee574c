import PlumblineKit

/// What answers are measured in, asked for once in a run.
actor DjaoDjinUnits {
    private let client: DjaoDjinClient
    private let scales: [String: ClosedRange<Int>]
    private let choiceScores: [String: String]
    /// Units whose choices count by their place, and those whose choices are told without a score.
    private let (placed, told): (Set<String>, Set<String>)
    private var units: [String: Unit]?

    struct Unit {
        /// `rank` for numbers, `enum` for choices, `freetext` and others.
        let system: String
        /// Whether a choice that nothing else gives a score has its place as one.
        var placeCounts = false
        /// Whether answers are told: of choices without scores they are not, as they may say who answers.
        var isTold = true
        /// The texts of choices, in their order.
        var choices: [String] = []
        var scale: ClosedRange<Int>?
    }

    /// Refuses scales that are none.
    init(client: DjaoDjinClient, settings: Settings) throws(ConnectorError) {
        self.client = client
        choiceScores = settings[DjaoDjinSettings.choiceScores]
        placed = Set(settings[DjaoDjinSettings.placeScores])
        told = Set(settings[DjaoDjinSettings.toldChoices])
        var scales: [String: ClosedRange<Int>] = [:]
        for (unit, text) in settings[DjaoDjinSettings.scales] {
            let ends = text.split(separator: "-").compactMap { Int($0) }
            guard ends.count == 2, ends[0] < ends[1] else {
                throw .settings(field: "scales", reason: "expected a range such as 1-5 for '\(unit)', got '\(text)'")
            }
            scales[unit] = ends[0]...ends[1]
        }
        self.scales = scales
        if let (text, score) = choiceScores.first(where: { Int($0.value) == nil }) {
            throw .settings(field: "choice_scores", reason: "expected a whole number for '\(text)', got '\(score)'")
        }
    }

    /// The unit of that name; nil where the server has none.
    func unit(_ slug: String) async throws(ConnectorError) -> Unit? {
        if let units { return units[slug] }
        let units = try await fetch()
        self.units = units
        return units[slug]
    }

    /// The score of a choice: what the settings say, else its place from 1 where they say that it counts. Null where nothing
    /// tells, as for "don't know" among choices that have scores; nil where there is no such choice.
    nonisolated func score(of choice: String, in unit: Unit) -> JSON? {
        if let score = choiceScores[choice].flatMap({ Int($0) }) { return .int(score) }
        guard let place = unit.choices.firstIndex(of: choice) else { return nil }
        let isScored = unit.choices.contains { choiceScores[$0] != nil }
        return unit.placeCounts && !isScored ? .int(place + 1) : .null
    }

    private func fetch() async throws(ConnectorError) -> [String: Unit] {
        var units: [String: Unit] = [:]
        for item in try await client.list(["units"])?.items ?? [] {
            guard let slug = item["slug"]?.string, let system = item["system"]?.string else { continue }
            var unit = Unit(system: system, placeCounts: placed.contains(slug), scale: scales[slug])
            if system == "enum" { try await addChoices(to: &unit, slug) }
            units[slug] = unit
        }
        return units
    }

    private func addChoices(to unit: inout Unit, _ slug: String) async throws(ConnectorError) {
        unit.choices = (try await client.json(["units", slug, "choices"])?["results"]?.array ?? []).compactMap {
            $0["text"]?.string
        }
        let scores = unit.choices.compactMap { score(of: $0, in: unit)?.int }
        unit.isTold = !scores.isEmpty || told.contains(slug)
        if let least = scores.min(), let most = scores.max(), least < most { unit.scale = unit.scale ?? least...most }
    }
}
