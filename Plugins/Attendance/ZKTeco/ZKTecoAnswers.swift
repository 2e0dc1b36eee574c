import PlumblineKit

/// What terminals hear at `/iclock/`.
struct ZKTecoAnswers: Sendable {
    let entries: ZKTecoEntries
    private let handshake: ZKTecoHandshake

    init(_ settings: Settings, entries: ZKTecoEntries) {
        self.entries = entries
        handshake = ZKTecoHandshake(settings, terminals: entries.terminals)
    }

    /// Some firmware writes `/iclock/cdata.aspx`.
    func answer(_ request: DeviceRequest, in state: DeviceState) -> DeviceAnswer {
        let path = request.path.lowercased()
        switch path.hasSuffix(".aspx") ? String(path.dropLast(5)) : path {
        case "cdata": return request.method == .post ? taken(request) : greeting(request, state)
        case "getrequest", "devicecmd", "ping": return Self.ok
        case "registry": return DeviceAnswer(text: "RegistryCode=\(request.serial)\n")
        case "push": return DeviceAnswer(text: handshake.options(of: request, state))
        default: return DeviceAnswer(status: 404, text: "not found\n")
        }
    }

    private func greeting(_ request: DeviceRequest, _ state: DeviceState) -> DeviceAnswer {
        DeviceAnswer(text: "GET OPTION FROM: \(request.serial)\n\(handshake.options(of: request, state))")
    }

    /// Tables of names, fingers, faces and pictures, and of what people did at the menu: nothing of them is ever kept.
    private static let unread: Set = [
        "operlog", "attphoto", "biodata", "biophoto", "errorlog", "face", "fingertmp", "fp", "facev7", "options",
        "tabledata", "user", "userinfo", "userpic", "idcard", "fvein",
    ]

    private func taken(_ request: DeviceRequest) -> DeviceAnswer {
        let table = request.parameters["table"]?.lowercased() ?? ""
        guard table == "attlog" else {
            var answer = Self.ok
            if !Self.unread.contains(table) { answer.complaint = "table \(table.asName) is not read" }
            return answer
        }
        let entries = entries.entries(in: request)
        return DeviceAnswer(
            text: "OK: \(entries.count)\n", entries: entries, stamp: request.parameters["Stamp"].flatMap(Self.stamp))
    }

    /// Marks are numbers; anything else is not remembered. Some firmware writes 9999 with whatever it sends, the word for "only
    /// what is new": to hold that might lose what it noted while nobody was there.
    private static func stamp(_ text: String) -> String? {
        text != "9999" && (1...20).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
            ? text : nil
    }

    private static let ok = DeviceAnswer(text: "OK\n")
}

extension String {
    /// A word that somebody sent, safe to be shown: letters and digits of it, a few.
    fileprivate var asName: String {
        let letters = unicodeScalars.filter { $0.isASCII && ($0.properties.isAlphabetic || $0.value == 0x5F) }
        return isEmpty ? "without a name" : "'\(String(String.UnicodeScalarView(letters.prefix(20))))'"
    }
}

/// The options that a terminal is told when it connects.
struct ZKTecoHandshake: Sendable {
    private let terminals: ZKTecoTerminals
    private let startsAnew: Bool
    private let zone: String
    private let flag: String
    private let delays: (delay: Int, error: Int, minutes: Int)
    private let isRealtime: Bool

    init(_ settings: Settings, terminals: ZKTecoTerminals) {
        func seconds(_ setting: Setting<Duration>) -> Int { Int(settings[setting].components.seconds) }
        self.terminals = terminals
        startsAnew = settings[ZKTecoSettings.sendFrom] == "start"
        zone = settings[ZKTecoSettings.timeZone]
        flag = settings[ZKTecoSettings.transFlag]
        delays = (
            seconds(ZKTecoSettings.delay), seconds(ZKTecoSettings.errorDelay), seconds(ZKTecoSettings.interval) / 60
        )
        isRealtime = settings[ZKTecoSettings.realtime]
    }

    /// The marks stand under the names that older and newer firmware reads. Of what is not read only news would be sent.
    func options(of request: DeviceRequest, _ state: DeviceState) -> String {
        let stamp = startsAnew ? "0" : state.stamp ?? "0"
        var lines = [
            "Stamp=\(stamp)", "OpStamp=9999", "PhotoStamp=9999", "ATTLOGStamp=\(stamp)", "OPERLOGStamp=9999",
            "ATTPHOTOStamp=9999", "ErrorDelay=\(delays.error)", "Delay=\(delays.delay)", "TransTimes=00:00;14:05",
            "TransInterval=\(max(1, delays.minutes))", "TransFlag=\(flag)",
        ]
        if let ahead = timeZone(of: request) { lines.append("TimeZone=\(ahead)") }
        lines += ["Realtime=\(isRealtime ? 1 : 0)", "Encrypt=None"]
        return lines.map { "\($0)\n" }.joined()
    }

    /// How far the terminal's clock is ahead of UTC now: `8`, `5.5`, `-3.5`, or in minutes.
    private func timeZone(of request: DeviceRequest) -> String? {
        guard zone != "none", let clock = terminals.clock(of: request.serial) else { return nil }
        let minutes = clock.utcOffset(request.received) / 60
        if zone == "minutes" { return "\(minutes)" }
        let (hours, rest) = abs(minutes).quotientAndRemainder(dividingBy: 60)
        let fraction = rest == 0 ? "" : [15: ".25", 30: ".5", 45: ".75"][rest] ?? ""
        return "\(minutes < 0 ? "-" : "")\(hours)\(fraction)"
    }
}
