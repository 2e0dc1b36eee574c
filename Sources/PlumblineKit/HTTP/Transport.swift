/// The only way from a connector to the network.
///
/// The host gives each connection a guarded one; tests give a canned one. A connector sends a request and reads the
/// answer. It never retries, never sleeps and never follows a redirect: the transport does that within the
/// connection's budget and says what is left as a `ConnectorError`:
///
/// | what happened | what the connector gets |
/// |---|---|
/// | 401, 403 | `.refused` with the status and the answer's first words |
/// | 429, 5xx, no connection, time-out, cut-off body, after all retries | `.unavailable`, with the time to wait if given |
/// | redirect to another host, body too large, forbidden address | `.unexpected`, naming hosts, limit, address |
/// | the task was cancelled | `.cancelled` |
/// | any other status, 404 and 422 among them | the response |
///
/// The time to wait stands in `Retry-After`, or where ``SourceHeaders`` of the request say.
public protocol Transport: Sendable {
    /// Sends a request and waits for the whole answer.
    func send(_ request: HTTPRequest) async throws(ConnectorError) -> HTTPResponse
}
