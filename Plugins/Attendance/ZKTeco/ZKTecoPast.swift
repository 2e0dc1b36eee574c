import PlumblineKit

/// What a walk over the log knows of lines that show a time before the first day.
///
/// Terminals send in the order in which they noted. What one sends before anything of the first day or behind is its history
/// and left out; behind that a time before the first day is of a clock that was set back, and nobody knows when it was.
struct ZKTecoPast: Hashable {
    /// The first entry of each terminal that shows the first day or one behind.
    private var began: [String: Int64] = [:]
    /// The first entry of a clock that was set back; nil while there is none.
    private(set) var setBack: Int64?

    init() {}

    /// Looks at an entry, in the order of their numbers.
    mutating func note(_ numbered: NumberedEntry, isPast: Bool) {
        let device = numbered.entry.device
        if isPast {
            if isSetBack(numbered) { setBack = setBack ?? numbered.number }
        } else if began[device] == nil {
            began[device] = numbered.number
        }
    }

    /// Whether an entry that shows a time before the first day is of a clock that was set back.
    func isSetBack(_ numbered: NumberedEntry) -> Bool {
        began[numbered.entry.device].map { numbered.number > $0 } ?? false
    }
}

extension ZKTecoPast {
    /// As a cursor keeps it; nothing is kept in those of before.
    init(_ json: JSON?) {
        for member in json?["began"]?.object?.members ?? [] { began[member.key] = member.value.int.map(Int64.init) }
        setBack = json?["set_back"]?.int.map(Int64.init)
    }

    var json: JSON {
        let began = began.sorted { $0.key < $1.key }.map { ($0.key, JSON.int(Int($0.value))) }
        return ["began": .object(JSONObject(began)), "set_back": setBack.map { .int(Int($0)) } ?? .null]
    }
}
