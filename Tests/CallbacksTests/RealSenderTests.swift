import Foundation
import PlumblineKit
import PlumblineTesting
import Testing

@testable import Callbacks

/// The libraries with which others sign and encrypt, in an environment that the tests make once.
private let python = PythonEnvironment.python(
    named: "callback",
    packages: [
        "standardwebhooks==1.1.0", "svix==2.9.1", "wechatpy==2.0.0a26", "dingtalk-sdk==1.3.8", "lark-oapi==1.7.5",
        "cryptography",
    ],
    modules: ["standardwebhooks", "svix", "wechatpy", "dingtalk", "Crypto", "cryptography"])

@Suite(.serialized, .enabled(if: SharedFolder.isCI || python != nil, "the senders' Python libraries cannot be had"))
struct RealSenderTests {
    @Test func `what the senders' own libraries sign and encrypt is taken, and reads as it was written`() throws {
        let sent = try RealRequest.all()
        #expect(sent.map(\.name) == RealRequest.names)
        for request in sent {
            switch try request.receiver.verify(request.raw.request(), now: request.now) {
            case .verified(let callback):
                #expect(String(decoding: callback.body, as: UTF8.self) == request.content, "\(request.name)")
            case .addressCheck(let answer):
                #expect(request.name.hasSuffix("check"), "\(request.name)")
                if let content = request.answer { #expect(String(decoding: answer.body, as: UTF8.self) == content) }
            }
        }
    }

    @Test func `their requests with a bit turned over are refused`() throws {
        var random = SplitMix(state: 7)
        for request in try RealRequest.all() {
            let receiver = try request.receiver
            for _ in 0..<300 {
                let changed = request.signedPartFlipped(&random)
                #expect(throws: CallbackRefusal.self, "\(request.name): \(changed)") {
                    try receiver.verify(changed.request(), now: request.now)
                }
            }
        }
    }

    @Test func `their requests are refused an hour later, by other keys, and by another owner`() throws {
        for request in try RealRequest.all() where request.name != "lark-check" {
            let later = request.now.advanced(bySeconds: 3600)
            #expect(throws: CallbackRefusal.time(secondsAgo: 3600, tolerance: 300), "\(request.name)") {
                try request.receiver.verify(request.raw.request(), now: later)
            }
            for key in request.settings.keys {
                var other = request
                other.settings[key] = Self.exchanged(request.settings[key] ?? "")
                #expect(throws: CallbackRefusal.self, "\(request.name) with another \(key)") {
                    try other.receiver.verify(request.raw.request(), now: request.now)
                }
            }
        }
    }

    @Test func `their libraries read our encrypted answers`() throws {
        let python = try #require(python)
        let (key, moment) = (Sender.aesKey, Instant(microseconds: now.microseconds))
        let ding = Sender.dingTalk("{}")
        guard case .verified(let callback) = try ding.receiver.verify(ding.send(moment).request(), now: moment) else {
            Issue.record("not verified")
            return
        }
        let script = """
            import json, sys, xmltodict
            from dingtalk.crypto import DingTalkCrypto
            a = json.loads(sys.argv[1])
            print(DingTalkCrypto("dtToken1", "\(key)", "ding1").decrypt_message(
                a, a["msg_signature"], a["timeStamp"], a["nonce"]))
            from wechatpy.work.crypto import WeChatCrypto
            x = xmltodict.parse(sys.argv[2])["xml"]
            print(WeChatCrypto("wxToken1", "\(key)", "ww1").decrypt_message(
                sys.argv[2], x["MsgSignature"], x["TimeStamp"], x["Nonce"]))
            """
        let weCom = try #require(try Sender.weCom("").receiver as? WeComScheme)
        let answers = [callback.answer, try weCom.answer(Array("<xml>好</xml>".utf8), now: moment)]
        let texts = answers.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(try PythonEnvironment.run(python, ["-c", script] + texts) == "success\n<xml>好</xml>\n")
    }

    /// Another text of the same form.
    private static func exchanged(_ text: String) -> String {
        var bytes = Array(text.utf8)
        bytes[bytes.count / 2] = bytes[bytes.count / 2] == UInt8(ascii: "7") ? UInt8(ascii: "8") : UInt8(ascii: "7")
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A request that a sender's library made.
private struct RealRequest: Sendable {
    let name: String
    let scheme: String
    var settings: [String: String]
    let raw: RawRequest
    let now: Instant
    let content: String?
    let answer: String?

    static let names = [
        "standardwebhooks", "svix", "wechatpy", "wechatpy-check", "dingtalk-sdk", "dingtalk-check", "lark",
        "lark-check",
    ]

    var receiver: any CallbackScheme {
        get throws { try #require(CallbackSchemeKind.named(scheme)).scheme(settings) }
    }

    /// What the script printed, asked for once.
    private static let made = Result { try make() }

    static func all() throws -> [RealRequest] { try made.get() }

    private static func make() throws -> [RealRequest] {
        let printed = try PythonEnvironment.run(#require(python), ["-c", script])
        let document = try JSON.parse(Array(printed.utf8))
        let now = try #require(Instant(seconds: Int64(document.int(at: "now"))))
        return try document.array(at: "requests").map { try RealRequest($0, now: now) }
    }

    private init(_ entry: JSON, now: Instant) throws {
        name = try entry.text(at: "name")
        scheme = try entry.text(at: "scheme")
        settings = Dictionary(uniqueKeysWithValues: try Self.pairs(entry, "settings"))
        content = entry["content"]?.string
        answer = entry["answer"]?.string
        self.now = now
        raw = RawRequest(
            method: entry["method"] == "GET" ? .get : .post, query: try Self.pairs(entry, "query"),
            headers: try Self.pairs(entry, "headers"), body: Array(try entry.text(at: "body").utf8))
    }

    private static func pairs(_ entry: JSON, _ key: String) throws -> [(String, String)] {
        try entry.object(at: key).object?.members.map { ($0.key, $0.value.string ?? "") } ?? []
    }

    /// The encrypted text stands alone in its body, so that white space around it is nobody's: it is left as it is.
    func signedPartFlipped(_ random: inout SplitMix) -> RawRequest {
        var changed = raw.flipped(&random)
        while changed.body != raw.body, changed.body.count(where: { $0 < 0x21 }) != raw.body.count(where: { $0 < 0x21 })
        {
            changed = raw.flipped(&random)
        }
        return changed
    }

    private static let script = """
        import base64, datetime, hashlib, json, os, time, xmltodict
        now = int(time.time())
        requests = []
        def add(name, scheme, settings, headers={}, query={}, body="", method="POST", content=None, answer=None):
            requests.append(dict(name=name, scheme=scheme, settings=settings, headers=headers, query=query, body=body,
                                 method=method, content=content, answer=answer))
        event = json.dumps({"id": "evt_1", "员工": "张三", "score": 97.5}, ensure_ascii=False)
        secret = "whsec_" + base64.b64encode(os.urandom(32)).decode()
        aes = base64.b64encode(os.urandom(32)).decode()[:43]

        import standardwebhooks, svix
        moment = datetime.datetime.fromtimestamp(now, tz=datetime.timezone.utc)
        for name, scheme, prefix, library in (("standardwebhooks", "standard-webhooks", "webhook", standardwebhooks),
                                              ("svix", "svix", "svix", svix)):
            add(name, scheme, {"secret": secret}, {
                prefix + "-id": "msg_1", prefix + "-timestamp": str(now),
                prefix + "-signature": library.Webhook(secret).sign("msg_1", moment, event)}, body=event, content=event)

        from wechatpy.work.crypto import WeChatCrypto
        settings = {"token": "wxToken123", "encoding_aes_key": aes, "receive_id": "ww1"}
        def wechat(text):
            sealed = xmltodict.parse(WeChatCrypto("wxToken123", aes, "ww1").encrypt_message(text, "n0nce", str(now)))["xml"]
            return sealed["Encrypt"], {"msg_signature": sealed["MsgSignature"], "timestamp": str(now), "nonce": "n0nce"}
        message = "<xml><FromUserName>sys</FromUserName><CreateTime>%d</CreateTime><Content>考勤</Content></xml>" % now
        sealed, query = wechat(message)
        add("wechatpy", "wecom", settings, query=query, content=message,
            body="<xml><Encrypt><![CDATA[%s]]></Encrypt></xml>" % sealed)
        sealed, query = wechat("1616140317555161061")
        add("wechatpy-check", "wecom", settings, query=dict(query, echostr=sealed), method="GET",
            answer="1616140317555161061")

        from dingtalk.crypto import DingTalkCrypto
        settings = {"token": "dtToken123", "encoding_aes_key": aes, "owner_key": "ding1"}
        for name, text in (("dingtalk-sdk", event), ("dingtalk-check", '{"EventType":"check_url"}')):
            sealed = DingTalkCrypto("dtToken123", aes, "ding1").encrypt_message(text, "n0nce", now * 1000)
            add(name, "dingtalk", settings, query={
                "msg_signature": sealed["msg_signature"], "timestamp": sealed["timeStamp"], "nonce": "n0nce"},
                body=json.dumps({"encrypt": sealed["encrypt"]}), content=text)

        # lark-oapi only decrypts: what it is given here it must take itself.
        from Crypto.Cipher import AES
        from Crypto.Util.Padding import pad
        from lark_oapi import EventDispatcherHandler
        from lark_oapi.core.model import RawRequest
        key, token = "larkEncryptKey01", "larkVerificationToken01"
        handler = EventDispatcherHandler.builder(key, token).register_p2_customized_event("x", lambda e: None).build()
        def lark(name, document, answer):
            vector, text = os.urandom(16), json.dumps(document, ensure_ascii=False)
            cipher = AES.new(hashlib.sha256(key.encode()).digest(), AES.MODE_CBC, vector)
            body = json.dumps({"encrypt": base64.b64encode(vector + cipher.encrypt(pad(text.encode(), 16))).decode()})
            sign = hashlib.sha256((str(now) + "n0nce" + key + body).encode()).hexdigest()
            headers = {"X-Lark-Request-Timestamp": str(now), "X-Lark-Request-Nonce": "n0nce", "X-Lark-Signature": sign}
            if name == "lark-check": headers = {}
            request = RawRequest()
            request.uri, request.headers, request.body = "/", headers, body.encode()
            response = handler.do(request)
            assert response.status_code == 200 and response.content.decode() == answer, response.content
            add(name, "feishu", {"encrypt_key": key, "verification_token": token}, headers, body=body, content=text,
                answer=answer)
        lark("lark", {"schema": "2.0", "header": {"event_id": "e1", "event_type": "x", "token": token}, "event": {"名": 1}},
             '{"msg":"success"}')
        lark("lark-check", {"type": "url_verification", "token": token, "challenge": "abc"}, '{"challenge":"abc"}')
        print(json.dumps({"now": now, "requests": requests}))
        """
}
