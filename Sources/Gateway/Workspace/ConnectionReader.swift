internal import Expressions
internal import Indicators
internal import OpenSSLCrypto
internal import PlumblineKit
internal import YAMLDocument

/// Reads connections from YAML; logs every problem at its place.
struct ConnectionReader {
    let registry: ConnectorRegistry
    let types: [String: RecordType]
    let calendar: WorkCalendar
    let gate: GateThresholds
    var reportedValues = ReportedValues([])
    var metrics = Metrics([])
    let log: ProblemLog

    static let keys =
        [
            "connection", "connector", "settings", "sandbox", "zone", "schedule", "callback", "streams", "accounts",
            "directory", "gate", "tests",
        ] + TransportReader.keys

    /// The connection of a document; nil where a problem was logged.
    func connection(_ document: YAMLNode) -> Connection? {
        let before = log.problems.count
        let map = MapReader(document, what: "a connection", known: Self.keys, log: log)
        guard let name = map.requiredText("connection"), let connector = connector(map) else { return nil }
        if name == HandConnection.name {
            log.add(
                map.place(of: "connection"), "'\(name)' is the product's own: what templates bring is stored under it")
        }
        let zone = map.zone("zone") ?? calendar.zone
        let settings = SettingsReader(log: log).settings(map, of: connector, zone: zone)
        let callback = CallbackRulesReader(
            calendar: calendar, zone: zone, fed: metrics.indicators.union(reportedValues.scopes.keys), log: log
        ).rules(map, of: connector)
        let streams = StreamReader(
            description: connector.description, types: types, calendar: calendar, zone: zone,
            reportedValues: reportedValues, permission: callback?.permission, log: log
        ).streams(map)
        callback?.checkIndicators(of: streams, map, log)
        let accounts = AccountMapping.stream(map, description: connector.description, calendar: calendar, zone: zone)
        let directory = DirectoryStream.read(
            map, description: connector.description, calendar: calendar, zone: zone)
        let tests = tests(map, streams: streams)
        let transport = TransportReader(log: log).options(map)
        let sandbox = SandboxOptions.read(map, of: connector)
        let gate = GateThresholds.read(map, over: gate)
        let schedule = ScheduleReader(calendar: calendar, zone: zone, log: log).schedule(map)
        if schedule != nil, connector.description.family == .webhook {
            log.add(map.place(of: "schedule"), "\(connector.description.id) is not pulled: its system sends")
        }
        guard log.problems.count == before else { return nil }
        let devices = SettingsReader(log: log).devices(settings, of: connector, zone: zone)
        return Connection(
            name: name, connector: connector, settings: settings, zone: zone, transport: transport,
            sandbox: sandbox, schedule: schedule, callback: callback, devices: devices,
            streams: streams, accounts: accounts,
            directory: directory, gate: gate, tests: tests, place: document.place)
    }

    private func connector(_ map: MapReader) -> (any Connector.Type)? {
        guard let id = map.requiredText("connector") else { return nil }
        if let connector = registry[id] { return connector }
        let near = proposal(for: id, among: registry.ids)
        log.add(
            map.place(of: "connector"),
            "unknown connector '\(id)'\(near); known: \(registry.ids.joined(separator: ", "))")
        return nil
    }

    private func tests(_ map: MapReader, streams: [StreamMapping]) -> [MappingTest] {
        map.list("tests").compactMap { node in
            let test = MapReader(node, what: "a test", known: ["stream", "record", "expect", "outcome"], log: log)
            let stream = test.text("stream") ?? streams.first?.name ?? ""
            if !streams.isEmpty, !streams.contains(where: { $0.name == stream }) {
                log.add(test.place(of: "stream"), "the connection has no stream '\(stream)'")
            }
            guard let record = test["record"] else {
                log.add(node.place, "a test needs 'record', a record as the source gives it")
                return nil
            }
            return MappingTest(
                stream: stream, record: record, expect: test["expect"], outcome: test.choice("outcome") ?? .mapped)
        }
    }
}

/// Reads the settings of a connection against what its connector declares.
struct SettingsReader {
    let log: ProblemLog

    func settings(_ map: MapReader, of connector: any Connector.Type, zone: Zone) -> [String: ConnectionSetting] {
        let place = map.place(of: "settings")
        let settings = settings(map.map("settings"), against: connector.description.settings, at: place)
        check(settings, of: connector, zone: zone, at: place)
        return settings
    }

    /// The settings that entries of a file give; names every one that is unknown, missing or of the wrong kind.
    func settings(
        _ entries: [YAMLNode.Entry], against fields: [SettingField], at place: SourcePlace
    ) -> [String: ConnectionSetting] {
        var settings: [String: ConnectionSetting] = [:]
        for entry in entries where !entry.value.isNull {
            settings[entry.key] =
                switch fields.first(where: { $0.key == entry.key })?.kind {
                case .secret: secret(entry)
                case .nested: ConnectionSetting(content: .nested(entry.value), place: entry.value.place)
                default: plain(entry)
                }
        }
        for problem in Settings.problems(in: Self.unresolved(settings), against: fields) {
            log.add(settings[problem.key]?.place ?? place, "setting '\(problem.key)': \(problem.reason)")
        }
        return settings
    }

    /// The settings with any text in the place of secrets.
    private static func unresolved(_ settings: [String: ConnectionSetting]) -> [String: SettingInput] {
        settings.mapValues { setting -> SettingInput in
            switch setting.content {
            case .input(let input): input
            case .secret: .secret(Secret("unresolved"))
            case .nested(let node): .nested(NestedSetting(node) { _ in Secret("unresolved") })
            }
        }
    }

    /// The devices that a connection lists, and what holds of them; nil where its connector has none, or a problem was logged.
    func devices(
        _ settings: [String: ConnectionSetting], of connector: any Connector.Type, zone: Zone
    ) -> ListedDevices? {
        guard let type = connector as? any DeviceAnswering.Type,
            let made = try? make(settings, of: type, zone: zone) as? any DeviceAnswering
        else { return nil }
        return ListedDevices(
            root: type.deviceRoot, all: made.devices, rules: made.deviceRules, place: settings["devices"]?.place)
    }

    /// A connector as lint makes it: with any text in the place of secrets, and nothing that it could ask.
    private func make(
        _ settings: [String: ConnectionSetting], of connector: any Connector.Type, zone: Zone
    ) throws(ConnectorError) -> any Connector {
        let (fields, input) = (connector.description.settings, Self.unresolved(settings))
        let context = ConnectorContext(
            transport: NoTransport(), files: NoFiles(), now: { Instant(microseconds: 0) }, zone: zone.identifier,
            utcOffset: zone.utcOffset, clocks: Zone.clocks, log: { _ in })
        return try connector.init(settings: Settings(input, against: fields), context: context)
    }

    /// Lets a connector say what is wrong with settings that are right one by one.
    private func check(
        _ settings: [String: ConnectionSetting], of connector: any Connector.Type, zone: Zone, at place: SourcePlace
    ) {
        let (fields, input) = (connector.description.settings, Self.unresolved(settings))
        guard Settings.problems(in: input, against: fields).isEmpty else { return }
        do throws(ConnectorError) {
            _ = try make(settings, of: connector, zone: zone)
        } catch {
            guard case .settings(let field, let reason) = error else { return log.add(place, "\(error)") }
            // Whether a secret is right shows only where it is resolved.
            if case .secret? = settings[field]?.content { return }
            log.add(settings[field]?.place ?? place, "setting '\(field)': \(reason)")
        }
    }

    private func secret(_ entry: YAMLNode.Entry) -> ConnectionSetting? {
        guard let reference = entry.value.text.flatMap(SecretStore.Reference.init) else {
            log.add(
                entry.value.place,
                "'\(entry.key)' is a secret: write ${file:NAME} for the file secrets/NAME of the workspace, "
                    + "or ${env:NAME}")
            return nil
        }
        return ConnectionSetting(content: .secret(reference), place: entry.value.place)
    }

    private func plain(_ entry: YAMLNode.Entry) -> ConnectionSetting? {
        let input: SettingInput? =
            switch entry.value.content {
            case .scalar(let scalar): .text(scalar.text)
            case .list(let elements): texts(elements).map { .list($0) }
            case .map(let entries):
                texts(entries.map(\.value)).map { texts in
                    .map(Dictionary(zip(entries.map(\.key), texts)) { first, _ in first })
                }
            }
        return input.map { ConnectionSetting(content: .input($0), place: entry.value.place) }
    }

    private func texts(_ nodes: [YAMLNode]) -> [String]? {
        nodes.reduce([String]?.some([])) { texts, node in
            guard let text = node.text else {
                log.add(node.place, "expected a text here, not \(node.kindName)")
                return nil
            }
            return texts.map { $0 + [text] }
        }
    }
}

/// Reads the streams of a connection and compiles their mappings.
struct StreamReader {
    let description: ConnectorDescription
    let types: [String: RecordType]
    let calendar: WorkCalendar
    let zone: Zone
    let reportedValues: ReportedValues
    var permission: CallbackPermission?
    let log: ProblemLog

    static let keys = ["from", "record", "where", "deletes", "map"]

    func streams(_ map: MapReader) -> [StreamMapping] {
        if ["streams", "accounts", "directory"].allSatisfy({ map[$0] == nil }) {
            log.add(map.node.place, "a connection needs 'streams'")
        }
        let settings = reading(map)
        return map.map("streams").compactMap { stream($0, reading: settings) }
    }

    /// What decides how the connector reads and folds: itself and its settings. Secrets only let it in.
    private func reading(_ map: MapReader) -> String {
        let secrets = Set(description.settings.filter(\.isSecret).map(\.key))
        let settings = (map["settings"]?.entries ?? []).filter { !secrets.contains($0.key) }
        return description.id + settings.map { "|\($0.key)=\($0.value.canonicalText)" }.sorted().joined()
    }

    private func stream(_ entry: YAMLNode.Entry, reading: String) -> StreamMapping? {
        let map = MapReader(entry.value, what: "a stream", known: Self.keys, log: log)
        let source = map.text("from") ?? entry.key
        checkSource(source, at: map["from"]?.place ?? entry.place)
        guard let type = type(map) else { return nil }
        let mapping = Mapping(
            map.map("map"), condition: ExpressionText(map["where"]), onto: type, at: map.place(of: "map"),
            environment: Mapping.environment(calendar: calendar, zone: zone), zone: calendar.zone, log: log)
        guard var mapping else { return nil }
        if type.name == ReportedValues.recordType { mapping.check = reportedValues }
        mapping.permission = permission
        return StreamMapping(
            name: entry.key, source: source, deletions: deletions(map, source), mapping: mapping,
            version: version(entry.value, type, reading: reading))
    }

    private func checkSource(_ source: String, at place: SourcePlace) {
        if description.stream(named: source) != nil { return }
        let known = description.streams.map(\.name).joined(separator: ", ")
        log.add(place, "\(description.id) has no stream '\(source)'; it has: \(known)")
    }

    private func type(_ map: MapReader) -> RecordType? {
        guard let name = map.requiredText("record") else { return nil }
        if let type = types[name] { return type }
        log.add(
            map.place(of: "record"),
            "unknown record type '\(name)'\(proposal(for: name, among: types.keys.sorted()))")
        return nil
    }

    private func deletions(_ map: MapReader, _ source: String) -> Deletions {
        let able = description.stream(named: source)?.deletions ?? []
        guard let chosen: Deletions = map.choice("deletes") else { return able.first ?? .neverKnown }
        if !able.contains(chosen), chosen != .neverKnown, !able.isEmpty {
            log.add(
                map.place(of: "deletes"),
                "\(description.id) cannot tell deletions by '\(chosen.rawValue)'; it can: "
                    + able.map(\.rawValue).joined(separator: ", "))
        }
        return chosen
    }

    private func version(_ node: YAMLNode, _ type: RecordType, reading: String) -> String {
        let fields = type.fields.map { "\($0.name):\($0.typeText)" }.joined(separator: ",")
        return ShortHash.of(
            "\(node.canonicalText)|\(type.name)|\(fields)|\(zone.identifier)|\(calendar.fingerprint)|\(reading)")
    }
}

/// Reads the transport's keys of a connection.
struct TransportReader {
    let log: ProblemLog

    static let keys = ["ca_file", "proxy", "allowed_hosts", "requests_per_second", "timeout", "max_response_bytes"]

    func options(_ map: MapReader) -> TransportOptions {
        var options = TransportOptions()
        options.caFiles = map.texts("ca_file")
        options.allowedHosts = map.texts("allowed_hosts")
        if let text = map.text("proxy") {
            options.proxy = TransportOptions.ProxyAddress(text)
            if options.proxy == nil { log.add(map.place(of: "proxy"), "'proxy' must be host:port, not '\(text)'") }
        }
        if let text = map.text("requests_per_second") {
            options.requestsPerSecond = positive(text, "requests_per_second", map) ?? options.requestsPerSecond
        }
        if let text = map.text("timeout") {
            options.timeout = positive(text, "timeout", map).map { .milliseconds($0 * 1000) } ?? options.timeout
        }
        options.maxResponseBytes = map.integer("max_response_bytes") ?? options.maxResponseBytes
        return options
    }

    private func positive(_ text: String, _ key: String, _ map: MapReader) -> Double? {
        guard let number = Double(text), number > 0, number.isFinite else {
            log.add(map.place(of: key), "'\(key)' must be a number above 0, not '\(text)'")
            return nil
        }
        return number
    }
}
