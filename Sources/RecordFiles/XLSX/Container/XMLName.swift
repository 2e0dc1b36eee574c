import Glibc

/// The name of an element or attribute without its prefix, as the parser's bytes.
struct XMLName {
    private let start: UnsafePointer<UInt8>
    private let count: Int

    /// Of a name with or without prefix.
    ///
    /// Nearly all workbooks use the default namespace: one look for a colon is cheaper than resolving names.
    init(_ name: UnsafePointer<UInt8>, count: Int) {
        var prefix = 0
        for place in 0..<count where name[place] == UInt8(ascii: ":") { prefix = place + 1 }
        start = name + prefix
        self.count = count - prefix
    }

    /// Of a value, whose colons are its own.
    fileprivate init(_ value: XMLValue) {
        start = value.start
        count = value.count
    }

    @inline(__always) static func == (name: XMLName, text: StaticString) -> Bool {
        guard name.count == text.utf8CodeUnitCount, name.start.pointee == text.utf8Start.pointee else { return false }
        return name.count == 1 || memcmp(name.start, text.utf8Start, name.count) == 0
    }

    static func == (one: XMLName, other: XMLName) -> Bool {
        one.count == other.count && memcmp(one.start, other.start, one.count) == 0
    }

    @inline(__always) static func ~= (text: StaticString, name: XMLName) -> Bool { name == text }
}

/// The value of an attribute, as the parser's bytes.
struct XMLValue {
    let start: UnsafePointer<UInt8>
    let count: Int

    /// The value as text.
    var text: String { String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self) }

    /// Whether the value is this one.
    @inline(__always) func `is`(_ text: StaticString) -> Bool { count > 0 && XMLName(self) == text }

    /// The value as a whole number that is not negative; nil for anything else, and from ten digits on.
    var number: Int? {
        guard 1...9 ~= count else { return nil }
        var number = 0
        for place in 0..<count {
            let digit = start[place] &- 48
            guard digit < 10 else { return nil }
            number = number * 10 + Int(digit)
        }
        return number
    }

    /// Whether a switch is on: `1` or `true`.
    var isTrue: Bool { self.is("1") || self.is("true") }
}

/// An attribute of an element.
struct XMLAttribute {
    let name: XMLName
    var value: XMLValue
}

/// The attributes of one element, valid while it is handed on.
typealias XMLAttributes = UnsafeBufferPointer<XMLAttribute>

extension XMLAttributes {
    /// The value of an attribute.
    subscript(_ wanted: StaticString) -> XMLValue? {
        for attribute in self where attribute.name == wanted { return attribute.value }
        return nil
    }
}
