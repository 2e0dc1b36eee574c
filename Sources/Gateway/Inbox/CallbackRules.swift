internal import Callbacks
internal import Expressions
internal import Indicators
internal import PlumblineKit
public import YAMLDocument

/// What a connection's system may send to us, and how it proves itself: `callback` in the connection's file.
///
/// ```yaml
/// callback:
///   scheme: standard-webhooks
///   secret: ${file:helpdesk-hook}
///   dedupe: source.event_id        # where the scheme has nothing that an event is known by
///   equal_bodies: repeat           # or events, where the scheme's key is not signed: see EventKey
///   untaken: warn                  # or expected, where streams are to leave out what others need
///   people: all                    # or the accounts that it may write
///   indicators: [calls_made]       # those that it may write, where it writes values of indicators
///   keep_days: 30
///   max_body: 1048576
///   requests_per_second: 500
/// ```
public struct CallbackRules: Sendable {
    let scheme: CallbackSchemeKind
    /// The scheme's settings as the file says them; secrets are still references.
    let settings: [String: ConnectionSetting]
    /// What an event is known by; nil where the scheme says that.
    let dedupe: Program?
    let equalBodies: EqualBodies
    /// Whether records that no stream takes are as they should be.
    public let expectsUntaken: Bool
    /// For how many days events and their keys are kept.
    public let keepDays: Int
    /// What is looked at before anything of a request is read.
    public let limits: CallbackLimits
    let permission: CallbackPermission
    /// Listed indicators that nobody defines, or that read nothing that a system could send for them.
    public let unfedIndicators: [String]
    /// Where the rules begin.
    public let place: SourcePlace

    /// What the scheme is called, such as `github`.
    public var schemeName: String { scheme.id }

    /// Logs indicators that are not listed although streams write values of indicators.
    func checkIndicators(of streams: [StreamMapping], _ map: MapReader, _ log: ProblemLog) {
        let writes = streams.first { CallbackPermission.typesOfIndicators.contains($0.mapping.type.name) }
        guard let writes, permission.indicators.isEmpty, unfedIndicators.isEmpty else { return }
        log.add(
            place,
            "the stream '\(writes.name)' writes values of indicators: list those that the system may write under "
                + "'indicators'")
    }
}

/// Which records a connection's system may send.
struct CallbackPermission: RecordCheck {
    /// The indicators, where records name one.
    let indicators: Set<String>
    /// The accounts; nil for all.
    let accounts: Set<String>?

    /// The record types whose records name the indicator that they count for.
    static let typesOfIndicators = [ReportedValues.recordType, Metrics.recordType]

    func refusal(of record: CanonicalRecord) -> (field: String, reason: Reason)? {
        if Self.typesOfIndicators.contains(record.type.name) {
            let id = if case .string(let id) = record["indicator_id"] { id } else { "" }
            if !indicators.contains(id) { return ("indicator_id", Self.reason(id)) }
        }
        guard let accounts else { return nil }
        let written = record.accountsByField
        if let other = written.first(where: { !accounts.contains($0.account) }) {
            return (other.field, Self.reason(other.account))
        }
        return refusal(ofWhatIsNobodys: record, written.isEmpty)
    }

    /// Whoever may write some people may write neither units nor the company.
    private func refusal(
        ofWhatIsNobodys record: CanonicalRecord, _ isNobodys: Bool
    ) -> (field: String, reason: Reason)? {
        for field in record.type.fields where field.kind == .orgUnitRef {
            if case .string(let unit) = record[field.name] { return (field.name, Self.reason(unit)) }
        }
        guard isNobodys, Self.typesOfIndicators.contains(record.type.name) else { return nil }
        return (
            "employee_id",
            Reason(
                zh: "这个连接只能写入列出的人员，不能写入全公司的数据",
                en: "this connection may write listed people, not the company's own values")
        )
    }

    private static func reason(_ seen: String) -> Reason {
        Reason(
            zh: "这个连接不得写入“\(value: seen)”：在连接文件的 callback 下列出才可以，指标还要有定义",
            en:
                "this connection may not write '\(value: seen)': list it under 'callback' in its file; an indicator must "
                + "be defined as well")
    }
}

/// Reads `callback` of a connection; logs every problem at its place.
struct CallbackRulesReader {
    let calendar: WorkCalendar
    let zone: Zone
    /// The indicators that read what a system may send for them.
    let fed: Set<String>
    let log: ProblemLog

    private static let keys = [
        "scheme", "dedupe", "equal_bodies", "untaken", "people", "indicators", "keep_days", "max_body",
        "requests_per_second",
    ]

    /// Nil where the connection has none, or no scheme could be found.
    func rules(_ connection: MapReader, of connector: any Connector.Type) -> CallbackRules? {
        guard connection["callback"] != nil else { return absent(connection, connector) }
        if !(connector is any CallbackReading.Type) {
            log.add(
                connection.place(of: "callback"), "\(connector.description.id) reads nothing that its system sends")
        }
        return rules(connection)
    }

    private func absent(_ connection: MapReader, _ connector: any Connector.Type) -> CallbackRules? {
        if connector.description.family == .webhook {
            log.add(
                connection.node.place,
                "\(connector.description.id) needs 'callback': how the system proves that a request is its own")
        }
        return nil
    }

    private func rules(_ connection: MapReader) -> CallbackRules? {
        guard let entries = connection["callback"]?.entries, let node = connection["callback"] else {
            log.add(connection.place(of: "callback"), "'callback' must be a map with at least 'scheme'")
            return nil
        }
        guard let scheme = scheme(node) else { return nil }
        let known = Self.keys + scheme.settings.map(\.key)
        let map = MapReader(node, what: "'callback'", known: known, log: log)
        let own = entries.filter { entry in scheme.settings.contains { $0.key == entry.key } }
        let settings = SettingsReader(log: log).settings(own, against: scheme.settings, at: node.place)
        checkKey(map, of: scheme, settings)
        return CallbackRules(
            scheme: scheme, settings: settings, dedupe: dedupe(map),
            equalBodies: choice("equal_bodies", map) ?? EqualBodies.repeat,
            expectsUntaken: choice("untaken", map) == Untaken.expected,
            keepDays: number("keep_days", in: 1...3_650, map) ?? 30,
            limits: CallbackLimits(
                bodyBytes: number("max_body", in: 1...16_777_216, map) ?? 1_048_576,
                requestsPerSecond: number("requests_per_second", in: 1...1_000_000, map) ?? 500,
                answersHead: scheme.answersHead),
            permission: permission(map), unfedIndicators: map.texts("indicators").filter { !fed.contains($0) },
            place: node.place)
    }

    private func scheme(_ node: YAMLNode) -> CallbackSchemeKind? {
        let names = CallbackSchemeKind.all.map(\.id)
        guard let name = node["scheme"]?.text else {
            log.add(node.place, "'callback' needs 'scheme', one of \(names.joined(separator: ", "))")
            return nil
        }
        if let scheme = CallbackSchemeKind.named(name) { return scheme }
        log.add(
            node["scheme"]?.place ?? node.place,
            "unknown scheme '\(name)'\(proposal(for: name, among: names)); known: \(names.joined(separator: ", "))")
        return nil
    }

    private enum Untaken: String, CaseIterable { case warn, expected }

    /// Says what a connection would do that has no key for its events, or a setting for keys that it does not have.
    private func checkKey(_ map: MapReader, of scheme: CallbackSchemeKind, _ settings: [String: ConnectionSetting]) {
        let identification = scheme.identification { settings[$0]?.text }
        if identification == .none, map["dedupe"] == nil {
            log.add(
                map.node.place,
                "'callback' needs 'dedupe': with '\(scheme.id)' as it is set here nothing says by what an event is known, so "
                    + "that every event would be refused (422 no_key); name what stays the same when it is sent again, such "
                    + "as dedupe: \"source.id + ' ' + source.modified\"")
        }
        if map["equal_bodies"] != nil, identification != .unsigned || map["dedupe"] != nil {
            log.add(
                map.place(of: "equal_bodies"),
                "'equal_bodies' is for keys that are not signed beside a body that is, and this connection has no such; leave "
                    + "it out")
        }
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, _ map: MapReader
    ) -> Choice? where Choice.RawValue == String {
        guard let node = map[key] else { return nil }
        if let choice = node.text.flatMap(Choice.init(rawValue:)) { return choice }
        let known = Choice.allCases.map(\.rawValue).joined(separator: " or ")
        log.add(map.place(of: key), "'\(key)' must be \(known)")
        return nil
    }

    private func dedupe(_ map: MapReader) -> Program? {
        ExpressionText(map["dedupe"]).flatMap {
            Mapping.environment(calendar: calendar, zone: zone).compile($0, as: "'dedupe'", log: log)
        }
    }

    private func permission(_ map: MapReader) -> CallbackPermission {
        if map["people"] == nil {
            log.add(map.node.place, "'callback' needs 'people': 'all', or the accounts that the system may write")
        }
        let people = map.texts("people")
        return CallbackPermission(
            indicators: fed.intersection(map.texts("indicators")), accounts: people == ["all"] ? nil : Set(people))
    }

    private func number(_ key: String, in range: ClosedRange<Int>, _ map: MapReader) -> Int? {
        guard let number = map.integer(key) else { return nil }
        guard range.contains(number) else {
            log.add(map.place(of: key), "'\(key)' must be \(range.lowerBound) to \(range.upperBound), not \(number)")
            return nil
        }
        return number
    }
}
