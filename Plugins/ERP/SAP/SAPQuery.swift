import PlumblineKit

/// What is asked of a set.
struct SAPQuery {
    let set: SAPEntitySet
    /// The field that the list is ordered by, before the key.
    let mark: SAPMark
    /// The least value of `mark`; nil for all.
    var from: String?
    /// Whether nothing but keys and marks is wanted.
    var isOfKeys = false
    var isDescending = false
    /// Rows that are wanted; 0 leaves it to the server.
    var top = 0
    /// Whether the server is to say how many there are.
    var counts = false

    /// Options of the address, in the order in which they stand there.
    var options: [(String, String)] {
        var options: [(String, String)] = []
        let conditions = set.conditions.map { "\($0.field) eq \(Self.literal($0.value).written(in: set.version))" }
        let all = conditions + (from.map { [mark.condition(from: $0, set.version)] } ?? [])
        if !all.isEmpty { options.append(("$filter", all.joined(separator: " and "))) }
        options.append(("$select", selected.joined(separator: ",")))
        if !expanded.isEmpty { options.append(("$expand", expanded.joined(separator: ","))) }
        options.append(("$orderby", ordered))
        if top > 0 { options.append(("$top", String(top))) }
        if counts { options.append(set.version == .v2 ? ("$inlinecount", "allpages") : ("$count", "true")) }
        options.append(("$format", "json"))
        return options
    }

    /// A condition of the connection's: a text, or true or false.
    static func literal(_ value: String) -> ODataLiteral {
        ["true", "false"].contains(value) ? .flag(value == "true") : .text(value)
    }

    private var ordered: String {
        let fields = [mark.field] + set.keys.filter { $0 != mark.field }
        return fields.map { isDescending ? "\($0) desc" : $0 }.joined(separator: ",")
    }

    private var own: [String] {
        let needed = set.keys + [mark.field, set.change?.field].compactMap(\.self) + set.conditions.map(\.field)
        return distinct(
            needed + (isOfKeys ? [] : set.members.filter { $0.path.navigation == nil }.map(\.path.property)))
    }

    /// What is asked for behind each navigation.
    private var behind: [(navigation: String, properties: [String])] {
        guard !isOfKeys else { return [] }
        let navigations = distinct(set.members.compactMap(\.path.navigation))
        let entities = navigations.map { navigation in
            (navigation, distinct(set.members.filter { $0.path.navigation == navigation }.map(\.path.property)))
        }
        let items = set.items.map { [($0.navigation, distinct([$0.key] + $0.members.map(\.path.property)))] } ?? []
        return entities + items
    }

    private var selected: [String] {
        guard set.version == .v2 else { return own }
        return own + behind.flatMap { part in part.properties.map { "\(part.navigation)/\($0)" } }
    }

    private var expanded: [String] {
        behind.map { part in
            set.version == .v2
                ? part.navigation : "\(part.navigation)($select=\(part.properties.joined(separator: ",")))"
        }
    }

    private func distinct(_ names: [String]) -> [String] {
        names.enumerated().filter { place, name in names.firstIndex(of: name) == place }.map(\.element)
    }
}
