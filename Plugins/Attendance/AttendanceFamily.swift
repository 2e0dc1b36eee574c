public import PlumblineKit

/// Attendance systems and devices Plumbline can read, in alphabetical order.
public enum AttendanceFamily {
    /// None yet.
    public static let connectors: [any Connector.Type] = []
}
