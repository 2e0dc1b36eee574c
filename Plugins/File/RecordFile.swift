import PlumblineKit
import RecordFiles

/// The one stream of a file connector.
///
/// A file that only grew is read on; one that changed before the cursor is read again from its start. What stands behind
/// the last complete record is emitted as it is, and read again once the file has changed, since more of it may have
/// been written. A file that is not UTF-8 is read again from its start whenever it has changed.
actor RecordFile<Parser: TextParser> {
    nonisolated let name: String
    private let form: FileForm
    nonisolated let idFields: [String]
    private let pageSize: Int
    private let context: ConnectorContext
    /// A reading between two pages of a run, and the cursor after which it goes on.
    private var kept: (reading: Reading, selection: FieldSelection, cursor: Cursor)?

    /// How much of a file is asked for at a time.
    static var chunkSize: Int { 1 << 20 }

    /// A file that is being read.
    private struct Reading {
        var parser: Parser
        var place: FilePlace
        /// Where the bytes begin that come next.
        var readTo = 0
        /// The bytes that were fed and do not count into the digest yet; they end at `readTo`.
        var undigested: [UInt8] = []
        /// Whether the last byte that was fed ends a line.
        var endsWithLine = false
    }

    init(name: String, form: FileForm, idFields: [String], pageSize: Int, context: ConnectorContext) {
        self.name = name
        self.form = form
        self.idFields = idFields
        self.pageSize = pageSize
        self.context = context
    }

    /// Up to `pageSize` records after `cursor`, a few more where the file ends without a line end.
    func batch(after cursor: Cursor?, reading selection: FieldSelection) async throws(ConnectorError) -> BatchPage {
        let selection = wanted(selection)
        let stamp = try await context.files.stamp(of: name)
        var page = BatchPage(batch: SourceBatch(fields: selection.names), identifiers: [], cursor: nil, hasMore: false)
        var reading: Reading
        if let kept, kept.cursor == cursor, kept.selection == selection, kept.reading.place.stamp == stamp {
            reading = kept.reading
            self.kept = nil
        } else {
            let place = try await resume(cursor, stamp)
            if place.isEnd, place.stamp == stamp {
                page.cursor = place.cursor
                return page
            }
            reading = try await open(place, stamp, selection)
        }
        page.hasMore = try await read(&reading, into: &page.batch)
        let after = reading.place.cursor
        page.cursor = after
        // Whole records are asked for between two pages, to show what is wrong with some.
        if page.hasMore, selection != .whole || kept == nil { kept = (reading, selection, after) }
        page.identifiers = page.batch.identify(by: idFields)
        return page
    }

    /// The names of the columns; empty for JSON.
    func columns() async throws(ConnectorError) -> [String] {
        let stamp = try await context.files.stamp(of: name)
        let reading = try await open(FilePlace(stamp: stamp), stamp, .fields([]))
        guard reading.parser.isReady else {
            throw .unexpected(reason: "'\(name)' has no header; its first line must name the columns")
        }
        return reading.parser.columns
    }
}

// MARK: - Reading on

extension RecordFile {
    /// Where to read on.
    private func resume(_ cursor: Cursor?, _ stamp: FileStamp) async throws(ConnectorError) -> FilePlace {
        guard let cursor else { return FilePlace(stamp: stamp) }
        var place = try FilePlace(cursor)
        if place.stamp == stamp { return place }
        guard form.encoding == .utf8, stamp.size >= place.position.offset,
            try await digest(upTo: place.position.offset) == place.digest
        else {
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
            let bytes = try await context.files.bytes(of: name, at: offset, upTo: min(Self.chunkSize, end - offset))
            if bytes.isEmpty { break }
            bytes.withUnsafeBytes { digest.add($0) }
            offset += bytes.count
        }
        return digest
    }

    /// The file opened at a place, its header read.
    private func open(
        _ place: FilePlace, _ stamp: FileStamp, _ selection: FieldSelection
    ) async throws(ConnectorError) -> Reading {
        var place = place
        place.stamp = stamp
        place.isEnd = false
        var reading = Reading(
            parser: try faults { () throws(FileFault) in try Parser(form, selection, limits: FileLimits()) },
            place: place)
        try await readHeader(&reading)
        if place.position.offset > 0 {
            reading.parser.resume(at: place.position)
            reading.readTo = place.position.offset
            reading.undigested = []
        } else if place.records > 0 {
            try await skip(place.records, &reading, selection)
        }
        return reading
    }

    /// Reads a table's header; one without a line end is left until more of it has been written.
    private func readHeader(_ reading: inout Reading) async throws(ConnectorError) {
        var nothing = SourceBatch(fields: [])
        while !reading.parser.isReady {
            let progress = try faults { () throws(FileFault) in try reading.parser.parse(0, into: &nothing) }
            guard progress == .hungry else { return }
            if try await feed(&reading) { continue }
            guard reading.readTo == 0 || reading.endsWithLine else { return }
            reading.parser.close()
        }
    }

    /// Goes on behind records that were read before, in a file whose bytes cannot be counted.
    private func skip(
        _ count: Int, _ reading: inout Reading, _ selection: FieldSelection
    ) async throws(ConnectorError) {
        reading.place.records = 0
        var passed = SourceBatch(fields: selection.names)
        while reading.place.records < count {
            passed.removeAll()
            guard try await read(&reading, into: &passed, upTo: count - reading.place.records) else { break }
        }
    }

    /// Reads records and notes how far it came; whether the file has more.
    private func read(
        _ reading: inout Reading, into batch: inout SourceBatch, upTo count: Int? = nil
    ) async throws(ConnectorError) -> Bool {
        let goal = count ?? pageSize
        var hasMore = reading.parser.isReady || reading.readTo < reading.place.stamp.size
        while hasMore {
            let read = batch.count + batch.rejected.count
            let progress = try faults { () throws(FileFault) in
                try reading.parser.parse(goal - read, into: &batch)
            }
            if progress == .full { break }
            if progress == .hungry, try await feed(&reading) { continue }
            hasMore = false
        }
        note(&reading, batch)
        if !hasMore {
            reading.place.isEnd = true
            try finish(&reading, into: &batch)
        }
        return hasMore
    }

    /// Notes where the next record begins, and digests the bytes before it.
    private func note(_ reading: inout Reading, _ batch: SourceBatch) {
        reading.place.records += batch.count + batch.rejected.count
        reading.place.position = reading.parser.position
        let first = reading.readTo - reading.undigested.count
        let passed = min(max(0, reading.place.position.offset - first), reading.undigested.count)
        reading.undigested.withUnsafeBytes { reading.place.digest.add(UnsafeRawBufferPointer(rebasing: $0[..<passed])) }
        reading.undigested.removeFirst(passed)
    }

    /// Reads what stands behind the last complete record, without noting it.
    private func finish(_ reading: inout Reading, into batch: inout SourceBatch) throws(ConnectorError) {
        guard reading.parser.isReady else { return }
        reading.parser.close()
        while try faults({ () throws(FileFault) in try reading.parser.parse(pageSize, into: &batch) }) == .full {}
    }

    /// Feeds the next bytes; false where the file has none.
    private func feed(_ reading: inout Reading) async throws(ConnectorError) -> Bool {
        let bytes = try await context.files.bytes(of: name, at: reading.readTo, upTo: Self.chunkSize)
        if bytes.isEmpty { return false }
        bytes.withUnsafeBytes { reading.parser.feed($0) }
        reading.readTo += bytes.count
        reading.endsWithLine = bytes.last == UInt8(ascii: "\n") || bytes.last == UInt8(ascii: "\r")
        if form.encoding == .utf8 { reading.undigested += bytes }
        return true
    }

    private func faults<Result>(_ work: () throws(FileFault) -> Result) throws(ConnectorError) -> Result {
        do throws(FileFault) {
            return try work()
        } catch {
            throw .unexpected(reason: "'\(name)', \(error)")
        }
    }
}

// MARK: - Identifiers

extension RecordFile {
    /// The fields that are read: those that were asked for, and those that identify a record.
    private func wanted(_ selection: FieldSelection) -> FieldSelection {
        switch selection {
        case .fields(let names): .fields(names + idFields.filter { !names.contains($0) })
        case .whole: .whole
        }
    }

    /// The identifiers of a page, for a sweep over a file that is complete.
    ///
    /// - Throws: `.unavailable` when the file changes during the sweep, `.unexpected` when a record's identifier cannot
    ///   be read: both would make records look vanished that are not.
    func identifiers(after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        if let cursor, try await context.files.stamp(of: name) != FilePlace(cursor).stamp {
            throw .unavailable(reason: "'\(name)' changed while its identifiers were listed", retryAfter: nil)
        }
        let page = try await batch(after: cursor, reading: .fields(idFields))
        if let unreadable = page.batch.rejected.first {
            throw .unexpected(reason: "'\(name)' \(unreadable.id) has no readable identifier: \(unreadable.reason)")
        }
        return IdentifierPage(identifiers: page.identifiers, cursor: page.cursor, hasMore: page.hasMore)
    }
}
