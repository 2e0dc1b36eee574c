public import PlumblineKit

/// Files Plumbline can read, in alphabetical order.
public enum FileFamily {
    public static let connectors: [any Connector.Type] = [
        CSVConnector.self,
        JSONLinesConnector.self,
    ]
}
