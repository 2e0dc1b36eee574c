internal import CSandbox
internal import Glibc
internal import PlumblineKit

/// Listens to a program and holds it to its limits. Every call may wait; one thread calls at a time.
struct ProgramWatch {
    private let child: StartedChild
    private let folder: PrivateFolder
    private let options: SandboxOptions
    private let stay: PlainUsers.Stay?
    /// How long we have listened so far: what the host takes for itself is not the program's.
    private var listened = Duration.zero
    private var lines: LineSplitter
    private var tail: DiagnosticTail
    private var written = 0
    private var lineCount = 0
    private var heard = ContinuousClock.now
    private var cause: ProgramEnd.Cause?
    private var ended = ContinuousClock.now
    private var isOutputOver = false
    private var areErrorsOver = false
    private(set) var isClosed = false

    /// How long it waits before it looks whether it is to stop.
    private static let slice = Int32(100)
    private static let chunk = 256 << 10

    init(
        _ child: StartedChild, folder: PrivateFolder, options: SandboxOptions, stay: PlainUsers.Stay?,
        tail: DiagnosticTail
    ) {
        self.child = child
        self.stay = stay
        self.folder = folder
        self.options = options
        self.tail = tail
        lines = LineSplitter(limit: options.maxLineBytes)
        // Fewer turns between the two; where the system refuses, the usual size does.
        let setPipeSize = Int32(1031)
        _ = fcntl(child.output, setPipeSize, Int32(Self.chunk))
    }

    /// The next lines; nil behind the last.
    mutating func read(unless isStopped: () -> Bool) throws(ConnectorError) -> [ProgramLine]? {
        heard = .now
        while !isOutputOver {
            let found = try listen(unless: isStopped)
            if !found.isEmpty {
                lineCount += found.count
                try check(lineCount <= options.maxLines, "wrote more than \(options.maxLines) lines", "max_lines")
                return found
            }
        }
        return nil
    }

    /// Waits for its end.
    mutating func waitForEnd(unless isStopped: () -> Bool) throws(ConnectorError) -> ProgramEnd {
        heard = .now
        while cause == nil { _ = try listen(unless: isStopped) }
        close()
        return ProgramEnd(cause ?? .exited(0), diagnostics: tail.finish())
    }

    /// Asks it to end, gives it a moment, and ends it with all that it started.
    mutating func stop() {
        if isClosed { return }
        if cause == nil {
            send(child.lifeline, "T", 1, Int32(MSG_NOSIGNAL))
            let limit = ContinuousClock.now + options.grace
            while cause == nil, ContinuousClock.now < limit { _ = takeIn() }
        }
        close()
    }

    /// Ends whatever is left of it.
    private mutating func close() {
        if isClosed { return }
        isClosed = true
        isOutputOver = true
        Glibc.close(child.lifeline)
        child.reap()
        while !areErrorsOver, takeErrors(waiting: false) {}
        for descriptor in [child.output, child.errors, child.report] { Glibc.close(descriptor) }
        folder.remove()
        stay?.leave()
    }
}

// MARK: - Listening

extension ProgramWatch {
    /// What comes within a moment, held to the limits.
    private mutating func listen(unless isStopped: () -> Bool) throws(ConnectorError) -> [ProgramLine] {
        if isStopped() {
            stop()
            throw .cancelled
        }
        let begun = ContinuousClock.now
        let found = takeIn()
        let now = ContinuousClock.now
        listened += now - begun
        try check(
            written <= options.maxOutputBytes, "wrote more than \(options.maxOutputBytes) bytes", "max_output_bytes")
        try checkTime(listened, options.timeOut, "has not ended after", "time_out")
        if cause == nil { try checkTime(now - heard, options.silence, "has said nothing for", "silence") }
        return found
    }

    private mutating func check(_ holds: Bool, _ what: String, _ key: String) throws(ConnectorError) {
        if holds { return }
        stop()
        throw .unexpected(reason: "the program \(what), more than 'sandbox: \(key)' allows; it was stopped")
    }

    private mutating func checkTime(
        _ time: Duration, _ limit: Duration, _ what: String, _ key: String
    ) throws(ConnectorError) {
        if time < limit { return }
        stop()
        let last = tail.finish().last.map { "; it said last: \($0)" } ?? ""
        throw .unavailable(
            reason: "the program \(what) \(limit.components.seconds) s ('sandbox: \(key)'); it was stopped\(last)",
            retryAfter: nil)
    }

    /// Waits for a moment for any of its outputs and takes what comes; gives the lines that are whole.
    private mutating func takeIn() -> [ProgramLine] {
        var watched = [
            pollfd(fd: isOutputOver ? -1 : child.output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: areErrorsOver ? -1 : child.errors, events: Int16(POLLIN), revents: 0),
            pollfd(fd: cause == nil ? child.report : -1, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&watched, nfds_t(watched.count), Self.slice)
        if watched[2].revents != 0 { takeReport() }
        if watched[1].revents != 0 { _ = takeErrors(waiting: true) }
        if watched[0].revents != 0 { return takeOutput() }
        // What it left behind may hold its output open for ever.
        if cause != nil, ContinuousClock.now - ended > options.linger { return endOutput() }
        return []
    }

    private mutating func takeReport() {
        ended = .now
        guard let report = StartedChild.nextReport(child.report), report.kind == Int32(csandbox_ended) else {
            cause = .signal(Int(SIGKILL))
            return
        }
        let signal = report.detail & 0x7F
        cause = signal == 0 ? .exited(Int(report.detail >> 8 & 0xFF)) : .signal(Int(signal))
    }

    private mutating func takeOutput() -> [ProgramLine] {
        let bytes = Self.take(child.output)
        if bytes.isEmpty { return endOutput() }
        heard = .now
        written += bytes.count
        return lines.feed(bytes)
    }

    private mutating func endOutput() -> [ProgramLine] {
        if isOutputOver { return [] }
        isOutputOver = true
        return lines.finish().map { [$0] } ?? []
    }

    /// Whether there was something.
    private mutating func takeErrors(waiting: Bool) -> Bool {
        var watched = pollfd(fd: child.errors, events: Int16(POLLIN), revents: 0)
        if !waiting, poll(&watched, 1, 0) != 1 { return false }
        let bytes = Self.take(child.errors)
        if bytes.isEmpty {
            areErrorsOver = true
            return false
        }
        heard = .now
        tail.feed(bytes)
        return true
    }

    private static func take(_ descriptor: Int32) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: chunk) { buffer, count in
            repeat { count = Glibc.read(descriptor, buffer.baseAddress, chunk) } while count < 0 && errno == EINTR
            count = max(count, 0)
        }
    }
}
