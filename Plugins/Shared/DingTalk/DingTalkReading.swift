import PlumblineKit

/// The two generations of DingTalk's API, each with a token of its own.
enum DingTalkGeneration: Sendable {
    /// `oapi.dingtalk.com`: always status 200, the token in the query.
    case legacy
    /// `api.dingtalk.com`: errors as status 4xx, the token in a header.
    case new
}

/// What an answer means.
enum DingTalkReading {
    case answer(JSON)
    /// The system says which error it is.
    case failure(code: String, text: String)

    /// Reads an answer of either generation.
    ///
    /// - Throws: `unavailable` where our address called too often, `unexpected` for what is not in the documented form.
    init(_ response: HTTPResponse, from generation: DingTalkGeneration) throws(ConnectorError) {
        let document = try Self.document(response)
        switch generation {
        case .legacy: self = try Self.legacy(document, response)
        case .new: self = try Self.new(document, response)
        }
    }

    private static func legacy(_ document: JSON, _ response: HTTPResponse) throws(ConnectorError) -> DingTalkReading {
        guard response.isSuccess, let code = document["errcode"]?.scalarText else {
            throw .unexpected(
                reason: "\(response.summary) answered \(response.status) without an errcode: \(response.excerpt(200))")
        }
        if code == "0" { return .answer(document) }
        // 88 is a failed check whose code stands beside it.
        let subCode = document["sub_code"]?.scalarText ?? ""
        let text = document["sub_msg"]?.string ?? document["errmsg"]?.string ?? ""
        return .failure(code: code == "88" && !subCode.isEmpty ? subCode : code, text: String(text.prefix(200)))
    }

    private static func new(_ document: JSON, _ response: HTTPResponse) throws(ConnectorError) -> DingTalkReading {
        if response.isSuccess, document.object != nil, document["success"] != false { return .answer(document) }
        guard let code = document["code"]?.scalarText else {
            throw .unexpected(
                reason: "\(response.summary) answered \(response.status) without a code: \(response.excerpt(200))")
        }
        return .failure(code: code, text: String((document["message"]?.string ?? "").prefix(200)))
    }

    private static func document(_ response: HTTPResponse) throws(ConnectorError) -> JSON {
        let start = String(decoding: response.body.prefix(4096), as: UTF8.self)
        let isPage = start.drop(while: \.isWhitespace).hasPrefix("<")
        if isPage, start.contains("punish") || start.contains("x5sec") { throw denied(response) }
        let document: JSON
        do throws(ConnectorError) {
            document = try response.json()
        } catch {
            guard isPage, case .unexpected(let reason) = error else { throw error }
            throw .unexpected(
                reason: reason
                    + "; such a page comes from something before DingTalk, or from its guard against too many calls")
        }
        if document["status"] == 1111 { throw denied(response) }
        return document
    }

    /// More than 10000 calls in 20 seconds from one address: all are refused for five minutes.
    private static func denied(_ response: HTTPResponse) -> ConnectorError {
        .unavailable(
            reason: "\(response.summary): DingTalk refuses our address for some minutes, because it called too often",
            retryAfter: .seconds(300))
    }
}

/// What is to be done about an error of the system.
enum DingTalkFailure {
    /// Codes of a token that is not, or no longer, valid.
    private static let tokenCodes: Set = ["33001", "40001", "42001", "40014", "InvalidAuthentication"]
    /// Codes of more calls a second than are allowed.
    private static let rateCodes: Set = ["90002", "90018", "90019", "-1"]

    static func isAboutToken(_ code: String) -> Bool { tokenCodes.contains(code) }

    static func isAboutRate(_ code: String) -> Bool { rateCodes.contains(code) || code.contains("QpsLimit") }

    static func isAboutQuota(_ code: String) -> Bool { code == "90020" || code.contains("ApiCountLimitForOrg") }

    static let usedUp = ConnectorError.refused(
        status: 403,
        hint:
            "the month's quota of calls to DingTalk's API is used up; waiting does not help before next month: "
            + "read less often, or buy more calls")

    /// The error for a code that nothing else is done about.
    static func error(_ code: String, _ text: String, of call: String, hint: String = "") -> ConnectorError {
        if isAboutQuota(code) { return usedUp }
        let message = "\(call): DingTalk says \(code) \(text)"
        return code == "60011" || code == "88" || code.hasPrefix("Forbidden")
            ? .refused(status: 403, hint: "\(message); give the app the right to this call")
            : .unexpected(reason: hint.isEmpty ? message : "\(message); \(hint)")
    }
}
