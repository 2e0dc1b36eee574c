public import PlumblineKit

/// An attendance terminal that pushes what it has, written from the reference of ADMS / iclock push.
///
/// - Handshake (1): `GET /iclock/cdata?SN=..&options=all`; it reads `Stamp` or `ATTLOGStamp` of the answer, by its firmware, and
///   goes on behind that mark: 0 or None sends everything, a mark beyond its last one only what is new.
/// - Options (2): `POST table=options` behind the handshake.
/// - Punches (4): `POST table=ATTLOG&Stamp=<mark of the last line>`, a batch of lines; the same lines again until the answer begins
///   with `OK`. What a mark is differs by firmware (not confirmed): here the number of the line.
/// - Others (5): the operation log with names and cards, fingers, pictures, faces; a number of bytes that are no UTF-8.
/// - Poll (6), result (7), ping (8): as the reference has them.
/// - Power loss (4): what was sent before is sent again.
/// - Clearing the log, at the menu or at its keys: what it notes next is its first line again.
///
/// What it hears beyond the reference is a fault.
public actor ZKTecoTerminal {
    /// How it speaks.
    public struct Firmware: Sendable {
        /// Whether paths end in `.aspx` (not confirmed).
        public var appendsASPX = false
        /// What ends a line.
        public var lineEnd = "\n"
        /// Whether it reads the marks of older firmware.
        public var readsOldMarks = false
        /// How many lines it sends at once.
        public var batch = 4
        /// What it writes behind the four columns that all firmware has.
        public var further = "\t0\t0\t0"

        /// A terminal of these days.
        public init() {}

        /// An old one.
        public static var old: Firmware {
            var old = Firmware()
            (old.appendsASPX, old.lineEnd, old.readsOldMarks, old.batch) = (true, "\r\n", true, 2)
            old.further = ""
            return old
        }
    }

    /// What it sends.
    public struct Request: Sendable {
        /// The verb.
        public let method: HTTPMethod
        /// Path and query.
        public let target: String
        /// The body.
        public let body: [UInt8]

        /// A request.
        public init(method: HTTPMethod, target: String, body: [UInt8] = []) {
            (self.method, self.target, self.body) = (method, target, body)
        }
    }

    /// What it hears.
    public struct Reply: Sendable {
        /// The status of HTTP.
        public let status: Int
        /// The body.
        public let text: String

        /// An answer.
        public init(status: Int, text: String) { (self.status, self.text) = (status, text) }
    }

    /// Sends a request; nil where nobody answers.
    public typealias Send = @Sendable (Request) async throws -> Reply?

    /// The serial number.
    public nonisolated let serial: String
    private let firmware: Firmware
    private let send: Send
    /// The lines in its flash memory.
    private var lines: [String] = []
    /// How many of them were acknowledged, as far as it remembers.
    private var acknowledged = 0
    private var isConnected = false
    /// What was answered otherwise than the reference says.
    public private(set) var faults: [String] = []
    /// The options that it was told last.
    public private(set) var options: [String: String] = [:]

    /// A terminal that sends with `send`.
    public init(_ serial: String, firmware: Firmware = Firmware(), send: @escaping Send) {
        (self.serial, self.firmware, self.send) = (serial, firmware, send)
    }

    /// The lines that are not acknowledged yet.
    public var pending: Int { lines.count - acknowledged }

    /// Whether all lines are acknowledged and nothing was answered otherwise than the reference says.
    public var isContent: Bool { pending == 0 && faults.isEmpty }

    /// Notes that somebody punched when its clock showed `shown`, such as `2026-03-02 08:31:05`.
    public func punch(_ pin: String, _ shown: String, status: String = "0", verify: String = "1") {
        note("\(pin)\t\(shown)\t\(status)\t\(verify)\(firmware.further)")
    }

    /// Notes a line, whatever it is.
    public func note(_ line: String) { lines.append(line) }

    /// Forgets that its last lines were acknowledged, as after a power loss, and connects anew with the next request.
    public func losePower(forgetting count: Int) {
        acknowledged = max(0, acknowledged - count)
        isConnected = false
    }

    /// Clears its log, as somebody does at the menu when it is full, and connects anew with the next request.
    public func clearLog() {
        (lines, acknowledged, isConnected) = ([], 0, false)
    }
}

// MARK: - What it does

extension ZKTecoTerminal {
    /// Connects where it is not, and sends all lines that are not acknowledged, as far as it gets.
    public func work() async throws {
        if !isConnected { try await connect() }
        while isConnected, acknowledged < lines.count {
            let end = min(lines.count, acknowledged + firmware.batch)
            let body = lines[acknowledged..<end].map { $0 + firmware.lineEnd }.joined()
            guard try await upload("ATTLOG", Array(body.utf8), stamp: end) else { return }
            acknowledged = end
        }
    }

    /// Greets the server and goes on behind the mark that it is told.
    public func connect() async throws {
        let query = "SN=\(serial)&options=all&pushver=2.4.1&language=83"
        guard let reply = try await ask(.get, "cdata", query) else { return }
        guard reply.status == 200 else { return }
        let told = reply.text.split(whereSeparator: \.isNewline).map(String.init)
        expect(told.first == "GET OPTION FROM: \(serial)", "the handshake begins with '\(told.first ?? "")'")
        options = [:]
        for line in told.dropFirst() {
            let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
            options[parts[0]] = parts.count > 1 ? parts[1] : ""
        }
        checkOptions()
        let mark = options[firmware.readsOldMarks ? "Stamp" : "ATTLOGStamp"] ?? ""
        if mark == "None" || mark == "0" { acknowledged = 0 } else { acknowledged = min(Int(mark) ?? 0, lines.count) }
        isConnected = true
        let about = "~DeviceName=T1,MAC=00:17:61:00:00:00,TransactionCount=\(lines.count)"
        _ = try await upload("options", Array(about.utf8), stamp: nil)
    }

    /// Sends what nobody is to keep: names and cards, a finger, a face, a picture.
    public func sendPersonalData(_ canary: String) async throws {
        // A name in GBK, which is no UTF-8.
        let name: [UInt8] = [0xD5, 0xC5, 0xC8, 0xFD]
        let user =
            Array("USER PIN=1001\tName=".utf8) + name
            + Array("\(canary)\tPri=0\tPasswd=\(canary)\tCard=\(canary)\tGrp=1\n".utf8)
        for (table, body) in [
            ("OPERLOG", user + Array("FP PIN=1001\tFID=6\tSize=12\tValid=1\tTMP=\(canary)\n".utf8)),
            ("ATTPHOTO", Array("PIN=20260302083105-1001.jpg\nSN=\(serial)\nsize=3\nCMD=uploadphoto\0\(canary)".utf8)),
            ("BIODATA", Array("BIODATA Pin=1001\tNo=0\tTmp=\(canary)\n".utf8)), ("USERINFO", user),
        ] {
            _ = try await upload(table, body, stamp: 9999)
        }
    }

    /// Asks for commands, tells of the result of one, and asks whether somebody is there.
    public func poll() async throws {
        for (method, path, query) in [
            (HTTPMethod.get, "getrequest", "SN=\(serial)&INFO=Ver%208.0.4.2-20180630,12,8,\(lines.count),192.0.2.7"),
            (.post, "devicecmd", "SN=\(serial)"), (.get, "ping", "SN=\(serial)"),
        ] {
            guard let reply = try await ask(method, path, query, Array("ID=101&Return=0&CMD=CHECK\n".utf8)) else {
                return
            }
            expect(reply.status != 200 || reply.text.hasPrefix("OK"), "\(path) is answered with '\(reply.text)'")
        }
    }

    private func upload(_ table: String, _ body: [UInt8], stamp: Int?) async throws -> Bool {
        let mark = stamp.map { "&Stamp=\($0)" } ?? ""
        guard let reply = try await ask(.post, "cdata", "SN=\(serial)&table=\(table)\(mark)", body) else {
            return false
        }
        return reply.status == 200 && reply.text.hasPrefix("OK")
    }

    private func ask(
        _ method: HTTPMethod, _ path: String, _ query: String, _ body: [UInt8] = []
    ) async throws -> Reply? {
        let target = "/iclock/\(path)\(firmware.appendsASPX ? ".aspx" : "")?\(query)"
        let reply = try await send(Request(method: method, target: target, body: method == .post ? body : []))
        // Nobody there: connect anew once somebody is.
        if reply.map({ $0.status != 200 }) ?? true { isConnected = false }
        return reply
    }

    private func checkOptions() {
        let known: Set = [
            "Stamp", "OpStamp", "PhotoStamp", "ATTLOGStamp", "OPERLOGStamp", "ATTPHOTOStamp", "ErrorDelay", "Delay",
            "TransTimes", "TransInterval", "TransFlag", "TimeZone", "Realtime", "Encrypt",
        ]
        for name in options.keys where !known.contains(name) { faults.append("there is no option \(name)") }
        for name in known.subtracting(["TimeZone"]) where options[name] == nil { faults.append("no \(name)") }
        let flag = options["TransFlag"] ?? ""
        for name in ["Photo", "User", "Enroll", "FP", "Face", "OpLog"] {
            expect(!flag.contains(name), "TransFlag asks for \(name)")
        }
    }

    private func expect(_ holds: Bool, _ fault: String) { if !holds { faults.append(fault) } }
}
