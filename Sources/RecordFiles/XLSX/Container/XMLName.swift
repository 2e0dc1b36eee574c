import Glibc

/// The name of an element or attribute without its prefix, as the parser's bytes.
struct XMLName {
    private let start: UnsafePointer<CChar>

    init(_ name: UnsafePointer<CChar>) {
        // Nearly all workbooks use the default namespace: one look for the colon is cheaper than resolving.
        var start = name
        var place = name
        while place.pointee != 0 {
            if place.pointee == CChar(UInt8(ascii: ":")) { start = place + 1 }
            place += 1
        }
        self.start = start
    }

    @inline(__always) static func == (name: XMLName, text: StaticString) -> Bool {
        UInt8(bitPattern: name.start.pointee) == text.utf8Start.pointee
            && strcmp(name.start, UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)) == 0
    }

    @inline(__always) static func ~= (text: StaticString, name: XMLName) -> Bool { name == text }
}

/// The attributes of one element, as the parser's bytes.
struct XMLAttributes {
    private let list: UnsafeMutablePointer<UnsafePointer<CChar>?>

    init(_ list: UnsafeMutablePointer<UnsafePointer<CChar>?>) {
        self.list = list
    }

    /// Calls `body` with each name and value.
    @inline(__always)
    func forEach<Fault: Error>(_ body: (XMLName, XMLValue) throws(Fault) -> Void) throws(Fault) {
        var place = list
        while let name = place[0], let value = place[1] {
            try body(XMLName(name), XMLValue(start: value))
            place += 2
        }
    }

    /// The value of an attribute.
    subscript(_ wanted: StaticString) -> XMLValue? {
        var place = list
        while let name = place[0], let value = place[1] {
            if XMLName(name) == wanted { return XMLValue(start: value) }
            place += 2
        }
        return nil
    }
}

/// The value of an attribute, as the parser's bytes.
struct XMLValue {
    let start: UnsafePointer<CChar>

    /// The value as text.
    var text: String { String(cString: start) }

    /// Whether the value is this one.
    @inline(__always) func `is`(_ text: StaticString) -> Bool { XMLName(bare: start) == text }

    /// The value as a whole number that is not negative; nil for anything else, and above 2^31.
    var number: Int? {
        var (number, place) = (0, start)
        while place.pointee != 0 {
            let digit = Int(place.pointee) - 48
            guard 0...9 ~= digit, number < 1 << 28 else { return nil }
            number = number * 10 + digit
            place += 1
        }
        return place == start ? nil : number
    }

    /// Whether a switch is on: `1` or `true`.
    var isTrue: Bool { self.is("1") || self.is("true") }
}

extension XMLName {
    /// A value, whose colons are its own.
    fileprivate init(bare start: UnsafePointer<CChar>) {
        self.start = start
    }
}
