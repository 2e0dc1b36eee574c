internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import YAMLDocument

/// Reads what a source tells about its accounts: `accounts: {from: users, map: {account: ..., email: ...}}`.
struct AccountMapping: Sendable {
    private let programs: [(field: Field, program: Program, place: SourcePlace)]

    enum Field: String, CaseIterable {
        case account, email, phone, name
        case staffNumber = "staff_number"
    }

    /// Why a field of a source record gave no text.
    struct Fault {
        let field: Field
        let place: SourcePlace
        /// With the values it quotes marked as `QuotedValue` says.
        let reason: String
    }

    /// The account that a source record describes; nil where it names none.
    ///
    /// An account without an e-mail is still an account: what cannot be read is left out, and `report` is told why.
    func mention(_ source: Value, report: (Fault) -> Void) -> AccountMention? {
        var texts: [Field: String] = [:]
        for (field, program, place) in programs {
            do throws(EvaluationError) {
                texts[field] = try Self.text(program.evaluate([source]))
            } catch .emptyOperand {
                continue
            } catch {
                report(Fault(field: field, place: place, reason: error.reason.en))
            }
        }
        guard let account = texts[.account] else { return nil }
        return AccountMention(
            account: account, email: texts[.email], phone: texts[.phone], staffNumber: texts[.staffNumber],
            name: texts[.name])
    }

    /// What a value says: texts, and numbers, which staff numbers often are; nil where it is empty.
    private static func text(_ value: Value) throws(EvaluationError) -> String? {
        switch value {
        case .string(let text): return text.isEmpty ? nil : text
        case .int(let number): return String(number)
        case .decimal(let number): return number.description
        case .optional(.some(let value)): return try text(value)
        case .null, .optional(.none): return nil
        default:
            throw .invalidArgument(
                zh: "应为文本或数字，而不是 \(value.kind)", en: "expected a text or a number, not \(value.kind)")
        }
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
        let programs = map.map("map").compactMap { entry -> (field: Field, program: Program, place: SourcePlace)? in
            guard let field = Field(rawValue: entry.key) else {
                log.add(entry.place, MapReader.unknown(entry.key, known: Field.allCases.map(\.rawValue)))
                return nil
            }
            return ExpressionText(entry.value)
                .flatMap { environment.compile($0, as: "'\(entry.key)'", log: log) }
                .map { (field: field, program: $0, place: entry.value.place) }
        }
        if !programs.contains(where: { $0.field == .account }) {
            log.add(map.place(of: "map"), "'accounts' need 'map' with at least 'account'")
        }
        return AccountStream(source: source, mapping: AccountMapping(programs: programs))
    }
}
