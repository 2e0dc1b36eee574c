internal import Glibc
internal import PlumblineKit

/// Cuts a program's output into lines, and never holds more of a line than its limit.
struct LineSplitter {
    /// Of a line that is too long so much is kept, to be shown.
    static let keptOfLongLine = 4096

    private let limit: Int
    /// The beginning of a line that has not ended.
    private var open: [UInt8] = []
    /// Whether the line that is open is too long already: its rest is dropped.
    private var isCut = false

    /// A splitter of lines with at most `limit` bytes.
    init(limit: Int) { self.limit = limit }

    /// The lines that these bytes complete.
    mutating func feed(_ bytes: [UInt8]) -> [ProgramLine] {
        var (start, from) = (0, open.count)
        open += bytes
        var lines: [ProgramLine] = []
        while let end = lineEnd(from: from) {
            lines.append(line(open[start..<end], isClosed: true))
            (start, from) = (end + 1, end + 1)
        }
        if start > 0 { open = Array(open[start...]) }
        if open.count > limit || isCut, open.count > Self.keptOfLongLine {
            isCut = true
            open = Array(open.prefix(Self.keptOfLongLine))
        }
        return lines
    }

    /// What stands behind the last line end; nil where nothing does.
    mutating func finish() -> ProgramLine? {
        if open.isEmpty { return nil }
        let last = line(open[...], isClosed: false)
        open = []
        return last
    }

    private func lineEnd(from start: Int) -> Int? {
        open.withUnsafeBytes { bytes in
            guard start < bytes.count, let base = bytes.baseAddress else { return nil }
            return memchr(base + start, 0x0A, bytes.count - start).map { UnsafeRawPointer($0) - base }
        }
    }

    private mutating func line(_ bytes: ArraySlice<UInt8>, isClosed: Bool) -> ProgramLine {
        let isTooLong = isCut || bytes.count > limit
        isCut = false
        return ProgramLine(
            bytes: isTooLong ? bytes.prefix(Self.keptOfLongLine) : bytes, isCut: isTooLong, isClosed: isClosed)
    }
}
