import CExpat
import Glibc

/// Reads one XML part of a workbook in pieces and hands its elements on.
///
/// Refuses document type declarations, and with them all entities but the five of XML, and what nests deeper than the
/// limit. A single tag or comment may not be longer than ``XMLLimits/longestToken``.
final class XMLPart<Content: XMLContent>: ExpatParser {
    private enum State { case reading, paused, ended }

    private let part: any XMLSource
    private let mostDepth: Int
    /// Where the events go while the part is read.
    private var content: UnsafeMutablePointer<Content>?
    private var depth = 0
    private var fault: FileFault?
    private var state = State.reading
    /// What came in since the parser last understood something.
    private var pending = 0
    /// The attributes of the element that is handed on; kept for its memory.
    private var attributes: [XMLAttribute] = []

    /// Reads nothing yet.
    init(_ part: any XMLSource, limits: FileLimits) throws(FileFault) {
        self.part = part
        mostDepth = limits.depth
        try super.init()
    }

    /// Reads on until the content is full or the part ends; false at the end.
    func advance(into content: inout Content) throws(FileFault) -> Bool {
        try withUnsafeMutablePointer(to: &content) { (content) throws(FileFault) in
            self.content = content
            defer { self.content = nil }
            return try advance()
        }
    }

    private func advance() throws(FileFault) -> Bool {
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
        guard let buffer = XML_GetBuffer(parser, CInt(XMLLimits.pieceBytes)) else {
            throw FileFault(zh: "内存不足", en: "out of memory")
        }
        let count = try part.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: XMLLimits.pieceBytes))
        pending += count
        return XML_ParseBuffer(parser, CInt(count), count == 0 ? 1 : 0)
    }

    private func noteProgress() throws(FileFault) {
        var status = XML_ParsingStatus()
        XML_GetParsingStatus(parser, &status)
        state = status.parsing == XML_FINISHED ? .ended : .reading
        guard pending <= XMLLimits.longestToken else { throw XMLLimits.longToken(in: part.name, at: place) }
    }

    private func syntaxFault() -> FileFault {
        let reason = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "no XML"
        let line = XML_GetCurrentLineNumber(parser)
        return .damaged(
            zh: "“\(part.name)”第 \(line) 行", en: "'\(part.name)', line \(line): \(reason)", at: place)
    }

    private var place: FileFault.Place? { content?.pointee.place }

    override func start(_ name: UnsafePointer<CChar>?, _ list: UnsafeMutablePointer<UnsafePointer<CChar>?>?) {
        guard let name, let list else { return }
        depth += 1
        take(list)
        hand { (content) throws(FileFault) in
            guard depth <= mostDepth else { throw XMLLimits.depth(mostDepth, in: part.name, at: place) }
            try attributes.withUnsafeBufferPointer { (list) throws(FileFault) in
                try content.pointee.start(XMLName(name), list)
            }
        }
    }

    override func end(_ name: UnsafePointer<CChar>?) {
        guard let name else { return }
        depth -= 1
        hand { (content) throws(FileFault) in
            try content.pointee.end(XMLName(name))
            if content.pointee.isFull { XML_StopParser(parser, 1) }
        }
    }

    override func text(_ start: UnsafePointer<CChar>?, _ count: CInt) {
        guard let start else { return }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(count)).assumingMemoryBound(to: UInt8.self)
        hand { (content) throws(FileFault) in try content.pointee.text(bytes) }
    }

    override func doctype() {
        hand { (_) throws(FileFault) in throw XMLLimits.doctype(in: part.name) }
    }

    /// Hands an event on, unless one before has failed.
    private func hand(_ event: (UnsafeMutablePointer<Content>) throws(FileFault) -> Void) {
        guard let content, fault == nil else { return }
        pending = 0
        do throws(FileFault) { try event(content) } catch {
            fault = error
            XML_StopParser(parser, 0)
        }
    }

    private func take(_ list: UnsafeMutablePointer<UnsafePointer<CChar>?>) {
        attributes.removeAll(keepingCapacity: true)
        var place = list
        while let name = place[0], let value = place[1] {
            attributes.append(XMLAttribute(name: XMLName(name), value: XMLValue(value)))
            place += 2
        }
    }
}

extension XMLName {
    /// Of a name that ends with NUL.
    fileprivate init(_ name: UnsafePointer<CChar>) {
        self.init(UnsafeRawPointer(name).assumingMemoryBound(to: UInt8.self), count: strlen(name))
    }
}

extension XMLValue {
    /// Of a value that ends with NUL.
    fileprivate init(_ value: UnsafePointer<CChar>) {
        self.init(start: UnsafeRawPointer(value).assumingMemoryBound(to: UInt8.self), count: strlen(value))
    }
}
