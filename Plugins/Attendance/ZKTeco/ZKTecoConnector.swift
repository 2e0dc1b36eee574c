public import PlumblineKit

/// Attendance terminals of ZKTeco that push what they have to us (ADMS, "cloud server"), a record for each person and day.
///
/// - Shape: terminals call `/iclock/`; the lines of `table=ATTLOG` are kept, each once, before the terminal hears `OK`. A record
///   for each person and day with a punch, up to yesterday; days that late lines touch are told again.
/// - Unit: lines show the terminal's clock without zone: that of `devices`, by default the connection's. Days are the
///   connection's and begin at `day_starts`; times UTC, spans in seconds.
/// - Unknown: a day whose punches do not pair up, or on which a punch cannot be read (an hour that summer time shows twice, a
///   clock that was reset, a state that is not listed, one that tells no direction beside others that do), has
///   `missing_punch` and no worked time.
/// - Rejects: lines whose number, time or state cannot be read, though the terminal hears `OK` so that it goes on; lines that
///   show a time before `since` behind later ones of their terminal; lines of a terminal that `devices` lists no longer. Their
///   days are unknown. A terminal that is gone stays there as `retired`.
/// - Leaves out: names, cards, fingers, faces, pictures and the operation log, which are answered `OK` and never kept; columns
///   of lines behind the first four, unless a setting names them; whoever did not come at all; what a terminal that is offline
///   has not sent yet. BioTime's REST interface and the binary protocol at TCP 4370 are not spoken.
/// - Rights: none. A terminal proves nothing: whoever reaches the address and knows a serial number can send punches.
/// - Not confirmed: `.aspx` paths, registry and push of protocol 3, minutes in `TimeZone`, states 2 and 3. What a
///   `Stamp` is, and whether it covers all lines of its request, is not asked: terminals send their whole log when they connect,
///   unless `send_from: held` says otherwise.
/// - Source: PUSH SDK HTTP Protocol V3.2.0 (2018), Attendance PUSH Communication Protocol 4.8 (2024).
public struct ZKTecoConnector: DeviceAnswering {
    /// `attendance.zkteco`.
    public static let description = ConnectorDescription(
        id: "attendance.zkteco", family: .attendance, name: LocalizedText(zh: "中控考勤机", en: "ZKTeco terminals"),
        apiVersion: "ADMS push (PUSH SDK 2.4, 3.x)", documentation: "https://www.zkteco.com/en/SDK",
        settings: ZKTecoSettings.all,
        streams: [
            StreamDescription(
                name: "attendance_days", help: LocalizedText(zh: "每人每天的打卡", en: "The punches of each person and day"),
                recordType: "attendance_day", deletions: [.reported, .neverKnown], isIncremental: true,
                fields: FoldedDay.fields)
        ])

    /// All terminals call there.
    public static let deviceRoot = "/iclock/"

    private let terminals: ZKTecoTerminals
    private let answers: ZKTecoAnswers
    private let days: ZKTecoDays
    private let context: ConnectorContext
    /// What is looked at before a request is read.
    public let deviceRules: DeviceRules

    /// Refuses settings that do not fit together.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        let clock = PunchClock(
            utcOffset: context.utcOffset, dayStarts: Int(settings[PunchSettings.dayStarts].components.seconds))
        terminals = try ZKTecoTerminals(settings[ZKTecoSettings.devices], clock: clock, context: context)
        let layout = try ZKTecoLayout(settings)
        answers = ZKTecoAnswers(settings, entries: ZKTecoEntries(layout: layout, terminals: terminals))
        let reader = try ZKTecoReader(settings, layout: layout, terminals: terminals, clock: clock)
        days = try ZKTecoDays(settings, reader: reader, clock: clock, context: context)
        deviceRules = DeviceRules(
            bodyBytes: settings[ZKTecoSettings.maxBody], requestsPerSecond: settings[ZKTecoSettings.requests],
            newEntriesPerDay: settings[ZKTecoSettings.newLines], keepDays: settings[ZKTecoSettings.keepDays],
            silentAfter: settings[ZKTecoSettings.silentAfter])
        self.context = context
    }

    /// The serial number is the one thing by which a terminal is known.
    public static func serial(in parameters: DeviceParameters) -> String? { parameters["SN"] }

    /// Those that the connection lists and that are not retired.
    public var devices: [Device] { terminals.devices }

    /// The answer to a terminal, with the lines that it brings.
    public func answer(_ request: DeviceRequest, in state: DeviceState) -> DeviceAnswer {
        answers.answer(request, in: state)
    }

    /// Tells when each terminal has called last.
    public func check() async throws(ConnectorError) -> CheckReport {
        let contacts = try await context.deviceLog?.contacts() ?? [:]
        return CheckReport(
            source: nil,
            remarks: devices.map { device in
                let name = [device.serial, device.place].compactMap(\.self).joined(separator: ", ")
                return "\(name): " + (contacts[device.serial].map { "called last at \($0)" } ?? "has never called")
            })
    }

    /// The next days.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        guard Self.description.stream(named: stream) != nil else { throw .unknownStream(stream, of: Self.description) }
        return try await days.page(after: cursor)
    }
}
