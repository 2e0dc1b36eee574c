public import PlumblineKit

/// Attendance systems and devices Plumbline can read, in alphabetical order.
public enum AttendanceFamily {
    /// The list, which the executable registers.
    public static let connectors: [any Connector.Type] = [
        DingTalkAttendanceConnector.self,
        FeishuAttendanceConnector.self,
        PunchLogConnector.self,
        TrytonAttendanceConnector.self,
        WeComAttendanceConnector.self,
        ZKTecoConnector.self,
    ]
}
