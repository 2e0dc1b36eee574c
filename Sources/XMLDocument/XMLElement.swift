/// An element of a small XML document that somebody else wrote, such as the message of a callback.
///
/// Attributes, comments and processing instructions are not kept: no message that is read here has any to say.
package struct XMLElement: Sendable, Hashable {
    /// The name as it is written, with its prefix where it has one.
    package let name: String
    /// The element's own text, without that of the elements in it.
    package let text: String
    /// The elements in it, in their order; of one name there may be several.
    package let children: [XMLElement]

    /// Reads a document in UTF-8 as a whole and gives its root.
    ///
    /// Refused are a document type, and with it every entity that is not one of XML's five, and whatever exceeds
    /// `limits`.
    ///
    /// - Throws: `XMLRefusal`, which says what is wrong and never what the document holds.
    package init(parsing bytes: [UInt8], limits: XMLLimits = .message) throws(XMLRefusal) {
        guard bytes.count <= limits.bytes else {
            throw XMLRefusal(reason: "the XML has \(bytes.count) bytes, at most \(limits.bytes) are read")
        }
        self = try XMLTree(limits: limits).root(of: bytes)
    }

    init(name: String, text: String, children: [XMLElement]) {
        (self.name, self.text, self.children) = (name, text, children)
    }

    /// The elements in it that have this name.
    package func children(named name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// The only element in it of this name; nil where there is none, or several.
    package func child(_ name: String) -> XMLElement? {
        let found = children(named: name)
        return found.count == 1 ? found[0] : nil
    }
}

/// How large a document may be.
package struct XMLLimits: Sendable, Hashable {
    /// Bytes of the document.
    package let bytes: Int
    /// Elements inside each other, the root included.
    package let depth: Int
    /// Elements in all.
    package let elements: Int

    /// These limits.
    package init(bytes: Int, depth: Int, elements: Int) {
        (self.bytes, self.depth, self.elements) = (bytes, depth, elements)
    }

    /// What no message of a callback comes near.
    package static let message = XMLLimits(bytes: 4 << 20, depth: 64, elements: 100_000)
}

/// Why a document is not read.
package struct XMLRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was found and what may be.
    package let reason: String

    /// As `reason`.
    package var description: String { reason }
}
