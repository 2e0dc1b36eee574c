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
    /// How much of the part was read so far, 0 to 1; nil where nobody knows.
    var fractionRead: Double? { get }
}

extension XMLSource {
    var fractionRead: Double? { nil }

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
        FileFault(
            at: place, zh: "“\(part)”中有超过 \(longestToken) 字节的标签或注释",
            en: "'\(part)' holds a tag or comment over \(longestToken) bytes")
    }

    static func depth(_ most: Int, in part: String, at place: FileFault.Place? = nil) -> FileFault {
        FileFault(at: place, zh: "“\(part)”的元素嵌套超过 \(most) 层", en: "'\(part)' nests deeper than \(most) elements")
    }

    static func doctype(in part: String) -> FileFault {
        FileFault(
            zh: "“\(part)”声明了文档类型，工作簿不会这样，因此拒绝",
            en: "'\(part)' declares a document type, which no workbook does: it is refused")
    }
}
