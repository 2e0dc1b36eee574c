internal import Expressions
internal import PlumblineKit

/// Tells people in a group, several events in one notice.
struct BotChannel: DeliveryChannel {
    let target: BotTarget
    let address: Secret
    let signingSecret: Secret?
    let writer: NoticeWriter
    let transport: GuardedTransport

    /// More than anybody reads; what is more comes with the next message.
    let eventsPerMessage = 30

    var pauseBetweenMessages: Duration { .seconds(60) / target.messagesPerMinute }

    func send(_ events: [OutgoingEvent], at now: Timestamp) async -> (count: Int, answer: DeliveryAnswer)? {
        let (notice, count) = writer.notice(of: events)
        guard count > 0 else { return nil }
        let request = target.platform.request(
            notice, to: address, secret: signingSecret, unixTime: now.seconds)
        do throws(ConnectorError) {
            let response = try await transport.sendOnce(request)
            var answer = target.platform.answer(to: response, unixTime: now.seconds)
            answer.reason = answer.reason.map(redaction.conceal)
            return (count, answer)
        } catch .cancelled {
            return nil
        } catch {
            return (count, .failed(error.plainReason))
        }
    }

    func close() async { await transport.shutdown() }

    /// The secret parts of the address are in its query, or in its path.
    private var redaction: Redaction {
        let url = try? HTTPURL(address.reveal())
        let parts = [url?.path, url?.query].compactMap(\.self).flatMap { $0.split { "/&=".contains($0) } }
        let secrets = [signingSecret?.reveal()].compactMap(\.self) + parts.map(String.init)
        return Redaction(secrets: secrets.filter { $0.count > 8 })
    }
}
