internal import Expressions
internal import Foundation
public import Indicators
internal import PlumblineKit
internal import YAMLDocument

/// A company's folder, read and checked: configuration, record types, indicators, connections.
public struct Workspace: Sendable {
    /// The folder's path.
    public let folder: String
    /// What `plumbline.yaml` says.
    public let configuration: WorkspaceConfiguration
    /// The working calendar, in the company's zone.
    public let calendar: WorkCalendar
    /// The product's record types and the company's own, by name.
    public let recordTypes: [String: RecordType]
    /// The product's indicators and the company's own; one with the same id takes the product's place.
    public let indicators: [CompiledIndicator]
    /// The connections in the order of their files' names.
    public let connections: [Connection]
    /// The mappings that were saved for files' columns, in the order of their files' names.
    public let mappings: [SavedMapping]
    /// Where the company wants to be told of what happens, in the order of the files' names.
    public let sinks: [Sink]
    /// What people call the fields and values of the record types.
    public let labels: RecordLabels
    /// Which indicators people fill by hand.
    public let reportedValues: ReportedValues
    let constants: MapValue
    /// What the values depend on besides records: part of every definition's version.
    let basis: String

    /// Reads the workspace at `folder`.
    ///
    /// - Throws: `WorkspaceError.invalid` with every mistake in every file.
    public static func read(_ folder: String, registry: ConnectorRegistry) throws(WorkspaceError) -> Workspace {
        let log = ProblemLog()
        let reader = WorkspaceReader(folder: folder, registry: registry, log: log)
        let workspace = try reader.workspace()
        guard let workspace, log.problems.isEmpty else { throw .invalid(InvalidConfiguration(log.problems)) }
        return workspace
    }

    /// The connection with that name.
    public func connection(_ name: String) throws(WorkspaceError) -> Connection {
        guard let connection = connections.first(where: { $0.name == name }) else {
            throw .unknownConnection(name, known: connections.map(\.name))
        }
        return connection
    }

    /// The indicator with that id; nil where there is none.
    public func indicator(_ id: String) -> CompiledIndicator? { indicators.first { $0.definition.id == id } }

    /// Recognises what an indicator's values are computed by: its definition, the constants, the calendar and which
    /// periods get values.
    func version(of indicator: CompiledIndicator) -> String {
        ShortHash.of(indicator.definition.node.canonicalText + basis)
    }

    /// Where the workspace keeps its database.
    public var databasePath: String { URL(filePath: folder).appending(path: Self.databaseFile).path }
    /// The name of the database; its companions' names begin with it.
    static let databaseFile = "plumbline.sqlite"
    /// The folder that file connections read.
    public var dataFolder: String { URL(filePath: folder).appending(path: "data").path }
    /// The file of people that `people import` reads by default.
    public static let peopleFile = "people.csv"
}

/// Reads a workspace's files; logs every problem at its place.
struct WorkspaceReader {
    let folder: String
    let registry: ConnectorRegistry
    let log: ProblemLog

    static let configurationFile = "plumbline.yaml"

    /// The workspace; nil where a problem was logged.
    func workspace() throws(WorkspaceError) -> Workspace? {
        guard let text = try? String(contentsOf: url(Self.configurationFile), encoding: .utf8) else {
            throw .notAWorkspace(path: folder)
        }
        guard let document = parse(text, Self.configurationFile),
            let configuration = WorkspaceConfiguration(document, log: log),
            let calendar = calendar(configuration, at: document.place)
        else { return nil }
        let catalogue = try catalogue()
        let functions = WorkFunctions(calendar: calendar).all
        let indicators = catalogue.compile(functions: functions)
        configuration.retention.check(catalogue.recordTypes, log)
        let constants = catalogue.constantsMap
        let reportedValues = ReportedValues(catalogue.indicators)
        let metrics = Metrics(catalogue.indicators)
        let connections = try connections(
            catalogue.recordTypes, calendar, reportedValues, metrics, configuration.gate)
        return Workspace(
            folder: folder, configuration: configuration, calendar: calendar, recordTypes: catalogue.recordTypes,
            indicators: indicators, connections: connections,
            mappings: try mappings(catalogue.recordTypes, calendar, reportedValues, connections),
            sinks: try sinks(configuration), labels: catalogue.labels, reportedValues: reportedValues,
            constants: constants,
            basis: [
                "\(constants.keys.map { "\($0)=\(constants[$0] ?? .null)" })", calendar.fingerprint,
                "\(configuration.periodKinds.map(\.rawValue))", configuration.firstPeriod.id,
            ].map { "|\($0)" }.joined())
    }

    private func catalogue() throws(WorkspaceError) -> Catalogue {
        var catalogue = Catalogue(log: log)
        do {
            catalogue.add(try ProductCatalogue.documents())
        } catch {
            log.add(error)
        }
        catalogue.add(try documents(in: "indicators"))
        return catalogue
    }

    private func connections(
        _ types: [String: RecordType], _ calendar: WorkCalendar, _ reportedValues: ReportedValues, _ metrics: Metrics,
        _ gate: GateThresholds
    ) throws(WorkspaceError) -> [Connection] {
        let reader = ConnectionReader(
            registry: registry, types: types, calendar: calendar, gate: gate, reportedValues: reportedValues,
            metrics: metrics,
            log: log)
        var connections: [Connection] = []
        for document in try documents(in: "connectors") {
            guard let connection = reader.connection(document) else { continue }
            if connections.contains(where: { $0.name == connection.name }) {
                log.add(document.place, "another file has a connection '\(connection.name)' too")
            }
            checkDevices(of: connection, among: connections)
            connections.append(connection)
        }
        return connections
    }

    /// A device names itself by its number alone, so that it can belong to one connection only.
    private func checkDevices(of connection: Connection, among others: [Connection]) {
        guard let devices = connection.devices else { return }
        for other in others where other.devices?.root == devices.root {
            for serial in devices.all.map(\.serial)
            where other.devices?.all.contains(where: { $0.serial == serial }) == true {
                log.add(
                    devices.place ?? connection.place,
                    "the device '\(serial)' is listed by the connection '\(other.name)' too: only one can have it")
            }
        }
    }

    private func mappings(
        _ types: [String: RecordType], _ calendar: WorkCalendar, _ reportedValues: ReportedValues,
        _ connections: [Connection]
    ) throws(WorkspaceError) -> [SavedMapping] {
        let reader = SavedMappingReader(
            types: types, connections: connections, calendar: calendar, reportedValues: reportedValues, log: log)
        var mappings: [SavedMapping] = []
        for document in try documents(in: SavedMapping.folder) {
            guard let mapping = reader.mapping(document) else { continue }
            if let other = mappings.first(where: { $0.conflicts(with: mapping) }) {
                log.add(document.place, "\(other.file) is called '\(other.name)' too, or is for the same columns")
            }
            mappings.append(mapping)
        }
        return mappings
    }

    private func sinks(_ configuration: WorkspaceConfiguration) throws(WorkspaceError) -> [Sink] {
        let reader = SinkReader(country: configuration.country, log: log)
        var sinks: [Sink] = []
        for document in try documents(in: SinkReader.folder) {
            guard let sink = reader.sink(document) else { continue }
            if sinks.contains(where: { $0.name == sink.name }) {
                log.add(document.place, "another file has a sink '\(sink.name)' too")
            }
            sinks.append(sink)
        }
        return sinks
    }

    private func calendar(_ configuration: WorkspaceConfiguration, at place: SourcePlace) -> WorkCalendar? {
        let name = configuration.calendar
        let reader = WorkCalendarReader(log: log)
        do {
            if let document = try ProductCatalogue.calendar(name) {
                return reader.calendar(document, named: name, zone: configuration.zone)
            }
        } catch {
            log.add(error)
        }
        guard let text = try? String(contentsOf: url(name), encoding: .utf8), let document = parse(text, name) else {
            log.add(
                place,
                "there is no calendar '\(name)': expected \(ProductCatalogue.calendars.joined(separator: ", ")) "
                    + "or a YAML file in the workspace")
            return nil
        }
        return reader.calendar(document, named: name, zone: configuration.zone)
    }

    /// The YAML files of a folder by name; none where the folder is absent.
    private func documents(in name: String) throws(WorkspaceError) -> [YAMLNode] {
        guard FileManager.default.fileExists(atPath: url(name).path) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: url(name).path)
                .filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
                .compactMap { parse(try String(contentsOf: url("\(name)/\($0)"), encoding: .utf8), "\(name)/\($0)") }
        } catch {
            throw .unreadable(path: url(name).path, reason: error.localizedDescription)
        }
    }

    private func parse(_ text: String, _ file: String) -> YAMLNode? {
        do throws(Problem) {
            return try YAMLNode.parse(text, file: file)
        } catch {
            log.add(error)
            return nil
        }
    }

    private func url(_ path: String) -> URL { URL(filePath: folder).appending(path: path) }
}
