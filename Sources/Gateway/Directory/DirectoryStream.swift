internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import YAMLDocument

/// A stream that tells of everybody who works here: the directory of a connection.
struct DirectoryStream: Sendable {
    let source: String
    let mapping: DirectoryMapping
    /// How long a look at the directory is good for.
    let every: Duration

    /// A quarter of a day: people seldom come and go, and everybody is read each time.
    static let usualEvery = Duration.seconds(6 * 3600)

    /// The `directory` part of a connection; nil where it has none or a problem was logged.
    static func read(
        _ connection: MapReader, description: ConnectorDescription, calendar: WorkCalendar, zone: Zone
    ) -> DirectoryStream? {
        guard let node = connection["directory"] else { return nil }
        let map = MapReader(node, what: "'directory'", known: ["from", "every", "map"], log: connection.log)
        guard let source = map.requiredText("from") else { return nil }
        if description.stream(named: source) == nil {
            map.log.add(map.place(of: "from"), "\(description.id) has no stream '\(source)'")
        }
        let mapping = DirectoryMapping(map, calendar: calendar, zone: zone)
        return DirectoryStream(source: source, mapping: mapping, every: every(map))
    }

    private static func every(_ map: MapReader) -> Duration {
        guard let text = map.text("every") else { return usualEvery }
        guard let every = Duration(settingText: text) else {
            map.log.add(map.place(of: "every"), "'every' must be a duration such as 1h or 1d, not '\(text)'")
            return usualEvery
        }
        return every
    }
}

/// Reads what a source tells of a person: `directory: {from: people, map: {account: ..., staff_number: ...}}`.
struct DirectoryMapping: Sendable {
    private let programs: [Field: Entry]
    private let zone: Zone

    private struct Entry {
        let program: Program
        let place: SourcePlace
    }

    /// The columns of the people file, and what a directory tells beside.
    enum Field: String, CaseIterable {
        case account, unit, position, manager, emails, phones, active
        case staffNumber = "staff_number"
        case nameZh = "name_zh"
        case nameEn = "name_en"
        case responsibleFor = "responsible_for"
        case joinedOn = "joined_on"
        case leftOn = "left_on"
    }

    /// Why a person cannot be read.
    struct Fault: Error {
        let field: Field
        let place: SourcePlace
        /// With the values it quotes marked as `QuotedValue` says.
        let reason: String
    }

    /// The `map` of a directory; what is wrong with it is logged.
    init(_ map: MapReader, calendar: WorkCalendar, zone: Zone) {
        self.zone = zone
        let environment = Mapping.environment(calendar: calendar, zone: zone)
        var programs: [Field: Entry] = [:]
        for entry in map.map("map") {
            guard let field = Field(rawValue: entry.key) else {
                map.log.add(entry.place, MapReader.unknown(entry.key, known: Field.allCases.map(\.rawValue)))
                continue
            }
            programs[field] = ExpressionText(entry.value)
                .flatMap { environment.compile($0, as: "'\(entry.key)'", log: map.log) }
                .map { Entry(program: $0, place: entry.value.place) }
        }
        for field in [Field.account, .staffNumber] where !map.map("map").contains(where: { $0.key == field.rawValue }) {
            map.log.add(map.place(of: "map"), "a directory needs '\(field.rawValue)' in its 'map'")
        }
        self.programs = programs
    }

    /// The account of a source record; nil where it names none.
    func account(_ source: Value) throws(Fault) -> String? { try text(.account, source) }

    /// The person that a source record tells of, whose account is known.
    func person(_ source: Value, account: String) throws(Fault) -> DirectoryPerson {
        var person = DirectoryPerson(account: account, employee: try text(.staffNumber, source))
        person.nameZh = try told(.nameZh, source)
        person.nameEn = try told(.nameEn, source)
        person.emails = try list(.emails, source)
        person.phones = try list(.phones, source)
        person.unit = try told(.unit, source)
        person.position = try told(.position, source)
        person.manager = try told(.manager, source)
        person.responsibleFor = try list(.responsibleFor, source)
        person.joined = try day(.joinedOn, source)
        person.left = try day(.leftOn, source)
        person.isActive =
            try value(.active, source, as: LocalizedText(zh: "true 或 false", en: "true or false")) {
                $0.flag.map(Optional.some)
            } ?? true
        return person
    }

    // MARK: Values

    /// A text or number; nil where it is empty or not there.
    private func text(_ field: Field, _ source: Value) throws(Fault) -> String? {
        try told(field, source).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A text or number, which may be empty; nil where it is not told.
    private func told(_ field: Field, _ source: Value) throws(Fault) -> String? {
        try value(field, source, as: LocalizedText(zh: "文本或数字", en: "a text or a number")) {
            $0.scalarText.map(Optional.some)
        }
    }

    /// Several texts, or one; nil where it is not told.
    private func list(_ field: Field, _ source: Value) throws(Fault) -> [String]? {
        try value(field, source, as: LocalizedText(zh: "文本的列表", en: "a list of texts")) { value -> [String]?? in
            guard case .list(let elements) = value else {
                return value.scalarText.map { .some($0.isEmpty ? [] : [$0]) }
            }
            let texts = elements.compactMap(\.scalarText)
            return texts.count == elements.count ? .some(texts.filter { !$0.isEmpty }) : nil
        }
    }

    private func day(_ field: Field, _ source: Value) throws(Fault) -> Day? {
        try value(
            field, source, as: LocalizedText(zh: "2026-07-01 这样的日期，或时间", en: "a day such as 2026-07-01, or a time")
        ) { [zone] value -> Day?? in
            switch value {
            case .timestamp(let moment): zone.day(of: moment)
            case .string(let text): text.isEmpty ? .some(nil) : Day(text: text).map(Optional.some)
            default: nil
            }
        }
    }

    /// What `read` makes of a field's value; nil where the field is not mapped, or its value is null. `read` gives nil for a
    /// value of another kind.
    private func value<Told>(
        _ field: Field, _ source: Value, as wanted: LocalizedText, _ read: (Value) -> Told??
    ) throws(Fault) -> Told? {
        guard let entry = programs[field] else { return nil }
        do throws(EvaluationError) {
            let value = try entry.program.evaluate([source]).unwrapped
            if value.isNull { return nil }
            if let told = read(value) { return told }
            throw .invalidArgument(
                zh: "应为\(wanted.zh)，而不是 \(value.kind)", en: "expected \(wanted.en), not \(value.kind)")
        } catch .emptyOperand {
            return nil
        } catch {
            throw Fault(field: field, place: entry.place, reason: error.reason.en)
        }
    }
}

extension Value {
    /// What an optional holds, or null; the value itself where it is none.
    fileprivate var unwrapped: Value {
        switch self {
        case .optional(.some(let value)): value.unwrapped
        case .optional(.none): .null
        default: self
        }
    }

    fileprivate var flag: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    /// Texts, and numbers, which staff numbers often are; nil for anything else.
    var scalarText: String? {
        switch self {
        case .string(let text): text
        case .int(let number): String(number)
        case .decimal(let number): number.description
        default: nil
        }
    }
}
