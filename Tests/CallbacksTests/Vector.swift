import Foundation
import PlumblineKit
import PlumblineTesting
import Testing

@testable import Callbacks

/// One entry of the shared vectors: a request, the keys to decide it with, and the decision.
struct Vector: Sendable, CustomTestStringConvertible {
    let id: String
    let scheme: String
    let kind: String
    let config: [String: String]
    let request: JSON
    let now: Instant
    let tolerance: Int
    let expect: JSON

    var testDescription: String { id }
    var isAccepted: Bool { expect["verdict"] == "accept" }
    var plaintext: String? { expect["plaintext"]?.string }

    /// All of them; empty where the shared folder is absent.
    static let all: [Vector] = (try? load()) ?? []

    static func load() throws -> [Vector] {
        let file = try SharedFolder.file("vectors/callback-crypto.json")
        let document = try JSON.parse([UInt8](Data(contentsOf: file)))
        return try document.array(at: "vectors").map(Vector.init)
    }

    private init(_ entry: JSON) throws {
        id = try entry.text(at: "id")
        scheme = try entry.text(at: "scheme")
        kind = try entry.text(at: "kind")
        request = try entry.object(at: "request")
        expect = try entry.object(at: "expect")
        config = try members(of: entry.object(at: "config"))
        now = try #require(Instant(seconds: Int64(entry["now"]?.int ?? 0)))
        tolerance = entry["tolerance_s"]?.int ?? 300
    }

    /// The request as a server would hand it over.
    func callbackRequest() throws -> CallbackRequest {
        let base64 = request["body_base64"]?.string
        return try CallbackRequest(
            method: try #require(HTTPMethod(rawValue: request.text(at: "method"))),
            query: PercentEncoding.form(members(of: request.object(at: "query")).map { ($0.key, $0.value) }),
            headers: HTTPHeaders(members(of: request.object(at: "headers")).map { ($0.key, $0.value) }),
            body: try base64.map { try #require(Base64.decode($0)) } ?? Array(request.text(at: "body").utf8))
    }
}

private func members(of object: JSON) throws -> [String: String] {
    var members: [String: String] = [:]
    for member in object.object?.members ?? [] { members[member.key] = try object.string(at: member.key) }
    return members
}

extension CallbackSchemeKind {
    /// Settings as a connection gives them; empty texts are left out, as nobody writes them.
    func settings(_ texts: [String: String]) throws -> Settings {
        var input: [String: SettingInput] = [:]
        for (key, text) in texts where !text.isEmpty {
            let isSecret = settings.contains { $0.key == key && $0.isSecret }
            input[key] = isSecret ? .secret(Secret(text)) : .text(text)
        }
        return try Settings(input, against: settings)
    }

    func scheme(_ texts: [String: String]) throws -> any CallbackScheme { try scheme(settings(texts)) }
}
