import PlumblineKit

/// Asks services, one request at a time. No session is kept: each request proves who asks.
///
/// A token that ends in the middle of a run is replaced, once for each request.
actor SAPClient {
    private let base: HTTPURL
    private let transport: any Transport
    private let access: SAPAccess
    private let token: SAPToken?
    private let client: String?
    private let language: String?
    private let redaction: Redaction

    /// Refuses settings that lack what their way in needs.
    init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        do {
            base = try HTTPURL(settings[SAPSettings.baseURL])
        } catch {
            throw .settings(field: "base_url", reason: error.reason)
        }
        transport = context.transport
        access = try SAPAccess(settings: settings)
        token = access.grant.map { SAPToken(grant: $0, transport: context.transport, now: context.now) }
        client = settings[SAPSettings.client]
        language = settings[SAPSettings.language]
        redaction = Redaction(secrets: access.secrets)
    }

    /// The entities under a path of the server's. The system's client and language go along.
    func answer(
        _ path: [String], query: [(String, String)], _ version: ODataVersion
    ) async throws(ConnectorError) -> (ODataAnswer, from: String) {
        let own = [("sap-client", client), ("sap-language", language)].compactMap { name, value in
            value.map { (name, $0) }
        }
        let url = base.appending(path, query: query + own).description
        return (try answer(in: try await response(url), version), url)
    }

    /// The entities at an address that the server gave, which must be the server's own; nil where it takes it no longer:
    /// links may end, as sessions do.
    func answer(
        following link: String, _ version: ODataVersion
    ) async throws(ConnectorError) -> (ODataAnswer, from: String)? {
        let url = try address(of: link, from: link)
        let response = try await anyResponse(url)
        guard ![400, 404, 410].contains(response.status) else { return nil }
        return (try answer(in: try checked(response), version), url)
    }

    /// The address of a link in an answer that came from `url`.
    func address(of link: String, from url: String) throws(ConnectorError) -> String {
        let target: HTTPURL
        do {
            target = try HTTPURL(url).resolving(link)
        } catch {
            throw .unexpected(reason: "the server leads to what is no address: \(error.reason)")
        }
        guard target.origin == base.origin else {
            throw .unexpected(
                reason: "the server leads to \(target.origin) for the rest of a list, and base_url is \(base.origin); "
                    + "no link to elsewhere is followed: is the address known to the server (a proxy's host, the port)?"
            )
        }
        return target.description
    }

    private func answer(in response: HTTPResponse, _ version: ODataVersion) throws(ConnectorError) -> ODataAnswer {
        guard let media = response.mediaType, media.hasSuffix("json") else {
            throw .unexpected(
                reason:
                    "\(response.summary) answered \(response.mediaType ?? "without a type"), not JSON; a page to log "
                    + "in means a wrong client ('client'), or a user who is locked or expired: \(redaction.conceal(response.excerpt()))"
            )
        }
        let json = try response.json()
        do throws(JSONShapeError) {
            return try ODataAnswer(json, version)
        } catch {
            throw .unexpected(
                reason:
                    "\(response.summary): \(error.reason); is the service of another version than \(version.rawValue)?")
        }
    }

    private func response(_ url: String) async throws(ConnectorError) -> HTTPResponse {
        try checked(try await anyResponse(url))
    }

    private func anyResponse(_ url: String) async throws(ConnectorError) -> HTTPResponse {
        do throws(ConnectorError) {
            return try await send(url)
        } catch {
            throw error.inWords(of: redaction)
        }
    }

    private func checked(_ response: HTTPResponse) throws(ConnectorError) -> HTTPResponse {
        guard response.isSuccess else {
            let words = ODataFault.words(in: response.text) ?? response.excerpt(200)
            let hint = response.status == 404 ? "; is the service active, and does it have this set?" : ""
            throw .unexpected(
                reason: "\(response.summary) answered \(response.status): \(redaction.conceal(words))\(hint)")
        }
        return response
    }

    private func send(_ url: String) async throws(ConnectorError) -> HTTPResponse {
        guard let token else { return try await transport.send(request(url, access.basic ?? "")) }
        let (text, isNew) = try await token.current()
        do throws(ConnectorError) {
            return try await transport.send(request(url, "Bearer \(text)"))
        } catch {
            guard case .refused(status: 401, _) = error, !isNew else { throw error }
            await token.forget()
            return try await transport.send(request(url, "Bearer \(try await token.current().text)"))
        }
    }

    private func request(_ url: String, _ authorization: String) -> HTTPRequest {
        var headers: HTTPHeaders = ["Authorization": authorization, "Accept": "application/json"]
        headers["sap-client"] = client
        headers["sap-language"] = language
        return HTTPRequest(.get, url, headers: headers)
    }
}

extension ConnectorError {
    /// With the server's code and words where the hint is a whole complaint.
    fileprivate func inWords(of redaction: Redaction) -> ConnectorError {
        guard case .refused(let status, let hint) = self, let words = ODataFault.words(in: hint) else { return self }
        return .refused(status: status, hint: redaction.conceal(words))
    }
}
