import OpenSSLCrypto
import PlumblineKit

/// The bytes of a key. Whatever prints them prints `<secret>`.
struct CallbackKey: Sendable {
    let bytes: [UInt8]

    /// Whether a text that came is this key, compared in constant time.
    func isEqual(to text: String) -> Bool { ConstantTime.equals(bytes, Array(text.utf8)) }
}

extension CallbackKey: CustomStringConvertible, CustomReflectable {
    var description: String { "<secret>" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

/// How a secret is written in the connection.
enum KeyForm: Sendable, Hashable {
    /// The text's own bytes are the key.
    case text
    /// The key is what the base64 behind an optional prefix says.
    case base64(prefix: String)
    case hex

    func bytes(of text: String) -> [UInt8]? {
        switch self {
        case .text: Array(text.utf8)
        case .base64(let prefix): Base64.decode(text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : text[...])
        case .hex: Hex.decode(text)
        }
    }

    var name: LocalizedText {
        switch self {
        case .text: LocalizedText(untranslated: "text")
        case .base64: LocalizedText(zh: " base64 文本", en: "base64")
        case .hex: LocalizedText(zh: "十六进制文本", en: "hexadecimal")
        }
    }
}
