import OpenSSLCrypto
import PlumblineKit
import Testing

@testable import Callbacks

/// Checks of addresses, encrypted answers, and what events are known by.
@Suite struct EnvelopeTests {
    private func verified(_ sender: Sender, _ raw: RawRequest? = nil) throws -> VerifiedCallback? {
        let raw = try raw ?? sender.send(now)
        guard case .verified(let callback) = try sender.receiver.verify(raw.request(), now: now) else { return nil }
        return callback
    }

    private func addressCheck(_ sender: Sender) throws -> CallbackAnswer? {
        guard case .addressCheck(let answer) = try sender.receiver.verify(sender.send(now).request(), now: now) else {
            return nil
        }
        return answer
    }

    private func opened(_ answer: CallbackAnswer?, key: String, owner: String, token: String, names: [String]) throws
        -> String
    {
        let document = try JSON.parse(try #require(answer).body)
        let texts = try names.map { try document.text(at: $0) }
        #expect(answer?.status == 200 && answer?.contentType == "application/json")
        #expect(texts[0] == Sender.envelopeSignature(token, texts[1], texts[2], texts[3]))
        #expect(texts[1] == "1767571200000")
        let frame = try EncryptedFrame(encodedKey: key, owner: owner, field: "")
        return String(decoding: try frame.open(texts[3]), as: UTF8.self)
    }

    private static let dingTalkNames = ["msg_signature", "timeStamp", "nonce", "encrypt"]
    private static let yonyouNames = ["msgSignature", "timestamp", "nonce", "encrypt"]

    @Test func `DingTalk's events and its check of the address are answered with an encrypted success`() throws {
        let event = try #require(try verified(.dingTalk("{}")))
        let check = try addressCheck(.dingTalk(#"{"EventType":"check_url"}"#))
        for answer in [event.answer, check] {
            let text = try opened(
                answer, key: Sender.aesKey, owner: "ding1", token: "dtToken1", names: Self.dingTalkNames)
            #expect(text == "success")
        }
        #expect(event.dedupeKey == DedupeKey(text: "1767571200000.n0nce", isSigned: true))
        #expect(event.answer != check, "nonce and random bytes are new each time")
    }

    @Test func `Yonyou's events are known by their id and answered encrypted`() throws {
        let event = try #require(try verified(.yonyou(#"{"type":"STAFF_ADD","eventId":"033af2b1"}"#)))
        let check = try addressCheck(.yonyou(#"{"type":"CHECK_URL"}"#))
        let key = secret + String(repeating: "0", count: 11)
        for answer in [event.answer, check] {
            let text = try opened(answer, key: key, owner: "app1", token: secret, names: Self.yonyouNames)
            #expect(text == "success")
        }
        #expect(event.dedupeKey == DedupeKey(text: "033af2b1", isSigned: true))
    }

    @Test func `WeCom's check gets the plain text back, its events an empty answer`() throws {
        let check = try addressCheck(.weCom("1616140317555161061", echo: true))
        #expect(
            check == CallbackAnswer(status: 200, contentType: "text/plain", body: Array("1616140317555161061".utf8)))
        #expect(try verified(.weCom("<xml/>"))?.answer == .received)
    }

    @Test func `two events of WeCom in one second are two, a repeat is one, a message is known by its MsgId`() throws {
        func event(_ number: Int) -> Sender {
            .weCom("<xml><FromUserName>sys</FromUserName><CreateTime>1</CreateTime><No>\(number)</No></xml>")
        }
        let keys = try [event(1), event(2), event(1)].map { try verified($0)?.dedupeKey }
        #expect(keys[0] != keys[1] && keys[0] == keys[2] && keys[0]?.isSigned == true)
        #expect(
            try verified(.weCom("<xml><MsgId>4561255354251345929</MsgId></xml>"))?.dedupeKey?.text
                == "4561255354251345929")
    }

    @Test func `WeCom's owner may be empty for third parties`() throws {
        var sender = Sender.weCom("x")
        sender = Sender(
            scheme: "wecom", settings: sender.settings.filter { $0.key != "receive_id" }, send: sender.send)
        #expect(throws: CallbackRefusal.owner) { try sender.receiver.verify(sender.send(now).request(), now: now) }
    }

    @Test(arguments: [
        "<!DOCTYPE xml [<!ENTITY e 'x'>]><xml><Encrypt>&e;</Encrypt></xml>",
        "<!DOCTYPE xml SYSTEM 'http://example.com/x'><xml><Encrypt>x</Encrypt></xml>", "<xml><Encrypt>x</Encrypt>", "",
        "<xml><Encrypt>x</Encrypt></xml><xml/>",
        String(repeating: "<a>", count: 5000) + String(repeating: "</a>", count: 5000),
        "<xml><Encrypt>\u{1}</Encrypt></xml>",
    ])
    func `XML with a document type, cut off, doubled or endlessly nested is refused`(body: String) throws {
        var raw = try Sender.weCom("x").send(now)
        raw.body = Array(body.utf8)
        #expect(throws: CallbackRefusal.malformed(.body, wanted: .xml)) {
            try Sender.weCom("x").receiver.verify(raw.request(), now: now)
        }
    }

    @Test func `of two encrypted texts none is chosen`() throws {
        var raw = try Sender.weCom("x").send(now)
        raw.body = Array("<xml><Encrypt>x</Encrypt><Encrypt>y</Encrypt></xml>".utf8)
        #expect(throws: CallbackRefusal.repeated(.field("Encrypt"))) {
            try Sender.weCom("x").receiver.verify(raw.request(), now: now)
        }
    }

    @Test func `base64 with junk is refused though it is signed`() throws {
        var raw = try Sender.dingTalk("{}").send(now)
        let encrypted = try JSON.parse(raw.body).text(at: "encrypt")
        for junk in [
            encrypted + " ", encrypted + "\n", " " + encrypted, String(encrypted.dropLast()), encrypted + "====",
        ] {
            raw.query[0].1 = Sender.envelopeSignature("dtToken1", "1767571200000", "n0nce", junk)
            raw.body = JSON.object(["encrypt": .string(junk)]).bytes
            #expect(throws: CallbackRefusal.undecryptable(.base64)) {
                try Sender.dingTalk("{}").receiver.verify(raw.request(), now: now)
            }
        }
    }

    @Test func `nothing is moved between the nonce and the encrypted text under one signature`() throws {
        let sender = Sender.dingTalk(String(repeating: "m", count: 200))
        var raw = try sender.send(now)
        let encrypted = try JSON.parse(raw.body).text(at: "encrypt")
        raw.query[2].1 = "n0nce" + encrypted.prefix(64)
        raw.body = JSON.object(["encrypt": .string(String(encrypted.dropFirst(64)))]).bytes
        #expect(throws: CallbackRefusal.oversize(.parameter("nonce"), limit: 63)) {
            try sender.receiver.verify(raw.request(), now: now)
        }
    }

    @Test func `Feishu's check of the address comes unsigned, plain only where there is no key`() throws {
        let check = #"{"type":"url_verification","token":"\#(secret)","challenge":"a\"b"}"#
        #expect(try addressCheck(.feishu(check, signed: false))?.body == Array(#"{"challenge":"a\"b"}"#.utf8))
        #expect(try addressCheck(.feishu(check))?.body == Array(#"{"challenge":"a\"b"}"#.utf8))
        let plain = Sender(
            scheme: "feishu", settings: ["verification_token": secret],
            send: { _ in RawRequest(body: Array(check.utf8)) })
        #expect(try addressCheck(plain)?.status == 200)
        let keyed = Sender(scheme: "feishu", settings: Sender.feishu("").settings, send: plain.send)
        #expect(throws: CallbackRefusal.notEncrypted) { try addressCheck(keyed) }
    }

    @Test func `an unsigned event of Feishu learns nothing of how far its decryption came`() throws {
        let signature = CallbackRefusal.missing(.header("X-Lark-Signature"))
        let other = #"{"type":"url_verification","token":"another-token-of-16","challenge":"x"}"#
        for body in [
            try Sender.feishu(Sender.feishuEvent, signed: false).send(now).body, Array(#"{"encrypt":"%"}"#.utf8),
        ] {
            #expect(throws: signature) {
                try Sender.feishu("").receiver.verify(RawRequest(body: body).request(), now: now)
            }
        }
        #expect(throws: CallbackRefusal.token(.field("token"))) { try addressCheck(.feishu(other, signed: false)) }
    }

    @Test func `Feishu's events are known by their id in both versions; a token alone leaves the body unsigned`() throws
    {
        #expect(try verified(.feishu(Sender.feishuEvent))?.dedupeKey == DedupeKey(text: "e-1", isSigned: true))
        let first = #"{"uuid":"u-1","token":"\#(secret)","type":"event_callback","event":{}}"#
        #expect(try verified(.feishu(first))?.dedupeKey?.text == "u-1")
        let plain = Sender(
            scheme: "feishu", settings: ["verification_token": secret],
            send: { _ in RawRequest(body: Array(first.utf8)) })
        let callback = try #require(try verified(plain))
        #expect(!callback.isBodySigned && callback.dedupeKey == DedupeKey(text: "u-1", isSigned: false))
        #expect(callback.answer.body == Array(#"{"msg":"success"}"#.utf8))
    }
}

/// What the other schemes say besides yes and no.
@Suite struct CallbackContentTests {
    private func verified(_ scheme: String, _ change: (inout RawRequest) -> Void = { _ in }) throws -> VerifiedCallback
    {
        let sender = try #require(Sender.all.first { $0.scheme == scheme })
        var raw = try sender.send(now)
        change(&raw)
        guard case .verified(let callback) = try sender.receiver.verify(raw.request(), now: now) else {
            throw CallbackRefusal.notEncrypted
        }
        return callback
    }

    @Test(arguments: [
        ("github", "d-1", false), ("standard-webhooks", "msg_1", true), ("svix", "msg_1", true),
        ("stripe", "evt_1", true),
        ("slack", "e-1", true), ("typeform", "e-1", true), ("surveymonkey", "e-1", true), ("wjx", "5657754.17", true),
        ("wjx-form", "101", true),
    ])
    func `an event is known by what the system repeats, and it is told whether that is signed`(
        scheme: String, key: String, isSigned: Bool
    ) throws {
        #expect(try verified(scheme).dedupeKey == DedupeKey(text: key, isSigned: isSigned))
    }

    @Test func `a system that gives no id has none`() throws {
        #expect(try verified("frappe").dedupeKey == nil)
        #expect(try verified("zendesk").dedupeKey == nil)
        #expect(try verified("github") { $0.headers.removeLast() }.dedupeKey == nil)
    }

    @Test func `an id outside of the signature is taken once or not at all`() throws {
        #expect(throws: CallbackRefusal.repeated(.header("X-GitHub-Delivery"))) {
            try verified("github") { $0.headers.append(("x-github-delivery", "d-2")) }
        }
        #expect(throws: CallbackRefusal.oversize(.header("X-GitHub-Delivery"), limit: 512)) {
            try verified("github") { $0.headers[1].1 = String(repeating: "d", count: 513) }
        }
    }

    @Test func `GitLab's token shows the sender and leaves the body unsigned`() throws {
        let receiver = try CallbackSchemeKind.gitLab.scheme(["secret": secret])
        let request = RawRequest(
            headers: [("X-Gitlab-Token", secret), ("Idempotency-Key", "k-1")], body: Array("{}".utf8))
        guard case .verified(let callback) = try receiver.verify(request.request(), now: now) else {
            Issue.record("not verified")
            return
        }
        #expect(!callback.isBodySigned && callback.dedupeKey == DedupeKey(text: "k-1", isSigned: false))
    }

    @Test func `wjx signs no answers, and says so`() throws {
        #expect(try !verified("wjx").isBodySigned)
        #expect(try verified("github").isBodySigned)
    }

    @Test func `SurveyMonkey asks with HEAD whether somebody is there`() throws {
        let sender = try #require(Sender.all.first { $0.scheme == "surveymonkey" })
        let head = RawRequest(method: .head)
        #expect(try sender.receiver.verify(head.request(), now: now) == .addressCheck(.received))
        let gitHub = try #require(Sender.all.first { $0.scheme == "github" })
        #expect(throws: CallbackRefusal.self) { try gitHub.receiver.verify(head.request(), now: now) }
    }

    @Test func `Slack's check of the address is signed and gets its challenge back`() throws {
        let body = #"{"type":"url_verification","challenge":"3eZbrw1aB"}"#
        let code = HashFunction.sha256.authenticationCode(
            for: Array("v0:1767571200:\(body)".utf8), key: Array(secret.utf8))
        var raw = RawRequest(
            headers: [("X-Slack-Request-Timestamp", "1767571200"), ("X-Slack-Signature", "v0=" + Hex.encode(code))],
            body: Array(body.utf8))
        let receiver = try CallbackSchemeKind.slack.scheme(["secret": secret])
        #expect(try receiver.verify(raw.request(), now: now) == .addressCheck(.text(Array("3eZbrw1aB".utf8))))
        raw.headers.removeLast()
        #expect(throws: CallbackRefusal.missing(.header("X-Slack-Signature"))) {
            try receiver.verify(raw.request(), now: now)
        }
    }

    @Test func `of signatures of both kinds one is enough`() throws {
        let symmetric = try #require(Sender.all.first { $0.settings["secret"] == Sender.webhookSecret })
        let asymmetric = try #require(Sender.all.first { $0.settings["public_key"] != nil })
        let settings = symmetric.settings.merging(asymmetric.settings) { $1 }
        let receiver = try CallbackSchemeKind.standardWebhooks.scheme(settings)
        for sender in [symmetric, asymmetric] {
            #expect(throws: Never.self) { try receiver.verify(sender.send(now).request(), now: now) }
        }
        var raw = try asymmetric.send(now)
        raw.body.append(0x20)
        #expect(throws: CallbackRefusal.signature(.header("webhook-signature"))) {
            try receiver.verify(raw.request(), now: now)
        }
        raw.headers[2].1 = "v2,AAAA"
        #expect(throws: CallbackRefusal.noSignature(.header("webhook-signature"), form: "v1a,<base64>")) {
            try receiver.verify(raw.request(), now: now)
        }
    }
}
