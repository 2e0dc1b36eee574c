public import PlumblineKit

/// What any system may send to us in a form of ours or of its own, in alphabetical order.
public enum WebhookFamily {
    /// The list, which the executable registers.
    public static let connectors: [any Connector.Type] = [
        JSONWebhookConnector.self,
        MetricWebhookConnector.self,
    ]
}
