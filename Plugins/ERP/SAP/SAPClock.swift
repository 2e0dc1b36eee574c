import PlumblineKit

extension LocalClock {
    /// Clocks of times that the server writes without an offset: the connection's zone's, or UTC.
    init(sap settings: Settings, _ context: ConnectorContext) {
        let isUTC = settings[SAPSettings.writtenTimes] == "utc"
        let utc: @Sendable (Instant) -> Int = { _ in 0 }
        self.init(utcOffset: isUTC ? utc : context.utcOffset)
    }
}
