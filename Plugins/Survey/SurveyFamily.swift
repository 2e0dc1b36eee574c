public import PlumblineKit

/// Survey systems (satisfaction, culture, 360) Plumbline can read, in alphabetical order.
public enum SurveyFamily {
    /// None yet.
    public static let connectors: [any Connector.Type] = []
}
