import PlumblineKit
import Synchronization

/// Counts what goes through to another transport.
final class ListeningTransport: Transport {
    private let inner: any Transport
    private let requests = Mutex(0)

    init(_ inner: any Transport) {
        self.inner = inner
    }

    var count: Int { requests.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(ConnectorError) -> HTTPResponse {
        requests.withLock { $0 += 1 }
        return try await inner.send(request)
    }
}
