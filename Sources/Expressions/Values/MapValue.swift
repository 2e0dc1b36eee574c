/// A map of CEL in the order of its making.
///
/// Keys compare as CEL says: `1`, `1u`, `1.0` and `decimal('1')` are the same key.
public struct MapValue: Sendable {
    private let storage: Storage

    private final class Storage: Sendable {
        let keys: [Value]
        let values: [Value]
        /// Positions by key, where there are too many keys to look through.
        let index: [MapKey: Int]

        init(keys: [Value], values: [Value]) {
            self.keys = keys
            self.values = values
            let indexed = keys.count > MapValue.scannedKeys ? keys : []
            let pairs = indexed.enumerated().compactMap { pair in MapKey(pair.element).map { ($0, pair.offset) } }
            index = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        }
    }

    private static let scannedKeys = 8

    /// A map; where a key comes twice the first counts in lookups.
    public init(_ entries: [(Value, Value)] = []) {
        storage = Storage(keys: entries.map(\.0), values: entries.map(\.1))
    }

    /// The keys, in order.
    public var keys: [Value] { storage.keys }
    /// The values, in the order of the keys.
    public var values: [Value] { storage.values }
    /// How many entries there are.
    public var count: Int { storage.keys.count }

    /// The value of a key; nil where there is none.
    public subscript(key: Value) -> Value? {
        position(of: key).map { storage.values[$0] }
    }

    /// The value of a string key; nil where there is none.
    public subscript(key: String) -> Value? {
        guard storage.index.isEmpty else { return self[.string(key)] }
        for position in storage.keys.indices {
            if case .string(let name) = storage.keys[position], sameText(name, key) { return storage.values[position] }
        }
        return nil
    }

    private func position(of key: Value) -> Int? {
        guard let wanted = MapKey(key) else { return nil }
        if !storage.index.isEmpty { return storage.index[wanted] }
        return storage.keys.firstIndex { MapKey($0) == wanted }
    }
}

/// A key in the form in which keys compare: whole numbers of all kinds are one kind.
enum MapKey: Hashable, Sendable {
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case string(Text)

    /// Nil for a value that cannot be the key of anything.
    init?(_ value: Value) {
        switch value {
        case .bool(let bool): self = .bool(bool)
        case .int(let int): self = .int(int)
        case .uint(let uint): self.init(uint)
        case .string(let string): self = .string(Text(string: string))
        case .double(let double): self.init(double)
        case .decimal(let decimal):
            guard let int = decimal.int64 else { return nil }
            self = .int(int)
        default: return nil
        }
    }

    private init(_ uint: UInt64) {
        self = Int64(exactly: uint).map { .int($0) } ?? .uint(uint)
    }

    private init?(_ double: Double) {
        if let int = Int64(exactly: double) {
            self = .int(int)
        } else if let uint = UInt64(exactly: double) {
            self = .uint(uint)
        } else {
            return nil
        }
    }
}
