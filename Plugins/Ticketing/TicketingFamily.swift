public import PlumblineKit

/// Ticketing systems Plumbline can read, in alphabetical order.
public enum TicketingFamily {
    /// The list, which the executable registers.
    public static let connectors: [any Connector.Type] = [
        GLPIConnector.self,
        JiraConnector.self,
        RedmineConnector.self,
        RequestTrackerConnector.self,
        RoundupConnector.self,
        ZendeskConnector.self,
    ]
}
