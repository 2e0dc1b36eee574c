import PlumblineKit

/// What an answer complains of, without its traceback, which may hold anything.
struct ERPNextFailure {
    /// Such as `PermissionError`; nil where the answer does not say.
    let kind: String?
    /// In the site's words, on one line; empty where it has none.
    let text: String

    /// The complaint of an answer: `exc_type`, `exception`, `_server_messages`. `exc` holds tracebacks and is never
    /// read.
    init(_ response: HTTPResponse, redaction: Redaction) {
        let json = (try? JSON.parse(response.body)) ?? .null
        let exception = json["exception"]?.string.map { Self.plain($0) }
        kind = (json["exc_type"]?.string ?? Self.kind(in: exception)).map { String($0.prefix(60)) }
        let told = Self.messages(json["_server_messages"]) ?? Self.behindKind(exception) ?? ""
        text = redaction.conceal(String(told.prefix(200)))
    }

    /// As a sentence goes on: `DataError, Field not permitted in query: x`.
    var words: String { [kind, text.isEmpty ? nil : text].compactMap(\.self).joined(separator: ", ") }

    /// The kind in the beginning of an answer, of which no more is known.
    static func kind(inBeginning text: String) -> String? {
        guard let mark = text.firstRange(of: #""exc_type""#) else { return nil }
        let value = text[mark.upperBound...].drop { ": \"".contains($0) }.prefix { $0.isLetter }
        return value.isEmpty ? nil : String(value)
    }

    /// A list of texts, each of which is JSON of an object with a `message`, which may hold HTML.
    private static func messages(_ json: JSON?) -> String? {
        guard let text = json?.string, let list = (try? JSON.parse(Array(text.utf8)))?.array else { return nil }
        let messages = list.compactMap { item -> String? in
            guard let text = item.string else { return nil }
            let told = try? JSON.parse(Array(text.utf8))
            return told?["message"]?.string ?? told?.string
        }
        let words = messages.map(plain).filter { !$0.isEmpty }.joined(separator: "; ")
        return words.isEmpty ? nil : words
    }

    private static func kind(in exception: String?) -> String? {
        exception?.split(separator: ":").first?.split(separator: ".").last.map(String.init)
    }

    private static func behindKind(_ exception: String?) -> String? {
        exception.map { text in
            let words = text.split(separator: ":", maxSplits: 1).last ?? ""
            return String(words.drop { $0 == " " })
        }
    }

    /// The last line without tags, or nothing where it is part of a traceback.
    private static func plain(_ text: String) -> String {
        if text.contains("Traceback") { return "" }
        var (words, isTag) = ("", false)
        for character in text {
            switch character {
            case "<": isTag = true
            case ">" where isTag: isTag = false
            case _ where isTag: continue
            default: words.append(character.isNewline ? " " : character)
            }
        }
        return words
    }
}
