public import PlumblineKit

/// Office automation systems (approvals, objectives, documents) Plumbline can read, in alphabetical order.
public enum OAFamily {
    /// None yet.
    public static let connectors: [any Connector.Type] = []
}
