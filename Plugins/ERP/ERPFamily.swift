public import PlumblineKit

/// ERP systems (sales, purchasing, finance, stock) Plumbline can read, in alphabetical order.
public enum ERPFamily {
    /// None yet.
    public static let connectors: [any Connector.Type] = []
}
