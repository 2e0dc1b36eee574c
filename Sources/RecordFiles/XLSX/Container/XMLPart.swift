import CExpat

/// What takes the contents of an XML part while it is read.
protocol XMLContent: AnyObject {
    func start(_ element: XMLName, _ attributes: XMLAttributes) throws(FileFault)
    func end(_ element: XMLName) throws(FileFault)
    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws(FileFault)
    /// Whether the reading is to stop for now. Asked after each end of an element.
    var isFull: Bool { get }
    /// Where the part is being read, for a fault of the XML.
    var place: FileFault.Place? { get }
}

extension XMLContent {
    func end(_ element: XMLName) throws(FileFault) {}
    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws(FileFault) {}
    var isFull: Bool { false }
    var place: FileFault.Place? { nil }
}

/// Reads one XML part of a workbook in pieces and hands its elements on.
///
/// Refuses document type declarations, and with them all entities but the five of XML, and what nests deeper than the
/// limit. A single tag or comment may not be longer than ``longestToken``.
final class XMLPart {
    static let longestToken = 1 << 22
    private static let pieceBytes: CInt = 1 << 16

    private enum State { case reading, paused, ended }

    private let part: ZipPart
    private let content: any XMLContent
    private let parser: XML_Parser
    private let mostDepth: Int
    private var depth = 0
    private var fault: FileFault?
    private var state = State.reading
    /// What came in since the parser last understood something.
    private var pending = 0

    /// Reads nothing yet.
    init(_ part: ZipPart, into content: any XMLContent, limits: FileLimits) throws(FileFault) {
        guard let parser = XML_ParserCreate(nil) else { throw FileFault("out of memory") }
        self.part = part
        self.content = content
        self.parser = parser
        mostDepth = limits.depth
        setHandlers()
    }

    deinit {
        XML_ParserFree(parser)
    }

    /// Reads the part to its end.
    static func read(_ part: ZipPart, into content: any XMLContent, limits: FileLimits) throws(FileFault) {
        let reading = try XMLPart(part, into: content, limits: limits)
        while try reading.advance() {}
    }

    /// Reads on until the content is full or the part ends; false at the end.
    func advance() throws(FileFault) -> Bool {
        while state != .ended {
            let status = state == .paused ? XML_ResumeParser(parser) : try parsePiece()
            if let fault { throw fault }
            guard status != XML_STATUS_ERROR else { throw syntaxFault() }
            if status == XML_STATUS_SUSPENDED {
                state = .paused
                return true
            }
            try noteProgress()
        }
        return false
    }

    private func parsePiece() throws(FileFault) -> XML_Status {
        guard let buffer = XML_GetBuffer(parser, Self.pieceBytes) else { throw FileFault("out of memory") }
        let count = try part.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: Int(Self.pieceBytes)))
        pending += count
        return XML_ParseBuffer(parser, CInt(count), count == 0 ? 1 : 0)
    }

    private func noteProgress() throws(FileFault) {
        var status = XML_ParsingStatus()
        XML_GetParsingStatus(parser, &status)
        state = status.parsing == XML_FINISHED ? .ended : .reading
        guard pending <= Self.longestToken else {
            throw FileFault(at: content.place, "'\(part.name)' holds a tag or comment over \(Self.longestToken) bytes")
        }
    }

    private func syntaxFault() -> FileFault {
        let reason = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "no XML"
        let line = XML_GetCurrentLineNumber(parser)
        return .damaged("'\(part.name)', line \(line): \(reason)", at: content.place)
    }
}

extension XMLPart {
    private func setHandlers() {
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser, { XMLPart.from($0)?.start($1, $2) }, { XMLPart.from($0)?.end($1) })
        XML_SetCharacterDataHandler(parser) { XMLPart.from($0)?.text($1, $2) }
        XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in XMLPart.from(data)?.refuseDoctype() }
    }

    private static func from(_ data: UnsafeMutableRawPointer?) -> XMLPart? {
        data.map { Unmanaged<XMLPart>.fromOpaque($0).takeUnretainedValue() }
    }

    private func start(
        _ name: UnsafePointer<XML_Char>?, _ attributes: UnsafeMutablePointer<UnsafePointer<XML_Char>?>?
    ) {
        guard let name, let attributes, fault == nil else { return }
        pending = 0
        depth += 1
        do throws(FileFault) {
            guard depth <= mostDepth else {
                throw FileFault(at: content.place, "'\(part.name)' nests deeper than \(mostDepth) elements")
            }
            try content.start(XMLName(name), XMLAttributes(attributes))
        } catch { stop(for: error) }
    }

    private func end(_ name: UnsafePointer<XML_Char>?) {
        guard let name, fault == nil else { return }
        pending = 0
        depth -= 1
        do throws(FileFault) { try content.end(XMLName(name)) } catch { stop(for: error) }
        if content.isFull { XML_StopParser(parser, 1) }
    }

    private func text(_ start: UnsafePointer<XML_Char>?, _ count: CInt) {
        guard let start, fault == nil else { return }
        pending = 0
        start.withMemoryRebound(to: UInt8.self, capacity: Int(count)) { bytes in
            do throws(FileFault) {
                try content.text(UnsafeBufferPointer(start: bytes, count: Int(count)))
            } catch { stop(for: error) }
        }
    }

    private func refuseDoctype() {
        stop(for: FileFault("'\(part.name)' declares a document type, which no workbook does: it is refused"))
    }

    private func stop(for fault: FileFault) {
        self.fault = fault
        XML_StopParser(parser, 0)
    }
}
