import OpenSSLCrypto
import PlumblineKit
import PlumblineTesting
import Testing

@testable import Callbacks

@Suite(.enabled(if: SharedFolder.isExpected, "needs the shared vectors"))
struct CallbackVectorTests {
    @Test func `every scheme of the issue has vectors, 227 in all`() throws {
        let vectors = try Vector.load()
        #expect(vectors.count == 227)
        let schemes = Set(vectors.map { Self.kinds[$0.scheme] ?? $0.scheme })
        #expect(schemes == Set(CallbackSchemeKind.all.map(\.id)).subtracting(["signature"]))
    }

    @Test(arguments: Vector.all.filter { $0.kind != "decrypt_only" })
    func `a request is decided as the vector says`(vector: Vector) throws {
        let kind = try #require(CallbackSchemeKind.named(Self.kinds[vector.scheme] ?? vector.scheme))
        let tolerance = kind.settings.contains { $0.key == "tolerance" } ? ["tolerance": "\(vector.tolerance)s"] : [:]
        let settings = try kind.settings(vector.config.merging(tolerance) { $1 })
        let scheme = try kind.schemeWithShortKeys(settings)
        let request = try vector.callbackRequest()
        guard vector.isAccepted else {
            let refusal = #expect(throws: CallbackRefusal.self) { try scheme.verify(request, now: vector.now) }
            return expect(refusal, as: vector)
        }
        let outcome = try scheme.verify(request, now: vector.now)
        try expectContent(of: outcome, request, as: vector)
    }

    @Test(arguments: Vector.all.filter { $0.kind == "decrypt_only" })
    func `an encrypted text is decrypted as the vector says`(vector: Vector) throws {
        guard vector.isAccepted else {
            let refusal = #expect(throws: CallbackRefusal.self) { try decrypted(vector) }
            return expect(refusal, as: vector)
        }
        #expect(try decrypted(vector) == vector.plaintext)
    }

    private func decrypted(_ vector: Vector) throws -> String {
        let body = try vector.request.text(at: "body")
        guard vector.scheme == "feishu" else {
            return try WjxCipher(CallbackKey(bytes: Array(#require(vector.config["app_key"]).utf8))).open(body)
        }
        let cipher = FeishuCipher(CallbackKey(bytes: Array(try #require(vector.config["encrypt_key"]).utf8)))
        return String(decoding: try cipher.open(JSON.parse(Array(body.utf8)).text(at: "encrypt")), as: UTF8.self)
    }

    private func expectContent(of outcome: CallbackOutcome, _ request: CallbackRequest, as vector: Vector) throws {
        switch outcome {
        case .verified(let callback):
            #expect(vector.kind != "url_check")
            let plaintext = vector.plaintext.map { Array($0.utf8) } ?? request.body
            #expect(callback.body == plaintext)
        case .addressCheck(let answer):
            if let body = vector.expect["response_body"]?.string {
                #expect(String(decoding: answer.body, as: UTF8.self) == body)
            } else {
                // DingTalk and Yonyou check the address by an event, which the vectors call a push.
                #expect(try envelopeText(request, vector) == vector.plaintext)
            }
        }
    }

    private func envelopeText(_ request: CallbackRequest, _ vector: Vector) throws -> String {
        let secret = vector.config["app_secret"].map {
            ($0.replacing("-", with: "") + String(repeating: "0", count: 43))
        }
        let frame = try EncryptedFrame(
            encodedKey: vector.config["encoding_aes_key"] ?? String(#require(secret).prefix(43)),
            owner: #require(vector.config["owner_key"] ?? vector.config["app_key"]), field: "key")
        return String(decoding: try frame.open(JSON.parse(request.body).text(at: "encrypt")), as: UTF8.self)
    }

    private func expect(_ refusal: CallbackRefusal?, as vector: Vector) {
        let reason = vector.expect["reason"]?.string ?? ""
        let tolerated = vector.id.hasSuffix("-wrong-key") ? ["padding", "length", "owner", "body"] : []
        #expect(
            refusal?.code == Self.codes[reason] ?? reason || tolerated.contains(refusal?.code ?? ""),
            "refused as \(refusal?.code ?? "nothing"), expected \(reason)")
    }

    private static let kinds = ["wjx-sign": "wjx", "wjx-push-aes": "wjx-form"]
    private static let codes = ["missing_sign": "missing_field"]
}
