public import PlumblineKit

/// ERP systems (sales, purchasing, finance, stock) Plumbline can read, in alphabetical order.
public enum ERPFamily {
    /// The list, which the executable registers.
    public static let connectors: [any Connector.Type] = [
        ERPNextConnector.self,
        KingdeeConnector.self,
        OdooConnector.self,
        SAPConnector.self,
        TrytonConnector.self,
        YonyouConnector.self,
    ]
}
