public import PlumblineKit

/// Ticketing systems Plumbline can read, in alphabetical order.
public enum TicketingFamily {
    /// The list, which the executable registers.
    public static let connectors: [any Connector.Type] = [
        JiraConnector.self,
        RedmineConnector.self,
        RequestTrackerConnector.self,
        RoundupConnector.self,
        ZendeskConnector.self,
    ]
}
