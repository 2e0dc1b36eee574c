/// Reads the XML of a sheet: the same events as ``XMLPart``, in less than half the time.
///
/// A sheet of a hundred thousand rows holds four million elements, and calling back and forth takes longer than all the
/// rest of reading. Only UTF-8 is scanned; `XMLPart` reads the other encodings. Refuses what `XMLPart` refuses: document
/// types, entities but the five of XML, deep nesting, long tokens, invalid UTF-8, elements that do not match. It is laxer
/// only in the letters that names may hold, and in passing `]]>` in texts.
struct XMLScanner: ~Copyable {
    private let mostDepth: Int
    private var window: XMLWindow
    private var open = OpenElements()
    private var attributes: [XMLAttribute] = []
    private var hasRoot = false

    /// Nil where the part is not in UTF-8.
    init?(_ part: any XMLSource, limits: FileLimits) throws(FileFault) {
        mostDepth = limits.depth
        window = XMLWindow(part)
        guard try window.isUTF8() else { return nil }
    }

    /// Reads on until the content is full or the part ends; false at the end.
    mutating func advance(into content: inout some XMLContent) throws(FileFault) -> Bool {
        do throws(FileFault) {
            while try step(&content) {
                if content.isFull { return true }
            }
            guard open.depth == 0, hasRoot else { throw window.fault("it ends within an element") }
            return false
        } catch {
            throw error.place == nil ? FileFault(at: content.place, error.texts) : error
        }
    }

    /// Reads a text or a tag; false at the end.
    private mutating func step(_ content: inout some XMLContent) throws(FileFault) -> Bool {
        guard try window.hasMore() else { return false }
        guard window.next == UInt8(ascii: "<") else {
            try readText(&content)
            return true
        }
        switch try window.byte(at: 1) {
        case UInt8(ascii: "/"): try readEnd(&content)
        case UInt8(ascii: "!"): try readDeclaration(&content)
        case UInt8(ascii: "?"): try window.drop(through: "?>")
        default: try readStart(&content)
        }
        return true
    }
}

extension XMLScanner {
    private mutating func readText(_ content: inout some XMLContent) throws(FileFault) {
        let text = try window.text()
        if open.depth == 0 {
            guard text.allSatisfy({ $0 <= 32 }) else { throw window.fault("there is text outside the root element") }
        } else {
            var rest = text[...]
            while let first = rest.first {
                let run = rest.prefix { $0 != UInt8(ascii: "&") && $0 != UInt8(ascii: "\r") }
                if !run.isEmpty { try content.text(UnsafeBufferPointer(rebasing: run)) }
                rest = rest[run.endIndex...]
                if run.isEmpty, first == UInt8(ascii: "\r") {
                    try emit("\n", &content)
                    rest = rest.dropFirst(rest.dropFirst().first == UInt8(ascii: "\n") ? 2 : 1)
                } else if run.isEmpty {
                    let (scalar, count) = try entity(rest)
                    try emit(scalar, &content)
                    rest = rest.dropFirst(count)
                }
            }
        }
        window.consume(text.count)
    }

    private func emit(_ scalar: Unicode.Scalar, _ content: inout some XMLContent) throws(FileFault) {
        let bytes = Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        try bytes.withUnsafeBufferPointer { (bytes) throws(FileFault) in try content.text(bytes) }
    }

    private func entity(
        _ text: Slice<UnsafeBufferPointer<UInt8>>
    ) throws(FileFault) -> (scalar: Unicode.Scalar, count: Int) {
        let name = text.dropFirst().prefix(12).prefix { $0 != UInt8(ascii: ";") }
        guard let scalar = XMLEntity.scalar(name), name.endIndex < text.endIndex, text[name.endIndex] == 59 else {
            throw window.fault("it uses an undefined entity")
        }
        return (scalar, name.count + 2)
    }

    private mutating func readDeclaration(_ content: inout some XMLContent) throws(FileFault) {
        if try window.starts(with: "<!--") {
            try window.drop(through: "-->")
        } else if try window.starts(with: "<![CDATA[") {
            guard open.depth > 0 else { throw window.fault("there is text outside the root element") }
            let text = try window.upTo("]]>", after: 9)
            if !text.isEmpty { try content.text(text) }
            window.consume(9 + text.count + 3)
        } else {
            throw XMLLimits.doctype(in: window.name)
        }
    }

    private mutating func readEnd(_ content: inout some XMLContent) throws(FileFault) {
        let tag = try window.tag()
        var end = tag.count - 1
        while end > 2, tag[end - 1] <= 32 { end -= 1 }
        let name = UnsafeBufferPointer(UnsafeMutableBufferPointer(rebasing: tag[2..<max(2, end)]))
        guard open.close(name) else { throw window.fault("mismatched tag") }
        if let start = name.baseAddress { try content.end(XMLName(start, count: name.count)) }
        window.consume(tag.count)
    }

    private mutating func readStart(_ content: inout some XMLContent) throws(FileFault) {
        let tag = try window.tag()
        let isEmpty = tag[tag.count - 2] == UInt8(ascii: "/")
        var tagScan = XMLTagScan(UnsafeMutableBufferPointer(rebasing: tag[1..<(tag.count - (isEmpty ? 2 : 1))]))
        guard let name = tagScan.name(), tagScan.attributes(&attributes), let start = name.baseAddress else {
            throw window.fault("a tag is not well-formed")
        }
        guard open.depth < mostDepth else { throw XMLLimits.depth(mostDepth, in: window.name) }
        guard open.depth > 0 || !hasRoot else { throw window.fault("there is a second root element") }
        hasRoot = true
        let element = XMLName(start, count: name.count)
        try attributes.withUnsafeBufferPointer { (list) throws(FileFault) in try content.start(element, list) }
        if isEmpty {
            try content.end(element)
        } else {
            open.open(name)
        }
        window.consume(tag.count)
    }
}
