internal import OpenSSLCrypto
internal import PlumblineKit

/// A platform whose groups have bots with an address of their own: what a message to them looks like, how it is signed,
/// and what the answer says, which comes with status 200 whatever it is.
///
/// - Source: open.dingtalk.com "自定义机器人接入" (20 messages a minute, beyond which nothing is taken for 10 minutes;
///   `timestamp` in milliseconds and `sign` in the query; a keyword, a signature or an address that does not fit gives
///   310000); developer.work.weixin.qq.com/document/path/91770 (20 messages a minute; Markdown of at most 4096 bytes);
///   open.feishu.cn "Custom bot usage guide" (100 messages a minute and 5 a second, bodies of at most 20 KB; `timestamp`
///   in seconds and `sign` in the body; 19021 signature or time, 19022 address, 19024 keyword, 11232 too many).
enum BotPlatform: Sendable, Hashable, CaseIterable {
    case dingTalk, weCom, feishu

    /// Where its bots' addresses point.
    var hosts: [String] {
        switch self {
        case .dingTalk: ["oapi.dingtalk.com"]
        case .weCom: ["qyapi.weixin.qq.com"]
        case .feishu: ["open.feishu.cn", "open.larksuite.com"]
        }
    }

    /// How many messages a bot may send in a minute.
    var messagesPerMinute: Int {
        switch self {
        case .dingTalk, .weCom: 20
        case .feishu: 100
        }
    }

    /// The most bytes of a notice. WeCom says so; the others take more, and nobody reads more.
    static let longestText = 4000

    /// The message of a notice, signed where the bot wants that.
    func request(_ notice: Notice, to address: Secret, secret: Secret?, unixTime: Int64) -> HTTPRequest {
        var address = address.reveal()
        var body = body(of: notice).object ?? JSONObject()
        if let secret {
            switch self {
            case .dingTalk:
                let time = "\(unixTime)000"
                let sign = Self.code("\(time)\n\(secret.reveal())", key: secret.reveal())
                address +=
                    (address.contains("?") ? "&" : "?") + "timestamp=\(time)&sign=\(PercentEncoding.encode(sign))"
            case .feishu:
                body["timestamp"] = .string("\(unixTime)")
                body["sign"] = .string(Self.code("", key: "\(unixTime)\n\(secret.reveal())"))
            case .weCom: break
            }
        }
        return HTTPRequest(
            .post, address, headers: ["Content-Type": "application/json; charset=utf-8"],
            body: Array(JSON.object(body).text.utf8), responseLimit: 1 << 20)
    }

    private static func code(_ text: String, key: String) -> String {
        Base64.encode(HMACSHA256.code(for: Array(text.utf8), key: Array(key.utf8)))
    }

    private func body(of notice: Notice) -> JSON {
        switch self {
        case .dingTalk:
            [
                "msgtype": "markdown",
                "markdown": [
                    "title": .string(notice.title), "text": .string("#### \(notice.title)\n\n\(notice.text)"),
                ],
            ]
        case .weCom:
            ["msgtype": "markdown", "markdown": ["content": .string("### \(notice.title)\n\(notice.text)")]]
        case .feishu:
            [
                "msg_type": "interactive",
                "card": [
                    "config": ["wide_screen_mode": true],
                    "header": ["template": "blue", "title": ["tag": "plain_text", "content": .string(notice.title)]],
                    "elements": [["tag": "markdown", "content": .string(notice.text)]],
                ],
            ]
        }
    }
}

extension BotPlatform {
    /// What an answer means. What the platform says of itself is shown, its texts hold no secret of ours.
    func answer(to response: HTTPResponse, unixTime: Int64) -> DeliveryAnswer {
        let plain = DeliveryAnswer(
            status: response.status, headers: response.headers, words: response.words, unixTime: unixTime)
        guard plain.verdict == .accepted else { return resting(plain, response) }
        guard let json = try? JSON.parse(response.body), let code = code(in: json) else {
            return .failed("the platform answered in another form: \(response.words)", status: response.status)
        }
        if code == 0 { return plain }
        let words = json["errmsg"]?.string ?? json["msg"]?.string ?? ""
        let reason = "code \(code): \(words.prefix(160))" + (hint(code).map { " (\($0))" } ?? "")
        let verdict: DeliveryAnswer.Verdict = pause(code).map { .busy(for: $0) } ?? .failed
        return DeliveryAnswer(verdict: verdict, status: response.status, reason: reason)
    }

    private func code(in json: JSON) -> Int? {
        json[self == .feishu ? "code" : "errcode"]?.int ?? (self == .feishu ? json["StatusCode"]?.int : nil)
    }

    /// Feishu says in a header of its own when its limit begins anew, also with status 400.
    private func resting(_ answer: DeliveryAnswer, _ response: HTTPResponse) -> DeliveryAnswer {
        guard self == .feishu, let seconds = response.headers["x-ogw-ratelimit-reset"].flatMap({ Int64($0) }),
            (0...3600).contains(seconds)
        else { return answer }
        return DeliveryAnswer(
            verdict: .busy(for: .seconds(seconds)), status: answer.status, reason: answer.reason)
    }

    /// How long a code asks us to wait.
    private func pause(_ code: Int) -> Duration? {
        switch (self, code) {
        case (.dingTalk, 130_101): .seconds(600)
        case (.dingTalk, 90_002), (.dingTalk, 90_018), (.dingTalk, 90_019): .seconds(60)
        case (.weCom, 45_009), (.feishu, 11_232), (.feishu, 99_991_400): .seconds(60)
        default: nil
        }
    }

    /// What a person can do about a code.
    private func hint(_ code: Int) -> String? {
        switch (self, code) {
        case (.dingTalk, 310_000): "compare keyword, sign_secret and allowed addresses with the bot's settings"
        case (.weCom, 93_000): "the bot's address is wrong, or the bot was removed"
        case (.weCom, 40_058): "the message is too long"
        case (.feishu, 19_021): "compare sign_secret, and this machine's clock"
        case (.feishu, 19_022): "this machine's address is not among those the bot allows"
        case (.feishu, 19_024): "write the bot's keyword into 'keyword'"
        default: nil
        }
    }
}
