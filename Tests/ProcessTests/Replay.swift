import Foundation
import PlumblineKit
import PlumblineTesting

@testable import ProcessConnectors

/// Lines of a program, read for one stream as from a run that ends so.
struct Replay {
    /// Everything as one page.
    let page: Page
    let state: JSON?
    /// Why the stream was not read to its end; nil where it was.
    let failure: ConnectorError?

    init(_ lines: [String], by messages: some MessageReader, end: ProgramEnd = ProgramEnd(.exited(0))) {
        self.init(lines.map { ProgramLine(bytes: Array($0.utf8)[...]) }, by: messages, end: end)
    }

    init<Messages: MessageReader>(
        _ lines: [ProgramLine], by messages: Messages, end: ProgramEnd = ProgramEnd(.exited(0))
    ) {
        var reading = StreamReading(messages)
        var failure: ConnectorError?
        do throws(ConnectorError) {
            for line in lines { try reading.take(line) }
            try reading.finish(end)
        } catch {
            failure = error
        }
        self.failure = failure
        state = reading.messages.state
        page = reading.draft.page(cursor: Cursor(text: ""), hasMore: false)
    }

    /// A recording of the shared folder as its lines.
    static func recorded(_ name: String) throws -> [String] {
        let text = try String(contentsOf: SharedFolder.file("vectors/\(name)"), encoding: .utf8)
        return text.split(separator: "\n").map(String.init)
    }

    /// The objects under `path` of all lines that have it.
    static func objects(_ lines: [String], _ path: String..., of stream: String) throws -> [JSON] {
        try lines.map { try JSON.parse(Array($0.utf8)) }.compactMap { line -> JSON? in
            let isOurs = (line["stream"] ?? line["record"]?["stream"])?.string == stream
            return isOurs ? path.reduce(line as JSON?) { $0?[$1] } : nil
        }
    }
}
