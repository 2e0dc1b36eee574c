internal import OpenSSLCrypto
internal import YAMLDocument

/// Recognises a text: the first half of its SHA-256 in hexadecimal digits.
enum ShortHash {
    static func of(_ text: String) -> String {
        String(Hex.encode(SHA256.digest(of: Array(text.utf8))).prefix(32))
    }
}

extension YAMLNode {
    /// The node's content without places, comments and the way it is written.
    var canonicalText: String {
        switch content {
        case .scalar(let scalar): "\"" + scalar.text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        case .list(let elements): "[" + elements.map(\.canonicalText).joined(separator: ",") + "]"
        case .map(let entries):
            "{" + entries.map { "\"\($0.key)\":\($0.value.canonicalText)" }.sorted().joined(separator: ",") + "}"
        }
    }
}
