public import PlumblineKit

extension CallbackRefusal {
    /// One word that stays the same over versions, for logs and counters.
    public var code: String {
        switch self {
        case .missing(.header): "missing_header"
        case .missing(.field): "missing_field"
        case .missing: "missing"
        case .repeated: "repeated"
        case .oversize: "oversize"
        case .malformed(.body, _): "body"
        case .malformed: "malformed"
        case .ambiguous: "ambiguous"
        case .noSignature, .signature: "signature"
        case .token: "token"
        case .notATime, .time: "timestamp"
        case .notEncrypted: "not_encrypted"
        case .undecryptable(let fault): fault.code
        case .owner: "owner"
        case .unavailable: "unavailable"
        }
    }

    /// What happened and what to look at, for the log.
    public var reason: LocalizedText {
        switch self {
        case .missing(let part): part.text(zh: "缺少", en: "is missing")
        case .repeated(let part): part.text(zh: "重复出现的", en: "stands there more than once")
        case .oversize(let part, let limit):
            LocalizedText(
                zh: "\(part.name.zh)超过 \(limit) 字节", en: "\(part.name.en) is longer than \(limit) bytes")
        case .malformed(let part, let form), .notATime(let part, let form):
            LocalizedText(
                zh: "\(part.name.zh)不是\(form.name.zh)", en: "\(part.name.en) is not \(form.name.en)")
        case .ambiguous(let part):
            LocalizedText(
                zh: "\(part.name.zh)含有签名内容的分隔符", en: "\(part.name.en) holds the mark that separates signed parts")
        case .noSignature(let part, let form):
            LocalizedText(
                zh: "\(part.name.zh)里没有 \(form) 形式的签名", en: "\(part.name.en) holds no signature of the form \(form)")
        case .signature(let part):
            LocalizedText(
                zh: "\(part.name.zh)里的签名不符：密钥不同，或者内容在途中被改动",
                en: "the signature in \(part.name.en) does not match: another key, or bytes changed on the way")
        case .token(let part):
            LocalizedText(zh: "\(part.name.zh)里的令牌不是本连接的", en: "the token in \(part.name.en) is not ours")
        case .time(let seconds, let tolerance): Self.text(secondsAgo: seconds, tolerance: tolerance)
        case .notEncrypted:
            LocalizedText(
                zh: "本连接设置了加密密钥，收到的内容却没有加密", en: "the body is not encrypted, though a key for that is set")
        case .undecryptable(let fault): fault.reason
        case .owner:
            LocalizedText(
                zh: "解密后的内容属于另一个企业或应用：请核对 owner_key、receive_id 或 app_key",
                en: "the decrypted text belongs to another company or app: compare owner_key, receive_id or app_key")
        case .unavailable(let reason):
            LocalizedText(zh: "加密库不能工作：“\(reason)”", en: "the cryptographic library does not work: \(reason)")
        }
    }

    private static func text(secondsAgo seconds: Int64, tolerance: Int64) -> LocalizedText {
        let (zh, en) = seconds < 0 ? ("晚", "ahead of") : ("早", "behind")
        return LocalizedText(
            zh: "发送时间比本机时间\(zh) \(seconds.magnitude) 秒，允许 \(tolerance) 秒：旧请求重放，或者时钟不准",
            en: "the sender's time is \(seconds.magnitude) s \(en) ours, \(tolerance) s are allowed: "
                + "an old request sent again, or a clock that is wrong")
    }
}

extension CallbackRefusal: CustomStringConvertible {
    /// The reason in English.
    public var description: String { reason.en }
}

extension CallbackPart {
    /// What the part is called in a sentence.
    var name: LocalizedText {
        switch self {
        case .header(let name): LocalizedText(zh: "请求头 \(name) ", en: "header \(name)")
        case .query: LocalizedText(zh: "查询字符串", en: "the query")
        case .parameter(let name): LocalizedText(zh: "查询参数 \(name) ", en: "query parameter \(name)")
        case .body: LocalizedText(zh: "请求体", en: "the body")
        case .field(let name): LocalizedText(zh: "字段 \(name) ", en: "field \(name)")
        }
    }

    fileprivate func text(zh: String, en: String) -> LocalizedText {
        LocalizedText(zh: zh + name.zh, en: "\(name.en) \(en)")
    }
}

extension CallbackForm {
    /// What the form is called in a sentence.
    var name: LocalizedText {
        switch self {
        case .base64: LocalizedText(zh: " base64", en: "base64")
        case .form: LocalizedText(zh: "表单编码", en: "an encoded form")
        case .json: LocalizedText(zh: " JSON", en: "the documented JSON")
        case .milliseconds: LocalizedText(zh: "毫秒时间戳", en: "a count of milliseconds since 1970")
        case .percentEncoding: LocalizedText(zh: "正确的百分号编码", en: "percent-encoded UTF-8")
        case .rfc3339: LocalizedText(zh: " RFC 3339 时间", en: "a time in RFC 3339")
        case .seconds: LocalizedText(zh: "秒级时间戳", en: "a count of seconds since 1970")
        case .text: LocalizedText(zh: "规定长度的文字", en: "a text of the documented length")
        case .xml: LocalizedText(zh: " XML", en: "the documented XML")
        }
    }
}

extension DecryptionFault {
    var code: String {
        switch self {
        case .base64: "base64"
        case .blocks: "block_size"
        case .padding: "padding"
        case .length: "length"
        case .text: "body"
        }
    }

    var reason: LocalizedText {
        switch self {
        case .base64: LocalizedText(zh: "密文不是 base64", en: "the encrypted text is not base64")
        case .blocks: LocalizedText(zh: "密文不是整数个分组", en: "the encrypted text is not whole blocks")
        case .padding:
            LocalizedText(
                zh: "解密后的填充不对：加密密钥多半不同", en: "the padding of the decrypted text is wrong: mostly another key")
        case .length:
            LocalizedText(zh: "解密后的长度字段超出内容", en: "the length in the decrypted text reaches beyond its end")
        case .text: LocalizedText(zh: "解密后的内容不是 UTF-8", en: "the decrypted text is not UTF-8")
        }
    }
}
