import OpenSSLCrypto
import PlumblineKit
import Testing

@testable import Callbacks

/// A request in parts that a test may change before it is verified.
struct RawRequest: Sendable {
    var method = HTTPMethod.post
    var query: [(String, String)] = []
    var headers: [(String, String)] = []
    var body: [UInt8] = []

    func request() throws(CallbackRefusal) -> CallbackRequest {
        try CallbackRequest(
            method: method, query: PercentEncoding.form(query), headers: HTTPHeaders(headers), body: body)
    }

    var text: String { String(decoding: body, as: UTF8.self) }
}

/// One system's side of a scheme, written for the tests from the formula of its documentation, apart from the code that
/// verifies: it shares only the primitives of OpenSSL and the envelope's encryption.
struct Sender: Sendable, CustomTestStringConvertible {
    /// The id of the scheme.
    let scheme: String
    /// What the receiver's connection says.
    let settings: [String: String]
    /// An event at a time, of this kind.
    let send: @Sendable (Instant) throws -> RawRequest
    /// What the receiver shall read; nil where it is the request's body.
    var content: String?
    /// Whether the scheme carries a time.
    var hasTime = true

    var testDescription: String { scheme }

    var receiver: any CallbackScheme {
        get throws { try #require(CallbackSchemeKind.named(scheme)).scheme(settings) }
    }
}

/// The moment of all tests: 2026-01-05T00:00:00Z.
let now = Instant(microseconds: 1_767_571_200_000_000)

let secret = "0123456789abcdef0123456789abcdef"
private let body = #"{"id":"evt_1","event_id":"e-1","编号":"员工-7","value":97.5}"#

private func seconds(_ time: Instant) -> String { String(time.microseconds / 1_000_000) }
private func mac(_ text: String, _ key: some Sequence<UInt8> = secret.utf8, _ function: HashFunction = .sha256)
    -> [UInt8]
{
    function.authenticationCode(for: Array(text.utf8), key: Array(key))
}
private func hash(_ function: HashFunction, _ text: String) -> String {
    Hex.encode(function.digest(of: Array(text.utf8)))
}
private func plain(_ headers: (String, String)...) -> RawRequest {
    RawRequest(headers: headers, body: Array(body.utf8))
}

extension Sender {
    static let webhookSecret = "whsec_" + Base64.encode(Array(secret.utf8))
    static let seed = [UInt8](repeating: 0x5A, count: 32)

    /// A sender of every scheme but GitLab's, which signs nothing.
    static let all: [Sender] = hashing + timed + envelopes

    private static let hashing = [
        Sender(
            scheme: "github", settings: ["secret": secret],
            send: { _ in plain(("X-Hub-Signature-256", "sha256=" + Hex.encode(mac(body))), ("X-GitHub-Delivery", "d-1"))
            },
            hasTime: false),
        Sender(
            scheme: "jira", settings: ["secret": secret],
            send: { _ in plain(("X-Hub-Signature", "sha256=" + Hex.encode(mac(body)))) }, hasTime: false),
        Sender(
            scheme: "typeform", settings: ["secret": secret],
            send: { _ in plain(("Typeform-Signature", "sha256=" + Base64.encode(mac(body)))) }, hasTime: false),
        Sender(
            scheme: "frappe", settings: ["secret": secret],
            send: { _ in plain(("X-Frappe-Webhook-Signature", Base64.encode(mac(body)))) }, hasTime: false),
        Sender(
            scheme: "surveymonkey", settings: ["client_id": "cid", "client_secret": secret],
            send: { _ in plain(("Sm-Signature", Base64.encode(mac(body, "cid&\(secret)".utf8, .sha1)))) },
            hasTime: false),
        Sender(
            scheme: "wjx", settings: ["push_key": secret],
            send: { _ in
                let sign = hash(.sha1, "5657754" + "17" + secret)
                return RawRequest(body: Array(#"{"activity":"5657754","index":17,"sign":"\#(sign)"}"#.utf8))
            }, hasTime: false),
        Sender(
            scheme: "wjx-form", settings: ["app_key": secret],
            send: { _ in
                let key = Array(hash(.md5, secret).utf8.prefix(16))
                let vector = [UInt8](repeating: 9, count: 16)
                let answers = PKCS7.pad(Array("1$9}2$服务".utf8), toBlocksOf: 16)
                let encrypted = try vector + AESCBC.encrypt(answers, key: key, vector: vector)
                let form = PercentEncoding.form([
                    ("jid", "101"), ("is_encrypt", "1"), ("submitdata", Base64.encode(encrypted)),
                ])
                return RawRequest(headers: [("X-Wjx-Signature", hash(.sha1, form + secret))], body: Array(form.utf8))
            },
            content: PercentEncoding.form([("jid", "101"), ("is_encrypt", "1"), ("submitdata", "1$9}2$服务")]),
            hasTime: false),
    ]

    private static let timed = [
        standard("standard-webhooks", "webhook"), standard("svix", "svix"),
        Sender(
            scheme: "standard-webhooks",
            settings: ["public_key": "whpk_" + Base64.encode((try? Ed25519.publicKey(of: seed)) ?? [])],
            send: { time in
                let message = Array("msg_1.\(seconds(time)).\(body)".utf8)
                return plain(
                    ("webhook-id", "msg_1"), ("webhook-timestamp", seconds(time)),
                    ("webhook-signature", "v1a," + Base64.encode(try Ed25519.sign(message, seed: seed))))
            }),
        Sender(
            scheme: "stripe", settings: ["secret": secret],
            send: { time in
                let code = Hex.encode(mac("\(seconds(time)).\(body)"))
                return plain(("Stripe-Signature", "t=\(seconds(time)),v1=\(code)"))
            }),
        Sender(
            scheme: "slack", settings: ["secret": secret],
            send: { time in
                plain(
                    ("X-Slack-Request-Timestamp", seconds(time)),
                    ("X-Slack-Signature", "v0=" + Hex.encode(mac("v0:\(seconds(time)):\(body)"))))
            }),
        Sender(
            scheme: "zendesk", settings: ["secret": secret],
            send: { time in
                plain(
                    ("X-Zendesk-Webhook-Signature-Timestamp", time.rfc3339),
                    ("X-Zendesk-Webhook-Signature", Base64.encode(mac(time.rfc3339 + body))))
            }),
    ]

    private static func standard(_ scheme: String, _ headers: String) -> Sender {
        Sender(
            scheme: scheme, settings: ["secret": webhookSecret],
            send: { time in
                plain(
                    ("\(headers)-id", "msg_1"), ("\(headers)-timestamp", seconds(time)),
                    ("\(headers)-signature", "v1," + Base64.encode(mac("msg_1.\(seconds(time)).\(body)"))))
            })
    }
}

/// The platforms that encrypt.
extension Sender {
    static let aesKey = String(repeating: "Ab3", count: 14) + "Q"
    static let envelopes = [dingTalk(body), weCom(weComEvent), yonyou(body), feishu(feishuEvent)]
    static let weComEvent = "<xml><FromUserName>sys</FromUserName><Event>x</Event></xml>"
    static let feishuEvent = #"{"schema":"2.0","header":{"event_id":"e-1","token":"\#(secret)"},"event":{}}"#

    /// SHA-1 over the sorted texts.
    static func envelopeSignature(_ texts: String...) -> String {
        hash(.sha1, texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined())
    }

    static func dingTalk(_ message: String, owner: String = "ding1") -> Sender {
        Sender(
            scheme: "dingtalk", settings: ["token": "dtToken1", "encoding_aes_key": aesKey, "owner_key": "ding1"],
            send: { time in
                let encrypted = try EncryptedFrame(encodedKey: aesKey, owner: owner, field: "").seal(
                    Array(message.utf8))
                let sent = String(time.microseconds / 1000)
                return RawRequest(
                    query: [
                        ("msg_signature", envelopeSignature("dtToken1", sent, "n0nce", encrypted)),
                        ("timestamp", sent), ("nonce", "n0nce"),
                    ], body: Array(#"{"encrypt":"\#(encrypted)"}"#.utf8))
            }, content: message)
    }

    static func weCom(_ message: String, echo: Bool = false) -> Sender {
        Sender(
            scheme: "wecom", settings: ["token": "wxToken1", "encoding_aes_key": aesKey, "receive_id": "ww1"],
            send: { time in
                let encrypted = try EncryptedFrame(encodedKey: aesKey, owner: "ww1", field: "").seal(
                    Array(message.utf8))
                let query = [
                    ("msg_signature", envelopeSignature("wxToken1", seconds(time), "n0nce", encrypted)),
                    ("timestamp", seconds(time)), ("nonce", "n0nce"),
                ]
                if echo { return RawRequest(method: .get, query: query + [("echostr", encrypted)]) }
                let xml = "<xml><Encrypt><![CDATA[\(encrypted)]]></Encrypt></xml>"
                return RawRequest(query: query, body: Array(xml.utf8))
            }, content: message)
    }

    static func yonyou(_ message: String) -> Sender {
        Sender(
            scheme: "yonyou", settings: ["app_key": "app1", "app_secret": secret],
            send: { time in
                let key = secret + String(repeating: "0", count: 43 - secret.count)
                let encrypted = try EncryptedFrame(encodedKey: key, owner: "app1", field: "").seal(Array(message.utf8))
                let sent = String(time.microseconds / 1000)
                let sign = envelopeSignature(secret, sent, "n0nce", encrypted)
                let text =
                    #"{"msgSignature":"\#(sign)","timestamp":\#(sent),"nonce":"n0nce","encrypt":"\#(encrypted)"}"#
                return RawRequest(body: Array(text.utf8))
            }, content: message)
    }

    static func feishu(_ message: String, signed: Bool = true) -> Sender {
        Sender(
            scheme: "feishu", settings: ["verification_token": secret, "encrypt_key": secret],
            send: { time in
                let vector = [UInt8](repeating: 3, count: 16)
                let padded = PKCS7.pad(Array(message.utf8), toBlocksOf: 16)
                let key = HashFunction.sha256.digest(of: Array(secret.utf8))
                let encrypted = try Base64.encode(vector + AESCBC.encrypt(padded, key: key, vector: vector))
                let text = #"{"encrypt":"\#(encrypted)"}"#
                guard signed else { return RawRequest(body: Array(text.utf8)) }
                return RawRequest(
                    headers: [
                        ("X-Lark-Request-Timestamp", seconds(time)), ("X-Lark-Request-Nonce", "n0nce"),
                        ("X-Lark-Signature", hash(.sha256, seconds(time) + "n0nce" + secret + text)),
                    ], body: Array(text.utf8))
            }, content: message)
    }
}
