import OpenSSLCrypto
import PlumblineKit
import PlumblineTesting
import Testing

@testable import Callbacks

/// The generic scheme: what five knobs can say.
@Suite struct GenericSignatureTests {
    /// Named schemes as a connection would write them with the generic one.
    private static let written: [String: [String: String]] = [
        "github": ["header": "X-Hub-Signature-256", "prefix": "sha256="],
        "jira": ["header": "X-Hub-Signature", "prefix": "sha256="],
        "gitlab": ["header": "X-Gitlab-Token", "digest": "token"],
        "typeform": ["header": "Typeform-Signature", "prefix": "sha256=", "encoding": "base64"],
        "frappe": ["header": "X-Frappe-Webhook-Signature", "encoding": "base64"],
        "surveymonkey": ["header": "Sm-Signature", "digest": "hmac-sha1", "encoding": "base64"],
        "zendesk": [
            "header": "X-Zendesk-Webhook-Signature", "encoding": "base64", "signed": "{timestamp}{body}",
            "timestamp_header": "X-Zendesk-Webhook-Signature-Timestamp", "timestamp_form": "rfc3339",
        ],
        "slack": [
            "header": "X-Slack-Signature", "prefix": "v0=", "signed": "v0:{timestamp}:{body}",
            "timestamp_header": "X-Slack-Request-Timestamp",
        ],
        "stripe": [
            "header": "Stripe-Signature", "prefix": "v1=", "separator": "comma", "signed": "{timestamp}.{body}",
            "timestamp_prefix": "t=",
        ],
        "standard-webhooks": standard("webhook"), "svix": standard("svix"),
    ]

    private static func standard(_ headers: String) -> [String: String] {
        [
            "header": "\(headers)-signature", "prefix": "v1,", "separator": "space", "encoding": "base64",
            "signed": "{id}.{timestamp}.{body}", "id_header": "\(headers)-id", "secret_form": "base64",
            "timestamp_header": "\(headers)-timestamp",
        ]
    }

    @Test(
        .enabled(if: SharedFolder.isExpected, "needs the shared vectors"),
        arguments: Vector.all.filter { written[$0.scheme] != nil })
    func `a named scheme written with the generic one decides its vectors alike`(vector: Vector) throws {
        var settings = try #require(Self.written[vector.scheme])
        settings["secret"] =
            vector.config["secret"] ?? "\(vector.config["client_id"] ?? "")&\(vector.config["client_secret"] ?? "")"
        settings["tolerance"] = "\(vector.tolerance)s"
        let scheme = try CallbackSchemeKind.signature.schemeWithShortKeys(
            CallbackSchemeKind.signature.settings(settings))
        guard !vector.isAccepted else {
            let outcome = try scheme.verify(vector.callbackRequest(), now: vector.now)
            guard case .verified(let callback) = outcome else {
                Issue.record("not verified")
                return
            }
            #expect(callback.body == (try vector.callbackRequest().body))
            return
        }
        let refusal = #expect(throws: CallbackRefusal.self) {
            try scheme.verify(vector.callbackRequest(), now: vector.now)
        }
        #expect(refusal?.code == vector.expect["reason"]?.string)
    }

    @Test func `a hash without a key may hold the secret and other headers, as Feishu's does`() throws {
        let receiver = try CallbackSchemeKind.signature.scheme([
            "secret": secret, "header": "X-Lark-Signature", "digest": "sha256",
            "signed": "{timestamp}{header:X-Lark-Request-Nonce}{secret}{body}",
            "timestamp_header": "X-Lark-Request-Timestamp",
        ])
        let sent = try Sender.feishu("{}").send(now)
        #expect(throws: Never.self) { try receiver.verify(sent.request(), now: now) }
        var other = sent
        other.headers[1].1 = "other"
        #expect(throws: CallbackRefusal.signature(.header("X-Lark-Signature"))) {
            try receiver.verify(other.request(), now: now)
        }
    }

    @Test func `Ed25519 takes a public key in the place of the secret`() throws {
        let sender = try #require(Sender.all.first { $0.settings["public_key"] != nil })
        var settings = Self.standard("webhook")
        settings.merge(["secret": try #require(sender.settings["public_key"]), "digest": "ed25519", "prefix": "v1a,"]) {
            $1
        }
        let receiver = try CallbackSchemeKind.signature.scheme(settings)
        #expect(throws: Never.self) { try receiver.verify(sender.send(now).request(), now: now) }
    }

    @Test func `a signature has one form only, in Ed25519 too`() throws {
        let receiver = try CallbackSchemeKind.signature.scheme([
            "secret": Base64.encode(Ed25519.publicKey(of: Sender.seed)), "header": "X-Sign", "digest": "ed25519",
        ])
        let sign = Hex.encode(try Ed25519.sign([1], seed: Sender.seed))
        let sent = RawRequest(headers: [("X-Sign", sign)], body: [1])
        #expect(throws: Never.self) { try receiver.verify(sent.request(), now: now) }
        let shouting = RawRequest(headers: [("X-Sign", sign.uppercased())], body: [1])
        #expect(throws: CallbackRefusal.signature(.header("X-Sign"))) {
            try receiver.verify(shouting.request(), now: now)
        }
    }

    @Test(arguments: [
        ("{body", "{body"), ("{timestamp}{bodY}", "{bodY}"), ("{header:}{body}", "{header:}"), ("x", "{body}"),
        ("{timestamp}{body}", "timestamp_header"), ("{id}{body}", "id_header"), ("{secret}{body}", "{secret}"),
    ])
    func `a template that would leave something unsigned, or is no template, names its fault`(
        template: String, part: String
    ) {
        let error = #expect(throws: CallbackSettingError.self) {
            try CallbackSchemeKind.signature.scheme(["secret": secret, "header": "X-Sign", "signed": template])
        }
        #expect(error?.field == "signed")
        #expect(error?.reason.en.contains(part) == true)
        #expect(error.flatMap { ChineseText.fault(of: $0.reason.zh) } == nil)
    }

    @Test func `a time that is not signed, and a hash without a secret, are refused`() {
        for settings in [
            ["timestamp_header": "X-Time"], ["digest": "sha256"], ["digest": "sha1", "signed": "{body}"],
        ] {
            let error = #expect(throws: CallbackSettingError.self) {
                try CallbackSchemeKind.signature.scheme(
                    settings.merging(["secret": secret, "header": "X-Sign"]) { $1 })
            }
            #expect(error?.field == "signed")
        }
    }

    @Test func `an id may not hold the mark behind it, which would fit two requests to one signature`() throws {
        let sender = try #require(Sender.all.first { $0.scheme == "standard-webhooks" })
        var raw = try sender.send(now)
        raw.headers[0].1 = "msg.1"
        #expect(throws: CallbackRefusal.ambiguous(.header("webhook-id"))) {
            try sender.receiver.verify(raw.request(), now: now)
        }
    }

    @Test(arguments: ["", "-1767571200", "+1767571200", "17675 71200", "1767571200.0", "0x69", "９", "9999999999999999"])
    func `a time is digits and nothing else`(text: String) throws {
        let sender = try #require(Sender.all.first { $0.scheme == "slack" })
        var raw = try sender.send(now)
        raw.headers[0].1 = text
        #expect(throws: CallbackRefusal.self) { try sender.receiver.verify(raw.request(), now: now) }
    }
}
