public import PlumblineKit

/// Office automation systems (approvals, objectives, documents) Plumbline can read, in alphabetical order.
public enum OAFamily {
    /// The list, which the executable registers.
    public static let connectors: [any Connector.Type] = [
        DingTalkConnector.self,
        CompanyDirectoryConnector.self,
        FeishuOAConnector.self,
        WeComOAConnector.self,
    ]
}
