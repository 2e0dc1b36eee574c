internal import PlumblineKit

/// The last lines of a program's standard error, without secrets, however much it writes there.
struct DiagnosticTail {
    private static let keptLines = 40
    /// Characters of a line that are told.
    private static let longestLine = 1000
    /// So many lines are told while it runs, of the first that are looked at.
    private static let toldLines = 20
    private static let watchedLines = 2000
    private static let alarming = ["error", "critical", "fatal", "warn"]

    private let redaction: Redaction
    private let log: @Sendable (String) -> Void
    private var splitter = LineSplitter(limit: LineSplitter.keptOfLongLine)
    /// As they came.
    private var lines: [ProgramLine] = []
    private var seen = 0
    private var told = 0

    /// Keeps what is fed, and tells `log` the first lines that speak of errors or warnings.
    init(redaction: Redaction, log: @escaping @Sendable (String) -> Void) {
        self.redaction = redaction
        self.log = log
    }

    mutating func feed(_ bytes: [UInt8]) {
        for line in splitter.feed(bytes) { keep(line) }
    }

    /// The last lines, once no more are to come.
    mutating func finish() -> [String] {
        if let last = splitter.finish() { keep(last) }
        return lines.map(shown).filter { !$0.allSatisfy(\.isWhitespace) }
    }

    private mutating func keep(_ line: ProgramLine) {
        lines.append(line)
        if lines.count > Self.keptLines { lines.removeFirst() }
        seen += 1
        if told < Self.toldLines, seen <= Self.watchedLines { tell(shown(line)) }
    }

    private mutating func tell(_ text: String) {
        let small = text.lowercased()
        guard Self.alarming.contains(where: small.contains) else { return }
        told += 1
        log(text)
    }

    private func shown(_ line: ProgramLine) -> String {
        let text =
            line.isCut
            ? redaction.conceal(beginning: line.bytes)
            : redaction.conceal(String(decoding: line.bytes, as: UTF8.self))
        return String(text.prefix(Self.longestLine))
    }
}
