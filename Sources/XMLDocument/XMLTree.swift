import CExpat

/// Builds the tree of one document from what expat tells of it.
final class XMLTree {
    private struct Open {
        let name: String
        var text: [UInt8] = []
        var children: [XMLElement] = []
    }

    private let limits: XMLLimits
    private var parser: XML_Parser?
    private var open: [Open] = []
    private var count = 0
    private var root: XMLElement?
    private var refusal: XMLRefusal?

    init(limits: XMLLimits) {
        self.limits = limits
    }

    func root(of bytes: [UInt8]) throws(XMLRefusal) -> XMLElement {
        guard bytes.count <= CInt.max, let parser = XML_ParserCreate("UTF-8") else {
            throw XMLRefusal(reason: "there is no memory for the XML")
        }
        defer { XML_ParserFree(parser) }
        self.parser = parser
        listen(to: parser)
        let status = bytes.withUnsafeBytes { buffer in
            XML_Parse(parser, buffer.bindMemory(to: CChar.self).baseAddress, CInt(buffer.count), 1)
        }
        if let refusal { throw refusal }
        guard status == XML_STATUS_OK, let root else {
            throw XMLRefusal(
                reason: "no XML: \(Self.words(XML_GetErrorCode(parser))) in line \(XML_GetCurrentLineNumber(parser))")
        }
        return root
    }

    private func listen(to parser: XML_Parser) {
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(parser, { data, name, _ in XMLTree.of(data)?.start(name) }, { XMLTree.of($0)?.end($1) })
        XML_SetCharacterDataHandler(parser) { XMLTree.of($0)?.take($1, $2) }
        XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in
            XMLTree.of(data)?.refuse("the XML has a document type, which no message needs")
        }
    }

    private func start(_ name: UnsafePointer<CChar>?) {
        guard let name, refusal == nil else { return }
        count += 1
        if open.count >= limits.depth { return refuse("the XML is nested more than \(limits.depth) deep") }
        if count > limits.elements { return refuse("the XML has more than \(limits.elements) elements") }
        open.append(Open(name: String(cString: name)))
    }

    private func end(_ name: UnsafePointer<CChar>?) {
        guard refusal == nil, let ended = open.popLast() else { return }
        let element = XMLElement(
            name: ended.name, text: String(decoding: ended.text, as: UTF8.self), children: ended.children)
        if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
    }

    private func take(_ start: UnsafePointer<CChar>?, _ count: CInt) {
        guard refusal == nil, let start, !open.isEmpty else { return }
        open[open.count - 1].text += UnsafeRawBufferPointer(start: start, count: Int(count))
    }

    private func refuse(_ reason: String) {
        guard refusal == nil else { return }
        refusal = XMLRefusal(reason: reason)
        if let parser { XML_StopParser(parser, 0) }
    }

    private static func words(_ code: XML_Error) -> String {
        XML_ErrorString(code).map { String(cString: $0) } ?? "it cannot be read"
    }

    private static func of(_ data: UnsafeMutableRawPointer?) -> XMLTree? {
        data.map { Unmanaged<XMLTree>.fromOpaque($0).takeUnretainedValue() }
    }
}
