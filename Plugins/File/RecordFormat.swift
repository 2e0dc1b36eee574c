import PlumblineKit

/// How lines make up records.
protocol RecordFormat: Sendable {
    /// What stands before the first record, such as a header.
    associatedtype Layout: Sendable

    /// Reads what stands before the first record.
    func layout(from lines: inout LineReader) async throws(ConnectorError) -> (layout: Layout, lines: [Line])

    /// The next record; nil at the end.
    func next(from lines: inout LineReader, _ layout: Layout) async throws(ConnectorError) -> RawRecord?
}

/// The lines of one record, and what they say.
struct RawRecord: Sendable {
    let lines: [Line]
    let content: Result<JSON, JSONShapeError>

    /// `line 12`.
    var place: String { "line \(lines.first?.number ?? 0)" }
}

/// The one stream of a file connector.
struct RecordFile<Format: RecordFormat>: Sendable {
    let name: String
    let format: Format
    let idFields: [String]
    let pageSize: Int
    let context: ConnectorContext

    /// Up to `pageSize` records after `cursor`.
    ///
    /// A file that only grew is read on; one that changed before the cursor is read again from its start. A last line
    /// without end is emitted, and read again once the file has changed, since more of it may have been written.
    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let stamp = try await context.files.stamp(of: name)
        var place = try await resume(cursor, stamp)
        if place.isEnd, place.stamp == stamp { return Page(cursor: place.cursor, hasMore: false) }
        place.stamp = stamp
        var header = LineReader(name, in: context.files)
        let (layout, headerLines) = try await format.layout(from: &header)
        guard headerLines.allSatisfy(\.isTerminated) else {
            place.isEnd = true
            return Page(cursor: place.cursor, hasMore: false)
        }
        if place.offset == 0 { place.pass(headerLines) }
        var page = Page(cursor: nil, hasMore: true)
        var lines = LineReader(name, in: context.files, at: place.offset, line: place.line)
        while page.records.count + page.rejected.count < pageSize {
            guard let raw = try await format.next(from: &lines, layout) else {
                page.hasMore = false
                break
            }
            add(raw, to: &page)
            guard raw.lines.allSatisfy(\.isTerminated) else {
                page.hasMore = false
                break
            }
            place.pass(raw.lines)
        }
        place.isEnd = !page.hasMore
        page.cursor = place.cursor
        return page
    }

    /// Where to read on.
    private func resume(_ cursor: Cursor?, _ stamp: FileStamp) async throws(ConnectorError) -> FilePlace {
        guard let cursor else { return FilePlace(stamp: stamp) }
        var place = try FilePlace(cursor)
        if place.stamp == stamp { return place }
        guard stamp.size >= place.offset, try await digest(upTo: place.offset) == place.digest else {
            context.log("the file has changed; reading it again from the start")
            return FilePlace(stamp: stamp)
        }
        place.isEnd = false
        return place
    }

    private func digest(upTo end: Int) async throws(ConnectorError) -> PrefixDigest {
        var digest = PrefixDigest()
        var offset = 0
        while offset < end {
            let wanted = min(LineReader.chunkSize, end - offset)
            let bytes = try await context.files.bytes(of: name, at: offset, upTo: wanted)
            if bytes.isEmpty { break }
            digest.add(bytes)
            offset += bytes.count
        }
        return digest
    }

    private func add(_ raw: RawRecord, to page: inout Page) {
        do throws(JSONShapeError) {
            let json = try raw.content.get()
            page.records.append(SourceRecord(id: try id(of: json), version: nil, json: json))
        } catch {
            let bytes = Array(raw.lines.map(\.bytes).joined())
            page.rejected.append(RejectedRecord(id: raw.place, reason: error.reason, raw: bytes))
        }
    }

    private func id(of json: JSON) throws(JSONShapeError) -> String {
        var parts: [String] = []
        for field in idFields {
            let part = try json.text(at: field)
            if part.isEmpty { throw JSONShapeError(reason: "'\(field)', which identifies the record, is empty") }
            parts.append(part)
        }
        return parts.joined(separator: "/")
    }
}

extension RecordFile {
    /// The identifiers of a page, for a sweep over a file that is complete.
    ///
    /// - Throws: `.unavailable` when the file changes during the sweep, `.unexpected` when a record's identifier cannot
    ///   be read: both would make records look vanished that are not.
    func identifiers(after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        if let cursor, try await context.files.stamp(of: name) != FilePlace(cursor).stamp {
            throw .unavailable(reason: "'\(name)' changed while its identifiers were listed", retryAfter: nil)
        }
        let page = try await page(after: cursor)
        if let unreadable = page.rejected.first {
            throw .unexpected(reason: "'\(name)' \(unreadable.id) has no readable identifier: \(unreadable.reason)")
        }
        return IdentifierPage(identifiers: page.records.map(\.id), cursor: page.cursor, hasMore: page.hasMore)
    }
}
