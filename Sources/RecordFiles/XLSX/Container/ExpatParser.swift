import CExpat

/// A parser of expat, whose events a subclass takes.
class ExpatParser {
    let parser: XML_Parser

    /// With the usual protections of expat, and no namespaces.
    init() throws(FileFault) {
        guard let parser = XML_ParserCreate(nil) else { throw FileFault(zh: "内存不足", en: "out of memory") }
        self.parser = parser
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(parser, { ExpatParser.from($0)?.start($1, $2) }, { ExpatParser.from($0)?.end($1) })
        XML_SetCharacterDataHandler(parser) { ExpatParser.from($0)?.text($1, $2) }
        XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in ExpatParser.from(data)?.doctype() }
    }

    deinit {
        XML_ParserFree(parser)
    }

    /// An element begins.
    func start(_ name: UnsafePointer<CChar>?, _ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?) {}

    /// An element ends.
    func end(_ name: UnsafePointer<CChar>?) {}

    /// Some of a text.
    func text(_ start: UnsafePointer<CChar>?, _ count: CInt) {}

    /// A document type begins.
    func doctype() {}

    private static func from(_ data: UnsafeMutableRawPointer?) -> ExpatParser? {
        data.map { Unmanaged<ExpatParser>.fromOpaque($0).takeUnretainedValue() }
    }
}
