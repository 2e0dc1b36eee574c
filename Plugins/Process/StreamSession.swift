import PlumblineKit

/// Reads a program's streams by the page. A run of a stream is one program, which goes on from page to page and is held
/// up between them.
actor StreamSession<Messages: MessageReader> {
    /// A program that is being read.
    private struct Reading {
        let program: any RunningProgram
        var stream: StreamReading<Messages>
        /// Lines that came and were not looked at.
        var waiting: ArraySlice<ProgramLine> = []
        var place: ProgramCursor
        /// Why it ends, once what came before has been handed over.
        var failure: ConnectorError?
    }

    private let pageSize: Int
    /// A program between two pages, and the cursor after which it goes on.
    private var kept: (cursor: Cursor, reading: Reading)?

    init(pageSize: Int) { self.pageSize = pageSize }

    /// The next page after `cursor`; `start` starts the program from a state.
    func page(
        of stream: String, after cursor: Cursor?,
        start: (ProgramCursor) async throws(ConnectorError) -> StartedStream<Messages>
    ) async throws(ConnectorError) -> Page {
        if Task.isCancelled { throw .cancelled }
        var reading: Reading
        if let kept, kept.cursor == cursor, kept.reading.stream.messages.stream == stream {
            reading = kept.reading
            self.kept = nil
        } else {
            await stop()
            let place = try ProgramCursor(cursor)
            let started = try await start(place)
            reading = Reading(
                program: started.program, stream: StreamReading(started.messages), place: started.place)
        }
        return try await page(&reading)
    }

    private func page(_ reading: inout Reading) async throws(ConnectorError) -> Page {
        do throws(ConnectorError) {
            if let failure = reading.failure { throw failure }
            let hasMore = try await fill(&reading)
            return turn(&reading, hasMore: hasMore)
        } catch {
            await reading.program.stop()
            let hasNews = !reading.stream.draft.isEmpty || reading.stream.messages.state != reading.place.state
            guard reading.failure == nil, hasNews, error != .cancelled else { throw error }
            // What came before is as good as ever, and so is the state.
            reading.failure = error
            return turn(&reading, hasMore: true)
        }
    }

    /// Reads until the page is full, or the program has ended well.
    private func fill(_ reading: inout Reading) async throws(ConnectorError) -> Bool {
        while true {
            while let line = reading.waiting.popFirst() {
                try reading.stream.take(line)
                guard reading.stream.draft.isFull(pageSize) else { continue }
                // The state behind a page's last record makes its cursor exact.
                if let next = reading.waiting.first, next.isState {
                    reading.waiting.removeFirst()
                    try reading.stream.take(next)
                }
                return true
            }
            guard let lines = try await reading.program.lines() else { break }
            reading.waiting = lines[...]
        }
        try reading.stream.finish(try await reading.program.end())
        return false
    }

    private func turn(_ reading: inout Reading, hasMore: Bool) -> Page {
        let messages = reading.stream.messages
        reading.place = ProgramCursor(
            state: messages.state, page: hasMore ? reading.place.page + 1 : 0,
            keys: messages.keys?.text ?? reading.place.keys, files: reading.place.files)
        let cursor = reading.place.cursor
        let page = reading.stream.draft.page(cursor: cursor, hasMore: hasMore)
        if hasMore { kept = (cursor, reading) }
        return page
    }

    private func stop() async {
        guard let kept else { return }
        self.kept = nil
        await kept.reading.program.stop()
    }
}

/// A program that was started for a stream.
struct StartedStream<Messages: MessageReader>: Sendable {
    let program: any RunningProgram
    let messages: Messages
    /// Where it goes on, which may be the beginning although a cursor was there.
    let place: ProgramCursor
}

extension Page {
    /// The identifiers of a page, for a sweep over everything that the program has.
    ///
    /// - Throws: `.unexpected` where a record could not be read: leaving it out would make it look vanished.
    func identifiers() throws(ConnectorError) -> IdentifierPage {
        if let unreadable = rejected.first {
            throw .unexpected(reason: "\(unreadable.id) has no readable identifier: \(unreadable.reason)")
        }
        var seen: Set<String> = []
        return IdentifierPage(
            identifiers: records.map(\.id).filter { seen.insert($0).inserted }, cursor: cursor, hasMore: hasMore)
    }
}
