import PlumblineKit

/// A server that refuses every request and repeats its credentials in the answer.
struct EchoingTransport: Transport {
    func send(_ request: HTTPRequest) async throws(ConnectorError) -> HTTPResponse {
        let credentials = request.headers.fields.filter { Redaction.isSecretName($0.name) }
            .flatMap { $0.value.split(separator: " ").map(String.init) }
        let text = JSON.string("bad request, you sent \(credentials.joined(separator: " "))")
        let body: JSON = ["message": text, "error": ["status": 400, "msg": text], "errors": [text]]
        return HTTPResponse(
            status: 400, headers: ["Content-Type": "application/json"], body: body.bytes, url: request.url,
            method: request.method, redaction: Redaction(secrets: credentials))
    }
}
