/// All pages of a stream, one after the other, each asked for when the one before has been dealt with.
public struct PageSequence<Source: Connector>: AsyncSequence {
    /// Each element is one page.
    public typealias Element = Page
    /// What the connector throws.
    public typealias Failure = ConnectorError

    let source: Source
    let stream: String
    let start: Cursor?

    /// Begins at the sequence's start.
    public func makeAsyncIterator() -> Iterator {
        Iterator(source: source, stream: stream, cursor: start)
    }

    /// Asks for pages until one says that it is the last.
    ///
    /// - Throws: what the connector throws; `ConnectorError.unexpected` when a page promises more but leaves the cursor
    ///   where it was, which would never end; `ConnectorError.cancelled` when the task was cancelled.
    public struct Iterator: AsyncIteratorProtocol {
        let source: Source
        let stream: String
        var cursor: Cursor?
        var isAtEnd = false

        /// The next page; nil after the last.
        public mutating func next() async throws(ConnectorError) -> Page? {
            try await next(isolation: nil)
        }

        /// The next page; nil after the last.
        public mutating func next(isolation: isolated (any Actor)?) async throws(ConnectorError) -> Page? {
            if isAtEnd { return nil }
            if Task.isCancelled { throw .cancelled }
            let page = try await source.page(of: stream, after: cursor)
            guard page.hasMore else {
                isAtEnd = true
                return page
            }
            guard let next = page.cursor, next != cursor else {
                throw .unexpected(reason: "a page of '\(stream)' promises more but does not move on")
            }
            cursor = next
            return page
        }
    }
}

extension Connector {
    /// All pages of `stream` after `cursor`.
    public func pages(of stream: String, after cursor: Cursor? = nil) -> PageSequence<Self> {
        PageSequence(source: self, stream: stream, start: cursor)
    }
}
