import Expressions
import Foundation
import OpenSSLCrypto
import PlumblineKit
import PlumblineTesting
import Synchronization

/// A platform's bot as its documentation describes it, written apart from the code that sends: it wants the token in the
/// address, the signature, the keyword, and no more messages than its limit; it refuses with status 200 and a code.
final class BotEmulator: Sendable {
    enum Platform: String, CaseIterable, Sendable {
        case dingtalk, wecom, feishu
    }

    let server: TestHTTPServer
    let platform: Platform
    private let state = State()

    struct Rules: Sendable {
        var secret: String?
        var keyword: String?
        var limit = 20
        var now: Int64 = 0
        var taken: [Int64] = []
        var messages: [(title: String, text: String)] = []
    }

    static let token = "6e0f4b1c9d2a47358c1b0a9f8e7d6c5b"

    init(_ platform: Platform) throws {
        self.platform = platform
        server = try TestHTTPServer { [state] request, _ in
            state.rules.withLock { .json(Self.answer(platform, request, &$0)) }
        }
    }

    /// What the server knows too, which is there before the emulator is whole.
    private final class State: Sendable {
        let rules = Mutex(Rules())
    }

    func set(_ change: (inout Rules) -> Void) { state.rules.withLock { change(&$0) } }

    /// The messages that were taken.
    var messages: [(title: String, text: String)] { state.rules.withLock(\.messages) }

    /// The bot's address.
    var address: String {
        switch platform {
        case .dingtalk: "\(server.baseURL)/robot/send?access_token=\(Self.token)"
        case .wecom: "\(server.baseURL)/cgi-bin/webhook/send?key=\(Self.token)"
        case .feishu: "\(server.baseURL)/open-apis/bot/v2/hook/\(Self.token)"
        }
    }

    private static func answer(_ platform: Platform, _ request: TestHTTPServer.Request, _ rules: inout Rules) -> String
    {
        guard let body = try? JSON.parse(request.body), request.method == "POST",
            request.headers["Content-Type"]?.hasPrefix("application/json") == true
        else { return refusal(platform, 9499, "Bad Request") }
        if let refused = refusal(platform, request, body, rules) { return refused }
        rules.taken = rules.taken.filter { $0 > rules.now - 60 }
        guard rules.taken.count < rules.limit else { return tooMany(platform) }
        guard let message = message(platform, body) else { return refusal(platform, 40_035, "bad message") }
        if let keyword = rules.keyword, !(message.title + message.text).contains(keyword) {
            return platform == .feishu
                ? refusal(platform, 19_024, "Key Words Not Found")
                : refusal(platform, 310_000, "keywords not in content")
        }
        if platform == .wecom, message.text.utf8.count > 4096 {
            return refusal(platform, 40_058, "markdown.content exceed max length 4096")
        }
        if request.body.count > 20_000 { return refusal(platform, 9499, "Bad Request") }
        rules.taken.append(rules.now)
        rules.messages.append(message)
        return platform == .feishu
            ? #"{"code":0,"msg":"success","data":{}}"# : #"{"errcode":0,"errmsg":"ok"}"#
    }

    private static func refusal(_ platform: Platform, _ code: Int, _ words: String) -> String {
        platform == .feishu
            ? #"{"code":\#(code),"msg":"\#(words)","data":{}}"# : #"{"errcode":\#(code),"errmsg":"\#(words)"}"#
    }

    private static func tooMany(_ platform: Platform) -> String {
        switch platform {
        case .dingtalk: refusal(platform, 130_101, "send too fast, exceed 20 times per minute")
        case .wecom: refusal(platform, 45_009, "api freq out of limit")
        case .feishu: refusal(platform, 11_232, "frequency limited psm[lark.oapi.app_platform_runtime]")
        }
    }

    /// Token and signature.
    private static func refusal(
        _ platform: Platform, _ request: TestHTTPServer.Request, _ body: JSON, _ rules: Rules
    ) -> String? {
        switch platform {
        case .dingtalk:
            guard request.path == "/robot/send", request.query("access_token") == token else {
                return refusal(platform, 300_001, "token is not exist")
            }
            guard let secret = rules.secret else { return nil }
            let time = request.query("timestamp") ?? ""
            let isRecent = (Int64(time).map { abs($0 / 1000 - rules.now) <= 3600 } ?? false) && time.count == 13
            let sign = mac("\(time)\n\(secret)", key: secret)
            return isRecent && request.query("sign") == sign ? nil : refusal(platform, 310_000, "sign not match")
        case .wecom:
            let isKnown = request.path == "/cgi-bin/webhook/send" && request.query("key") == token
            return isKnown ? nil : refusal(platform, 93_000, "invalid webhook url")
        case .feishu:
            guard request.path == "/open-apis/bot/v2/hook/\(token)" else {
                return refusal(platform, 19_001, "param invalid: incoming webhook access token invalid")
            }
            guard let secret = rules.secret else { return nil }
            let time = body["timestamp"]?.string ?? ""
            let isRecent = Int64(time).map { abs($0 - rules.now) <= 3600 } ?? false
            return isRecent && body["sign"]?.string == mac("", key: "\(time)\n\(secret)")
                ? nil
                : refusal(platform, 19_021, "sign match fail or timestamp is not within one hour from current time")
        }
    }

    private static func mac(_ text: String, key: String) -> String {
        Base64.encode(HashFunction.sha256.authenticationCode(for: Array(text.utf8), key: Array(key.utf8)))
    }

    private static func message(_ platform: Platform, _ body: JSON) -> (title: String, text: String)? {
        switch platform {
        case .dingtalk:
            guard body["msgtype"] == "markdown", let title = body["markdown"]?["title"]?.string,
                let text = body["markdown"]?["text"]?.string
            else { return nil }
            return (title, text)
        case .wecom:
            guard body["msgtype"] == "markdown", let text = body["markdown"]?["content"]?.string else { return nil }
            return ("", text)
        case .feishu:
            guard body["msg_type"] == "interactive", let card = body["card"],
                card["header"]?["title"]?["tag"] == "plain_text",
                let title = card["header"]?["title"]?["content"]?.string,
                let element = card["elements"]?.array?.first, element["tag"] == "markdown",
                let text = element["content"]?.string
            else { return nil }
            return (title, text)
        }
    }
}
