public import PlumblineKit

/// Survey systems (satisfaction, culture, 360) Plumbline can read, in alphabetical order.
public enum SurveyFamily {
    /// The list, which the executable registers.
    public static let connectors: [any Connector.Type] = [
        DjaoDjinConnector.self,
        LimeSurveyConnector.self,
        WjxConnector.self,
    ]
}
