public import PlumblineKit

/// What others wrote, as programs that the host runs: one connector for each language they speak, in alphabetical order.
///
/// Two connectors, not one with a setting `protocol`: their settings, states and ways to tell an error differ, and a
/// connector's description says all of that.
public enum ProcessFamily {
    /// The connectors.
    public static let connectors: [any Connector.Type] = [
        AirbyteConnector.self,
        SingerConnector.self,
    ]
}
