import OpenSSLCrypto
import PlumblineKit
import PlumblineTesting
import Testing

@testable import Callbacks

/// What keys a scheme is made with, and what becomes of them.
@Suite struct KeyTests {
    private static let keySettings = [
        "secret", "client_secret", "push_key", "app_key", "app_secret", "token", "encoding_aes_key", "encrypt_key",
        "verification_token", "public_key",
    ]

    @Test(arguments: Sender.all, ["", "Z", "7654321"])
    func `an empty or short key makes no scheme, and the error says which and why`(sender: Sender, key: String) throws {
        let kind = try #require(CallbackSchemeKind.named(sender.scheme))
        for field in Self.keySettings where sender.settings[field] != nil {
            guard sender.scheme != "yonyou" || field != "app_key" else { continue }
            guard !key.isEmpty || kind.settings.first(where: { $0.key == field })?.isSecret == true else { continue }
            var input = try kind.settings(sender.settings).input
            input[field] = field == "public_key" ? .text(key) : .secret(Secret(key))
            let settings = try Settings(input, against: kind.settings)
            let error = #expect(throws: CallbackSettingError.self) { try kind.scheme(settings) }
            #expect(error?.field == field)
            #expect(error.flatMap { ChineseText.fault(of: $0.reason.zh) } == nil)
            #expect(key.isEmpty || error?.description.contains(key) == false)
        }
    }

    @Test(arguments: [
        ("standard-webhooks", "secret", "whsec_not base64 at all!!"),
        ("standard-webhooks", "secret", "whsec_" + Base64.encode([UInt8](repeating: 1, count: 23))),
        ("standard-webhooks", "secret", "whsec_" + Base64.encode([UInt8](repeating: 1, count: 65))),
        ("github", "secret", secret + "\n"), ("github", "secret", " " + secret),
        ("dingtalk", "encoding_aes_key", Sender.aesKey + "="),
        ("dingtalk", "encoding_aes_key", "@" + Sender.aesKey.dropFirst()),
        ("dingtalk", "previous_encoding_aes_key", "short"), ("wecom", "previous_token", "short"),
    ])
    func `a key of another form makes no scheme`(scheme: String, field: String, key: String) throws {
        let sender = try #require(Sender.all.first { $0.scheme == scheme })
        let error = #expect(throws: CallbackSettingError.self) {
            try CallbackSchemeKind.named(scheme)?.scheme(sender.settings.merging([field: key]) { $1 })
        }
        #expect(error?.field == field)
        #expect(error.map { "\($0)".contains(key) } == false)
    }

    @Test func `Standard Webhooks without any key makes no scheme`() {
        #expect(throws: CallbackSettingError.self) { try CallbackSchemeKind.standardWebhooks.scheme([:]) }
    }

    @Test(arguments: Sender.all)
    func `while a key is exchanged both are taken, and no third`(sender: Sender) throws {
        let kind = try #require(CallbackSchemeKind.named(sender.scheme))
        let raw = try sender.send(now)
        for field in Self.keySettings where kind.settings.contains(where: { $0.key == "previous_\(field)" }) {
            guard let old = sender.settings[field] else { continue }
            let new = Self.other(old, in: field)
            var settings = sender.settings
            settings[field] = new
            #expect(throws: CallbackRefusal.self) { try kind.scheme(settings).verify(raw.request(), now: now) }
            settings["previous_\(field)"] = old
            #expect(throws: Never.self) { try kind.scheme(settings).verify(raw.request(), now: now) }
        }
    }

    /// Another key of the same form.
    private static func other(_ key: String, in field: String) -> String {
        switch field {
        case "encoding_aes_key": String(key.reversed().drop { $0 == "Q" }) + "Q"
        case "public_key": "whpk_" + Base64.encode((try? Ed25519.publicKey(of: [UInt8](repeating: 1, count: 32))) ?? [])
        default:
            key.hasPrefix("whsec_")
                ? "whsec_" + Base64.encode([UInt8](repeating: 8, count: 32)) : String(key.reversed())
        }
    }

    @Test func `a key that is printed, dumped or looked into shows nothing`() {
        let key = CallbackKey(bytes: Array(secret.utf8))
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key) \(String(reflecting: key))" == "<secret> <secret>")
        #expect(dumped == "- <secret>\n")
    }

    @Test(arguments: Sender.all)
    func `a scheme that is printed shows no key`(sender: Sender) throws {
        let printed = "\(try sender.receiver) \(String(reflecting: try sender.receiver))"
        var dumped = ""
        dump(try sender.receiver, to: &dumped)
        for field in Self.keySettings where !["public_key", "app_key"].contains(field) {
            guard let key = sender.settings[field] else { continue }
            #expect(!printed.contains(key) && !dumped.contains(key))
        }
    }
}
