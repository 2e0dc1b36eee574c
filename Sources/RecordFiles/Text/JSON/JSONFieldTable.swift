import Glibc

/// Finds wanted fields by their names' bytes, without looking at most others.
struct JSONFieldTable {
    let names: [[UInt8]]
    /// For each hash of a name the field with it, from 1; 0 for none.
    private var heads = [UInt8](repeating: 0, count: 256)
    /// The next field with the same hash.
    private var chain: [UInt8]
    private let isLarge: Bool

    init(_ names: [String]) {
        self.names = names.map { Array($0.utf8) }
        chain = [UInt8](repeating: 0, count: names.count)
        isLarge = names.count > 250
        guard !isLarge else { return }
        for (field, name) in self.names.enumerated() where !self.names[..<field].contains(name) {
            let hash = name.withUnsafeBufferPointer(Self.hash)
            chain[field] = heads[hash]
            heads[hash] = UInt8(field + 1)
        }
    }

    /// The field with this name; -1 where it is not wanted.
    @inline(__always)
    func find(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        guard !isLarge else { return names.firstIndex { $0.elementsEqual(name) } ?? -1 }
        var next = Int(heads[Self.hash(name)])
        while next > 0 {
            if names[next - 1].count == name.count, isEqual(names[next - 1], name) { return next - 1 }
            next = Int(chain[next - 1])
        }
        return -1
    }

    @inline(__always)
    private func isEqual(_ one: [UInt8], _ other: UnsafeBufferPointer<UInt8>) -> Bool {
        one.withUnsafeBytes { one in
            guard let one = one.baseAddress, let start = other.baseAddress else { return true }
            return memcmp(one, start, other.count) == 0
        }
    }

    @inline(__always)
    private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        guard let first = name.first, let last = name.last else { return 0 }
        let middle = name[name.count / 2]
        return (name.count &* 7 &+ Int(first) &* 31 &+ Int(last) &* 5 &+ Int(middle)) & 255
    }
}
