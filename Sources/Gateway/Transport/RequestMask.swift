import Foundation
import PlumblineKit

/// What of a request may be shown: its address without credentials, and a redaction that knows its secrets.
struct RequestMask: Sendable {
    /// Hides the credentials of the request wherever they turn up, such as in an error page that repeats them.
    let redaction: Redaction

    init(_ request: HTTPRequest) {
        var secrets: [String] = []
        for field in request.headers.fields where Redaction.isSecretName(field.name) {
            let words = field.value.split(separator: " ").dropFirst().map(String.init)
            secrets += [field.value] + words + words.flatMap(Self.password(in:))
        }
        for item in Self.items(of: request.url) where Redaction.isSecretName(item.name) {
            secrets += [item.value, PercentEncoding.decode(item.value) ?? item.value]
        }
        redaction = Redaction(secrets: secrets)
    }

    /// The address with the values of telling query items replaced.
    func show(_ url: HTTPURL) -> String {
        var text = "\(url.origin)\(redaction.conceal(url.path))"
        guard let query = url.query else { return text }
        let items = query.split(separator: "&", omittingEmptySubsequences: false).map { item in
            let (name, value) = Self.split(item)
            guard let value else { return name }
            return "\(name)=\(Redaction.isSecretName(name) ? Redaction.mark : redaction.conceal(value))"
        }
        text += "?" + items.joined(separator: "&")
        return text
    }

    /// The password in the credentials of `Authorization: Basic`, and the pair as it was before encoding.
    private static func password(in credentials: String) -> [String] {
        guard let data = Data(base64Encoded: credentials), let pair = String(data: data, encoding: .utf8),
            let colon = pair.firstIndex(of: ":")
        else { return [] }
        return [pair, String(pair[pair.index(after: colon)...])]
    }

    private static func items(of url: String) -> [(name: String, value: String)] {
        guard let mark = url.firstIndex(of: "?") else { return [] }
        return url[url.index(after: mark)...].split { $0 == "&" || $0 == "#" }.compactMap { item in
            let (name, value) = split(item)
            return value.map { (name, $0) }
        }
    }

    private static func split(_ item: Substring) -> (name: String, value: String?) {
        guard let sign = item.firstIndex(of: "=") else { return (String(item), nil) }
        return (String(item[..<sign]), String(item[item.index(after: sign)...]))
    }
}
