/// A connector that gives its records by the batch, as bytes: the fast way for sources of very many records.
///
/// It is told which fields somebody reads, and need not touch the others. What it gives is what ``Connector/page(of:after:)``
/// gives, with the same identifiers, rejects and cursors; the host takes this way where there is one.
public protocol BatchConnector: Connector {
    /// The next batch of `stream` after `cursor`, with at least the fields of `selection`; nil starts at the beginning.
    func batch(
        of stream: String, after cursor: Cursor?, reading selection: FieldSelection
    ) async throws(ConnectorError) -> BatchPage
}

/// One answer of a batch connector.
public struct BatchPage: Sendable {
    /// The records' cells, and what could not be read.
    public var batch: SourceBatch
    /// The identifier of each record of the batch.
    public var identifiers: [String]
    /// Where the stream stands after this page; nil leaves the stored cursor as it is.
    public var cursor: Cursor?
    /// Whether another page follows in this run.
    public var hasMore: Bool

    /// A page.
    public init(batch: SourceBatch, identifiers: [String], cursor: Cursor?, hasMore: Bool) {
        self.batch = batch
        self.identifiers = identifiers
        self.cursor = cursor
        self.hasMore = hasMore
    }
}

extension BatchPage {
    /// The page with its records as JSON; they must have been read whole.
    ///
    /// - Throws: `ConnectorError.unexpected` where a record is no JSON, which its reader would have rejected.
    public func page() throws(ConnectorError) -> Page {
        var records: [SourceRecord] = []
        records.reserveCapacity(batch.count)
        for row in 0..<batch.count {
            records.append(SourceRecord(id: identifiers[row], version: nil, json: try json(row)))
        }
        return Page(records: records, rejected: batch.rejected, cursor: cursor, hasMore: hasMore)
    }

    /// A record that was read whole.
    ///
    /// - Throws: `ConnectorError.unexpected` where it is no JSON.
    public func json(_ row: Int) throws(ConnectorError) -> JSON {
        do throws(JSONSyntaxError) {
            return try JSON.parse(batch.content(batch.cell(0, of: row)))
        } catch {
            throw .unexpected(reason: "line \(batch.rows[row].line): \(error.message)")
        }
    }
}
