import OpenSSLCrypto
import PlumblineKit

extension CallbackSchemeKind {
    /// wjx (问卷星), the push as a form: a header with SHA-1 over body and app key, the answers encrypted where
    /// `is_encrypt` is 1. The body that comes out is the same form with the answers plain.
    ///
    /// Not seen on a live account. An answer is known by `jid`.
    /// - Source: wjxcom/wjx-ai-kit, `push-reference.ts`, `push-decode.ts`.
    static let wjxForm = CallbackSchemeKind(
        id: "wjx-form", title: LocalizedText(zh: "问卷星（表单推送）", en: "wjx (push as a form)"),
        settings: [wjxAppKey.field, previousWjxAppKey.field]
    ) { settings throws(CallbackSettingError) in
        let keys = try settings.keys(wjxAppKey, previousWjxAppKey, atLeast: KeyLength.token)
        return WjxFormScheme(
            signatures: keys.map { SignatureScheme(rule: wjxFormRule, keys: [$0], window: .unused) },
            ciphers: keys.map(WjxCipher.init))
    }

    private static let wjxFormRule = SignatureRule(
        place: SignaturePlace(header: "X-Wjx-Signature"), digest: .hash(.sha1), encoding: .hex,
        signed: SignedTemplate([.body, .secret]))

    private static let wjxAppKey = Setting<Secret>.secret(
        "app_key", LocalizedText(zh: "问卷星开放平台的 AppKey", en: "The AppKey of wjx's open platform"))
    private static let previousWjxAppKey = Setting<Secret?>.secret(
        "previous_app_key",
        LocalizedText(zh: "更换期间仍然接受的旧 AppKey", en: "The AppKey of before, still taken while it is exchanged"))
}

/// How wjx encrypts answers: AES-128-CBC behind its vector, under the first 16 letters of the app key's MD5 in hex.
struct WjxCipher: Sendable {
    private let key: CallbackKey

    init(_ appKey: CallbackKey) {
        let digest = Hex.encode(HashFunction.md5.digest(of: appKey.bytes))
        key = CallbackKey(bytes: Array(digest.utf8.prefix(16)))
    }

    func open(_ text: String) throws(CallbackRefusal) -> String {
        let bytes = try CipherText(text).openedBehindVector(key: key)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .undecryptable(.text) }
        return text
    }
}

private struct WjxFormScheme: CallbackScheme {
    /// One for each app key, with its cipher at the same place.
    let signatures: [SignatureScheme]
    let ciphers: [WjxCipher]

    func verify(_ request: CallbackRequest, now: Instant) throws(CallbackRefusal) -> CallbackOutcome {
        let cipher = try provenCipher(request, now: now)
        var fields = try Self.fields(of: request.body)
        if Self.value(of: "is_encrypt", in: fields) == "1" {
            for place in fields.indices where fields[place].0 == "submitdata" {
                fields[place].1 = try cipher.open(fields[place].1)
            }
        }
        let key = Self.value(of: "jid", in: fields).map { DedupeKey(text: $0, isSigned: true) }
        return .verified(VerifiedCallback(body: Array(PercentEncoding.form(fields).utf8), dedupeKey: key))
    }

    private func provenCipher(_ request: CallbackRequest, now: Instant) throws(CallbackRefusal) -> WjxCipher {
        var refusal = CallbackRefusal.signature(.header("X-Wjx-Signature"))
        for (signature, cipher) in zip(signatures, ciphers) {
            do throws(CallbackRefusal) {
                _ = try signature.verified(request, now: now)
                return cipher
            } catch {
                refusal = error
            }
        }
        throw refusal
    }

    private static func fields(of body: [UInt8]) throws(CallbackRefusal) -> [(String, String)] {
        guard let text = String(validating: body, as: UTF8.self) else { throw .malformed(.body, wanted: .form) }
        var fields: [(String, String)] = []
        for item in text.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = decoded(parts[0]), let value = decoded(parts[1]) else {
                throw .malformed(.body, wanted: .form)
            }
            guard !fields.contains(where: { $0.0 == name }) else { throw .repeated(.field(name)) }
            fields.append((name, value))
        }
        return fields
    }

    /// In a form a plus is a space.
    private static func decoded(_ text: Substring) -> String? {
        PercentEncoding.decode(String(text.map { $0 == "+" ? " " : $0 }))
    }

    private static func value(of name: String, in fields: [(String, String)]) -> String? {
        fields.first { $0.0 == name }.map(\.1)
    }
}
