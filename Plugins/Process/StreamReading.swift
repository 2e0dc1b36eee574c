import PlumblineKit

/// What a protocol makes of a program's messages about one stream: no process, no clock, no file.
protocol MessageReader: Sendable {
    /// The stream that is read.
    var stream: String { get }
    /// What the program may go on from: its last state of which everything that came before it was read.
    var state: JSON? { get }
    /// What records are known by; nil where that was not read yet.
    var keys: RecordKeys? { get }
    /// Reads a message, an object with a `type`.
    mutating func read(
        _ message: JSON, type: String, line: Int, into draft: inout PageDraft
    ) throws(ConnectorError)
    /// Hears that a line could not be read, which may have been a record.
    mutating func missed()
    /// Says what the program's end means for the stream; throws where it was not read to its end.
    mutating func finish(_ end: ProgramEnd, into draft: inout PageDraft) throws(ConnectorError)
}

/// Reads a program's output line by line.
///
/// A line that begins like a message and is none, has one behind other text, or is too long, is rejected: it may have been a
/// record, and is kept as any other that cannot be used, known by its contents. What does not look like a message is what
/// programs print beside them, and is counted. A half line at the end of a program that failed says nothing.
struct StreamReading<Messages: MessageReader>: Sendable {
    var messages: Messages
    var draft = PageDraft()
    private var line = 0
    /// Lines that could not be read.
    private var unreadable = 0
    /// A program that prints more of them speaks another language.
    private static var mostUnreadable: Int { 10_000 }
    private var half: ArraySlice<UInt8>?

    init(_ messages: Messages) { self.messages = messages }

    mutating func take(_ text: ProgramLine) throws(ConnectorError) {
        line += 1
        draft.note(bytes: text.bytes.count)
        if text.isCut { return try reject(text.bytes, Self.tooLong) }
        let bytes = line == 1 ? text.bytes.withoutMark : text.bytes
        guard let first = bytes.first(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return }
        guard first == UInt8(ascii: "{") else {
            if bytes.holdsMessage { return try reject(bytes, Self.notAlone) }
            return draft.remark(messages.stream, "the program printed lines among its messages that are none")
        }
        let message: JSON
        do throws(JSONSyntaxError) {
            message = try JSON.parse(bytes)
        } catch {
            guard text.isClosed else {
                half = bytes
                return
            }
            return try reject(bytes, Self.noJSON(error))
        }
        guard let type = message["type"]?.string else {
            return draft.remark(messages.stream, "the program printed objects without a type")
        }
        try messages.read(message, type: type, line: line, into: &draft)
    }

    mutating func finish(_ end: ProgramEnd) throws(ConnectorError) {
        if let half, end.isSuccess { try reject(half, Self.halfLine) }
        try messages.finish(end, into: &draft)
    }

    private mutating func reject(_ bytes: ArraySlice<UInt8>, _ reason: LocalizedText) throws(ConnectorError) {
        draft.reject(reason, Array(bytes), line: line)
        messages.missed()
        unreadable += 1
        if unreadable > Self.mostUnreadable {
            throw .unexpected(reason: "more than \(Self.mostUnreadable) lines of the program are no messages")
        }
    }

    private static var notAlone: LocalizedText {
        LocalizedText(
            zh: "这一行在消息之前还有别的文字，读不出这条消息",
            en: "a message stands behind other text on its line, and cannot be read")
    }

    private static var tooLong: LocalizedText {
        LocalizedText(
            zh: "这一行超过 sandbox 的 max_line_bytes，只保留了开头",
            en: "the line is longer than 'max_line_bytes' of 'sandbox'; only its beginning is kept")
    }

    private static var halfLine: LocalizedText {
        LocalizedText(zh: "输出在这一行中间结束", en: "the output ends in the middle of the line")
    }

    private static func noJSON(_ error: JSONSyntaxError) -> LocalizedText {
        LocalizedText(
            zh: "这一行不是 JSON（第 \(error.column) 个字节：\(error.message)）",
            en: "the line is no JSON (byte \(error.column): \(error.message))")
    }
}

extension ArraySlice<UInt8> {
    /// Without the mark of the order of bytes that some programs begin with.
    fileprivate var withoutMark: Self { starts(with: [0xEF, 0xBB, 0xBF]) ? dropFirst(3) : self }

    /// Whether a message seems to stand in a line: a member `type` with a text in capital letters, behind a brace or bracket.
    fileprivate var holdsMessage: Bool {
        guard contains(UInt8(ascii: "{")) else { return false }
        let name = Array(#""type""#.utf8)
        return indices.contains { start in
            guard self[start] == name[0], self[start...].starts(with: name) else { return false }
            let rest = self[(start + name.count)...].drop { $0 == 0x20 }
            guard rest.first == UInt8(ascii: ":") else { return false }
            let value = rest.dropFirst().drop { $0 == 0x20 }.prefix(2)
            return value.first == UInt8(ascii: "\"") && (0x41...0x5A).contains(value.last ?? 0)
        }
    }
}

extension ProgramLine {
    /// Whether the line is a message of the type STATE.
    var isState: Bool { (try? JSON.parse(bytes))?["type"] == "STATE" }
}
