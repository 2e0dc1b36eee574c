public import Indicators
public import YAMLDocument

/// What `plumbline.yaml` says about the company.
public struct WorkspaceConfiguration: Sendable {
    /// The company's name; empty where the file gives none.
    public var company: BilingualText
    /// The zone in which days and periods begin.
    public var zone: Zone
    /// The country that the company is in, such as `CN`: sinks in another one must be declared.
    public var country: String
    /// The language of what people read, `zh` or `en`.
    public var language: String
    /// The working calendar: a name that the product has, or a YAML file in the workspace.
    public var calendar: String
    /// The kinds of periods that get values.
    public var periodKinds: [PeriodKind]
    /// The first period that gets values.
    public var firstPeriod: Period
    /// For how long rejects and evidence are kept.
    public var retention: RetentionRules
    /// What the quality gate takes as usual where a connection says nothing else.
    let gate: GateThresholds

    static let keys = [
        "company", "country", "zone", "languages", "calendar", "periods", "first_period", "retention",
        "reject_retention_days", "gate",
    ]

    /// Reads the configuration; logs every problem at its place and gives nil where there was one.
    public init?(_ document: YAMLNode, log: ProblemLog) {
        let before = log.problems.count
        let map = MapReader(document, what: "plumbline.yaml", known: Self.keys, log: log)
        company = map.bilingual("company", fallback: "")
        _ = map.requiredText("zone")
        zone = map.zone("zone") ?? .utc
        country = map.text("country") ?? "CN"
        if country.wholeMatch(of: Self.countryCode) == nil {
            log.add(map.place(of: "country"), "'country' must be two capital letters such as CN, not '\(country)'")
        }
        language = map.texts("languages").first ?? "zh"
        calendar = map.text("calendar") ?? "cn-2026"
        periodKinds = Self.periodKinds(map)
        let text = map.text("first_period") ?? "2026"
        let period = Period(id: text)
        if period == nil {
            log.add(
                map.place(of: "first_period"), "'first_period' must be such as 2026, 2026-Q3 or 2026-07, not '\(text)'")
        }
        retention = RetentionRules(map)
        gate = GateThresholds.read(map, over: GateThresholds())
        guard let period, log.problems.count == before else { return nil }
        firstPeriod = period
    }

    /// A country as ISO 3166-1 writes it with two letters.
    static var countryCode: Regex<Substring> { /[A-Z]{2}/ }

    private static func periodKinds(_ map: MapReader) -> [PeriodKind] {
        if map["periods"] == nil { return PeriodKind.allCases }
        let kinds = map.list("periods").compactMap { node -> PeriodKind? in
            let kind = node.text.flatMap { PeriodKind(rawValue: $0) }
            if kind == nil {
                map.log.add(
                    node.place, "a period is one of \(PeriodKind.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return kind
        }
        return kinds.sorted()
    }
}
