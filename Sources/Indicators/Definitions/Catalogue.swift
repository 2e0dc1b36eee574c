public import Expressions
public import YAMLDocument

/// Record types, indicator definitions and constants, gathered from definition files: first the product's, then those of
/// the company, which override or add by id.
public struct Catalogue {
    /// The record types by name.
    public private(set) var recordTypes: [String: RecordType] = [:]
    /// The constants in the order in which they were last given; keys are texts.
    public private(set) var constants: [(key: Value, value: Value)] = []
    /// What people call the fields and values of the record types.
    public private(set) var labels = RecordLabels()
    private var definitions: [String: IndicatorDefinition] = [:]
    private var order: [String] = []
    private let log: ProblemLog

    static let documentKeys = ["version", "record_types", "indicators", "constants", "labels"]

    /// An empty catalogue, which notes problems in `log`.
    public init(log: ProblemLog) { self.log = log }

    /// Adds what the files of one author hold, in the place of what an earlier author has called the same. Within these
    /// files, a name stands for one thing.
    public mutating func add(_ documents: [YAMLNode]) {
        var places: [String: SourcePlace] = [:]
        for document in documents { add(document, &places) }
    }

    private mutating func add(_ document: YAMLNode, _ places: inout [String: SourcePlace]) {
        let map = MapReader(document, what: "a definition file", known: Self.documentKeys, log: log)
        for entry in map.map("record_types") { note("record type '\(entry.key)'", at: entry.place, &places) }
        for type in RecordTypeReader(log: log).recordTypes(map.map("record_types")) { recordTypes[type.name] = type }
        for entry in map.map("constants") { add(constant: entry.key, ConstantReader.value(entry.value)) }
        if let node = map["labels"] { labels.add(RecordLabels(node, log: log)) }
        let reader = DefinitionReader(log: log)
        for node in map.list("indicators") {
            guard let definition = reader.definition(node) else { continue }
            note("indicator '\(definition.id)'", at: node.place, &places)
            add(definition)
        }
    }

    private func note(_ thing: String, at place: SourcePlace, _ places: inout [String: SourcePlace]) {
        if let other = places[thing] { log.add(place, "\(thing) is defined twice; it stands in \(other) too") }
        places[thing] = place
    }

    /// Adds a constant, or puts it in the place of the one with the same name.
    public mutating func add(constant name: String, _ value: Value) {
        constants.removeAll { $0.key == .string(name) }
        constants.append((.string(name), value))
    }

    private mutating func add(_ definition: IndicatorDefinition) {
        if definitions.updateValue(definition, forKey: definition.id) == nil { order.append(definition.id) }
    }

    /// The definitions in the order of their first appearance.
    public var indicators: [IndicatorDefinition] { order.compactMap { definitions[$0] } }

    /// The definition with that id.
    public func indicator(_ id: String) -> IndicatorDefinition? { definitions[id] }

    /// The constants as expressions see them.
    public var constantsMap: MapValue { MapValue(constants.map { ($0.key, $0.value) }) }

    /// Compiles every definition; leaves out those with problems, which are logged.
    public func compile(functions: [HostFunction]) -> [CompiledIndicator] {
        let compiler = IndicatorCompiler(types: recordTypes, functions: functions, log: log)
        return indicators.compactMap { compiler.compile($0) }
    }
}

/// Reads constants: plain numbers stay exact, and what stands in quotes is a text.
enum ConstantReader {
    static func value(_ node: YAMLNode) -> Value {
        switch node.content {
        case .list(let elements): .list(elements.map(value))
        case .map(let entries): .map(MapValue(entries.map { (.string($0.key), value($0.value)) }))
        case .scalar(let scalar): node.isNull ? .null : value(scalar)
        }
    }

    private static func value(_ scalar: YAMLNode.Scalar) -> Value {
        guard scalar.style == .plain else { return .string(scalar.text) }
        if let number = Int64(scalar.text) { return .int(number) }
        if let flag = Bool(scalar.text) { return .bool(flag) }
        return Rational(decimalText: scalar.text).map { .decimal($0) } ?? .string(scalar.text)
    }
}
