internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import YAMLDocument

/// Reads what a source tells about its accounts: `accounts: {from: users, map: {account: ..., email: ...}}`.
struct AccountMapping: Sendable {
    private let programs: [(field: Field, program: Program)]

    enum Field: String, CaseIterable {
        case account, email, phone, name
        case staffNumber = "staff_number"
    }

    /// The account that a source record describes; nil where it names none.
    func mention(_ source: Value) -> AccountMention? {
        var texts: [Field: String] = [:]
        for (field, program) in programs {
            // An account without an e-mail is still an account; a hint that cannot be read is none.
            if case .string(let text)? = try? program.evaluate([source]), !text.isEmpty { texts[field] = text }
        }
        guard let account = texts[.account] else { return nil }
        return AccountMention(
            account: account, email: texts[.email], phone: texts[.phone], staffNumber: texts[.staffNumber],
            name: texts[.name])
    }

    /// The `accounts` part of a connection; nil where it has none or a problem was logged.
    static func stream(
        _ connection: MapReader, description: ConnectorDescription, calendar: WorkCalendar, zone: Zone
    ) -> AccountStream? {
        guard let node = connection["accounts"] else { return nil }
        let log = connection.log
        let map = MapReader(node, what: "'accounts'", known: ["from", "map"], log: log)
        guard let source = map.requiredText("from") else { return nil }
        if description.stream(named: source) == nil {
            log.add(map.place(of: "from"), "\(description.id) has no stream '\(source)'")
        }
        let environment = Mapping.environment(calendar: calendar, zone: zone)
        let programs = map.map("map").compactMap { entry -> (Field, Program)? in
            guard let field = Field(rawValue: entry.key) else {
                log.add(entry.place, MapReader.unknown(entry.key, known: Field.allCases.map(\.rawValue)))
                return nil
            }
            return ExpressionText(entry.value)
                .flatMap { environment.compile($0, as: "'\(entry.key)'", log: log) }
                .map { (field, $0) }
        }
        if !programs.contains(where: { $0.0 == .account }) {
            log.add(map.place(of: "map"), "'accounts' need 'map' with at least 'account'")
        }
        return AccountStream(source: source, mapping: AccountMapping(programs: programs))
    }
}
