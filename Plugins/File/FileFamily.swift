public import PlumblineKit

/// Files Plumbline can read, in alphabetical order.
public enum FileFamily {
    /// The list, which the executable registers.
    public static let connectors: [any Connector.Type] = [
        CSVConnector.self,
        ImportedFileConnector.self,
        JSONLinesConnector.self,
    ]
}
