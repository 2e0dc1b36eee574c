import OpenSSLCrypto
package import PlumblineKit
import XMLDocument

extension CallbackSchemeKind {
    /// WeCom's callbacks: signed and encrypted XML, and a GET that wants the decrypted `echostr` back.
    ///
    /// A message is known by its MsgId. Events have none, and two of them may share sender and second, which the vendor
    /// names as their key: so theirs is the hash of the whole text, time and sender included.
    /// - Source: developer.work.weixin.qq.com/document/path/91144; wechatpy 2.0.0a26, `work/crypto.py`.
    static let weCom = CallbackSchemeKind(
        id: "wecom", title: LocalizedText(zh: "企业微信", en: "WeCom"),
        settings: EnvelopeSetting.fields(owner: receiveID.field)
    ) { settings throws(CallbackSettingError) in
        WeComScheme(
            opener: EnvelopeOpener(
                keys: try EnvelopeSetting.keys(settings, owner: settings[receiveID] ?? ""), time: .seconds,
                window: settings.window))
    }

    private static let receiveID = Setting<String?>.text(
        "receive_id",
        LocalizedText(
            zh: "自建应用填企业 ID，第三方应用填 SuiteID；个别第三方推送为空",
            en: "The corp id of an own app, the suite id of a third-party app; empty for some third-party pushes"))
}

/// The callbacks of WeCom. Made by its ``CallbackSchemeKind``.
package struct WeComScheme: CallbackScheme {
    let opener: EnvelopeOpener

    private static let places = EnvelopeOpener.Places(
        signature: .parameter("msg_signature"), timestamp: .parameter("timestamp"))

    /// Decides a GET that checks the address, or a POST with a message.
    package func verify(_ request: CallbackRequest, now: Instant) throws(CallbackRefusal) -> CallbackOutcome {
        if request.method == .get {
            let echo = try request.parameter("echostr", limit: 4096)
            return .addressCheck(.text(try open(request, echo, now: now).message))
        }
        let opened = try open(request, try encryptedElement(of: request), now: now)
        return .verified(
            VerifiedCallback(
                body: opened.message, dedupeKey: dedupeKey(of: opened.message), sentAt: opened.sentAt))
    }

    /// An answer that says something: a message in XML, encrypted and signed with the keys of now. Most events need none,
    /// see ``VerifiedCallback/answer``.
    ///
    /// - Throws: `CallbackRefusal.unavailable` where no random bytes are to be had.
    package func answer(_ message: [UInt8], now: Instant) throws(CallbackRefusal) -> CallbackAnswer {
        let envelope = try opener.keys[0].seal(message, timestamp: TimeForm.seconds.write(now))
        let xml = """
            <xml><Encrypt><![CDATA[\(envelope.encrypted)]]></Encrypt>\
            <MsgSignature><![CDATA[\(envelope.signature)]]></MsgSignature>\
            <TimeStamp>\(envelope.timestamp)</TimeStamp><Nonce><![CDATA[\(envelope.nonce)]]></Nonce></xml>
            """
        return CallbackAnswer(status: 200, contentType: "application/xml", body: Array(xml.utf8))
    }

    private func open(
        _ request: CallbackRequest, _ encrypted: String, now: Instant
    ) throws(CallbackRefusal) -> EnvelopeOpener.Opened {
        let envelope = SignedEnvelope(
            signature: try request.parameter("msg_signature"), timestamp: try request.parameter("timestamp"),
            nonce: try request.parameter("nonce", limit: SignedEnvelope.nonceLimit), encrypted: encrypted)
        return try opener.open(envelope, Self.places, now: now)
    }

    private func encryptedElement(of request: CallbackRequest) throws(CallbackRefusal) -> String {
        guard let message = try? XMLElement(parsing: request.body) else { throw .malformed(.body, wanted: .xml) }
        let values = message.children(named: "Encrypt").map(\.text)
        guard let value = values.first else { throw .missing(.field("Encrypt")) }
        guard values.count == 1 else { throw .repeated(.field("Encrypt")) }
        return value
    }

    private func dedupeKey(of message: [UInt8]) -> DedupeKey {
        let ids = (try? XMLElement(parsing: message))?.children(named: "MsgId").map(\.text) ?? []
        guard let id = ids.first, ids.count == 1, (1...64).contains(id.utf8.count) else {
            return DedupeKey(text: Hex.encode(SHA256.digest(of: message)), isSigned: true)
        }
        return DedupeKey(text: id, isSigned: true)
    }
}
