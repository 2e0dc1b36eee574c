import CExpat

/// The texts of the elements right below the root of a small XML document, in their order.
///
/// A document type is refused, and with it every entity that is not one of XML's five.
final class XMLFields {
    private(set) var fields: [(name: String, text: String)] = []
    private var depth = 0
    private var text: [UInt8] = []
    private var isRefused = false

    /// Nil where `bytes` are no XML, not UTF-8, or nested deeper than any message is.
    init?(_ bytes: [UInt8]) {
        guard bytes.count <= CInt.max, let parser = XML_ParserCreate("UTF-8") else { return nil }
        defer { XML_ParserFree(parser) }
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser, { data, _, _ in XMLFields.from(data)?.start() }, { XMLFields.from($0)?.end($1) })
        XML_SetCharacterDataHandler(parser) { XMLFields.from($0)?.take($1, $2) }
        XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in XMLFields.from(data)?.isRefused = true }
        let status = bytes.withUnsafeBytes { buffer in
            XML_Parse(parser, buffer.bindMemory(to: CChar.self).baseAddress, CInt(buffer.count), 1)
        }
        guard status == XML_STATUS_OK, !isRefused else { return nil }
    }

    /// The texts of the elements of this name.
    func values(of name: String) -> [String] { fields.filter { $0.name == name }.map(\.text) }

    private func start() {
        depth += 1
        if depth == 2 { text = [] }
        if depth > 64 { isRefused = true }
    }

    private func end(_ name: UnsafePointer<CChar>?) {
        if depth == 2, let name {
            fields.append((String(cString: name), String(decoding: text, as: UTF8.self)))
        }
        depth -= 1
    }

    private func take(_ start: UnsafePointer<CChar>?, _ count: CInt) {
        guard depth == 2, let start else { return }
        text += UnsafeRawBufferPointer(start: start, count: Int(count))
    }

    private static func from(_ data: UnsafeMutableRawPointer?) -> XMLFields? {
        data.map { Unmanaged<XMLFields>.fromOpaque($0).takeUnretainedValue() }
    }
}
