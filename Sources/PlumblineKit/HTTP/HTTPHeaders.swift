/// Header fields in the order they were added; names compare without regard to case.
///
/// ```swift
/// var headers: HTTPHeaders = ["Accept": "application/json"]
/// headers["accept"]                        // "application/json"
/// headers.add("Cookie", "a=1")
/// ```
public struct HTTPHeaders: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// One header line.
    public struct Field: Sendable, Hashable {
        /// The name as it was written.
        public let name: String
        /// The value without surrounding white space.
        public let value: String
    }

    /// All lines, repeated names included.
    public private(set) var fields: [Field] = []

    /// Headers of these names and values, in this order.
    public init(_ pairs: [(String, String)] = []) {
        for (name, value) in pairs { add(name, value) }
    }

    /// Headers written as a literal; a name may occur more than once.
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements)
    }

    /// The first value under `name`. Setting replaces every line of that name; setting nil removes them.
    public subscript(_ name: String) -> String? {
        get { fields.first { $0.name.isSameHeader(as: name) }?.value }
        set {
            remove(name)
            if let newValue { add(name, newValue) }
        }
    }

    /// All values under `name`, in order.
    public func values(of name: String) -> [String] {
        fields.filter { $0.name.isSameHeader(as: name) }.map(\.value)
    }

    /// Adds a line and keeps those already there.
    public mutating func add(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value.trimmingHTTPSpace()))
    }

    /// Removes every line of that name.
    public mutating func remove(_ name: String) {
        fields.removeAll { $0.name.isSameHeader(as: name) }
    }
}

extension String {
    /// Names of headers are ASCII.
    fileprivate func isSameHeader(as other: String) -> Bool {
        utf8.count == other.utf8.count
            && zip(utf8, other.utf8).allSatisfy { $0 == $1 || $0.lowercased == $1.lowercased }
    }
}

extension UInt8 {
    /// The small letter of a capital one; any other byte as it is.
    fileprivate var lowercased: UInt8 { (65...90).contains(self) ? self | 32 : self }
}

extension StringProtocol {
    /// The text without spaces, tabs and line ends around it.
    package func trimmingHTTPSpace() -> String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        var bytes = Substring(self).utf8
        guard bytes.first.map(isSpace) ?? false || bytes.last.map(isSpace) ?? false else { return String(self) }
        while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        return String(Substring(bytes))
    }
}
