internal import Expressions
internal import OpenSSLCrypto
internal import PlumblineKit
internal import ReviewStore

/// What came of sending a test to a sink.
public struct SinkTest: Sendable, Hashable {
    /// The sink's name.
    public let sink: String
    /// What the test's event was known by.
    public let key: String
    /// Whether it was accepted.
    public let isAccepted: Bool
    /// The status of HTTP; nil where there was none.
    public let status: Int?
    /// Why it was not accepted.
    public let error: String?

    init(sink: String, key: String, answer: DeliveryAnswer) {
        (self.sink, self.key, status, error) = (sink, key, answer.status, answer.reason)
        isAccepted = answer.verdict == .accepted
    }

    /// An event of a kind of its own.
    static func event(now: Timestamp) throws(HostError) -> OutboxEvent {
        do throws(CryptoError) {
            let key = "evt_" + Hex.encode(try SecureRandom.bytes(16))
            return OutboxEvent(id: 0, key: key, kind: .test, occurred: now)
        } catch {
            throw .invalid("cannot name the test: \(error)")
        }
    }

    static func payload(of sink: Sink) -> String {
        let payload: JSON = ["sink": .string(sink.name)]
        return payload.text
    }
}
