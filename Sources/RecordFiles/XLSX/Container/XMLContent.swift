/// What takes the contents of an XML part while it is read.
protocol XMLContent {
    mutating func start(_ element: XMLName, _ attributes: XMLAttributes) throws(FileFault)
    mutating func end(_ element: XMLName) throws(FileFault)
    mutating func text(_ bytes: UnsafeBufferPointer<UInt8>) throws(FileFault)
    /// Whether the reading is to stop for now. Asked after each end of an element.
    var isFull: Bool { get }
    /// Where the part is being read, for a fault of the XML.
    var place: FileFault.Place? { get }
}

extension XMLContent {
    mutating func end(_ element: XMLName) throws(FileFault) {}
    mutating func text(_ bytes: UnsafeBufferPointer<UInt8>) throws(FileFault) {}
    var isFull: Bool { false }
    var place: FileFault.Place? { nil }
}

/// Where the bytes of an XML part come from.
protocol XMLSource: AnyObject {
    /// The name of the part.
    var name: String { get }
    /// Fills the start of `buffer`; 0 at the part's end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileFault) -> Int
}

extension XMLSource {
    /// Reads the part to its end.
    func read<Content: XMLContent>(into content: inout Content, limits: FileLimits) throws(FileFault) {
        let reading = try XMLPart<Content>(self, limits: limits)
        while try reading.advance(into: &content) {}
    }
}

/// What both readers of XML refuse.
enum XMLLimits {
    /// The longest tag or comment, in bytes.
    static let longestToken = 1 << 22
    /// How much is unpacked at a time.
    static let pieceBytes = 1 << 16

    static func longToken(in part: String, at place: FileFault.Place? = nil) -> FileFault {
        FileFault(at: place, "'\(part)' holds a tag or comment over \(longestToken) bytes")
    }

    static func depth(_ most: Int, in part: String, at place: FileFault.Place? = nil) -> FileFault {
        FileFault(at: place, "'\(part)' nests deeper than \(most) elements")
    }

    static func doctype(in part: String) -> FileFault {
        FileFault("'\(part)' declares a document type, which no workbook does: it is refused")
    }
}
