/// The members of a JSON object in the order they were written. Equality does not look at the order.
public struct JSONObject: Sendable {
    /// One name with its value.
    public struct Member: Sendable, Hashable {
        /// The name.
        public let key: String
        /// The value.
        public var value: JSON

        /// A member.
        public init(key: String, value: JSON) {
            self.key = key
            self.value = value
        }
    }

    /// All members; no two have the same key.
    public private(set) var members: [Member]

    /// An object without members.
    public init() {
        members = []
    }

    /// The members given as pairs; of two with the same key the later one counts.
    public init(_ pairs: some Sequence<(String, JSON)>) {
        members = []
        for (key, value) in pairs { self[key] = value }
    }

    /// For the parser, which has seen to it that keys differ.
    init(distinct members: [Member]) {
        self.members = members
    }

    /// The value under `key`; nil where there is none. Setting nil takes the member out.
    public subscript(key: String) -> JSON? {
        get { members.first { $0.key == key }?.value }
        set {
            guard let place = members.firstIndex(where: { $0.key == key }) else {
                if let newValue { members.append(Member(key: key, value: newValue)) }
                return
            }
            if let newValue { members[place].value = newValue } else { members.remove(at: place) }
        }
    }

    /// Adds `value` under each of `keys` that has none. Takes time in proportion to members and keys, not to their product.
    public mutating func fill(_ keys: some Sequence<String>, with value: JSON) {
        var known = Set(members.map(\.key))
        for key in keys where known.insert(key).inserted { members.append(Member(key: key, value: value)) }
    }
}

extension JSONObject: Hashable {
    /// Whether both have the same members, in whatever order.
    public static func == (one: JSONObject, other: JSONObject) -> Bool {
        one.members.count == other.members.count && one.members.allSatisfy { other[$0.key] == $0.value }
    }

    /// Hashes the members without their order.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(members.reduce(0) { $0 ^ $1.hashValue })
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// The members of a literal; of two with the same key the later one counts.
    public init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}
