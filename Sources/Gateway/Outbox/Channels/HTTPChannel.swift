internal import Expressions
internal import PlumblineKit
internal import ReviewStore

/// Sends each event as a request of its own, signed.
struct HTTPChannel: DeliveryChannel {
    let url: String
    let signer: WebhookSigner
    let text: EventText
    let transport: GuardedTransport

    let eventsPerMessage = 1

    func send(_ events: [OutgoingEvent], at now: Timestamp) async -> (count: Int, answer: DeliveryAnswer)? {
        guard let event = events.first else { return nil }
        let body = Array(text.json(event, withKey: false).utf8)
        do throws(SinkFault) {
            let headers = try signer.headers(key: event.event.key, unixTime: now.seconds, body: body)
            let request = HTTPRequest(.post, url, headers: headers, body: body, responseLimit: 1 << 20)
            return await transport.deliver(request, at: now).map { (1, $0) }
        } catch {
            return (1, .failed(error.description))
        }
    }

    func close() async { await transport.shutdown() }
}

extension GuardedTransport {
    /// Sends a message once and reads the answer; nil where the work was cancelled.
    func deliver(_ request: HTTPRequest, at now: Timestamp) async -> DeliveryAnswer? {
        do throws(ConnectorError) {
            let response = try await sendOnce(request)
            return DeliveryAnswer(
                status: response.status, headers: response.headers, words: response.words, unixTime: now.seconds)
        } catch .cancelled {
            return nil
        } catch {
            return .failed(error.plainReason)
        }
    }
}

extension ConnectorError {
    /// What went wrong, as one line.
    var plainReason: String {
        switch self {
        case .settings(let field, let reason): "\(field): \(reason)"
        case .refused(let status, let hint): "status \(status): \(hint)"
        case .unavailable(let reason, _), .unexpected(let reason): reason
        case .cancelled: "cancelled"
        }
    }
}
