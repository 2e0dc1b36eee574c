internal import Indicators
public import ReviewStore

/// What is to be compared with the published values.
public struct LivePreviewRequest: Sendable {
    /// The only connection whose edited mappings are read anew; nil for all.
    public var connection: String?
    /// The indicators to compare; where none is named, those that an edit concerns.
    public var indicators: [String] = []
    /// How many periods of each kind, the latest that have values.
    public var periods = 6
    /// Whether the rows of all tables are hashed before and after.
    public var checksRows = true

    /// A request for everything that was edited.
    public init() {}
}

/// What edited definitions and mappings would make of the values, beside what is published. Nothing was written.
public struct LivePreview: Sendable {
    /// The streams whose mapping was edited, read anew from their sources.
    public var streams: [RereadStream] = []
    /// Old and new of each indicator, in the order of the catalogue.
    public var indicators: [IndicatorComparison] = []
    /// The periods that were compared, in their order.
    public var periods: [String] = []
    /// Indicators that have published values and no definition any more: a rebuild takes the values away.
    public var withdrawn: [String] = []
    /// Record types that changed since values were published last: the differences are theirs too.
    public var pending: [String] = []
    /// Whether nothing was ever published, so that there is nothing to compare with.
    public var isUnpublished = false
    /// What the hashes of the rows say; nil where they were not asked for.
    public var rows: RowCheck?

    /// No differences.
    public init() {}

    /// Whether every edited stream could be read.
    public var isComplete: Bool { streams.allSatisfy { $0.failure == nil } }
}

/// A stream whose mapping was edited, read anew without touching its cursor or the store.
public struct RereadStream: Sendable {
    /// The connection's name.
    public let connection: String
    /// What the source gave, mapped as the workspace says now.
    public var reading: PreviewReport.Stream
    /// Stored records that the source did not give again: they count as the old mapping made them.
    public var kept = 0
    /// The rejected ones among them that are no open rejects already.
    public var newlyRejected: [Reject] = []
    /// Fields that the mapping now fills and that no stored record of the stream has.
    public var newFields: [String] = []
    /// Why the source could not be read, so that all its records count as stored; nil where it could.
    public var failure: String?
    /// Whether a person brings its files, so that there is no source to read anew.
    public let isImported: Bool
}

/// Whether the store's rows are what they were before.
public struct RowCheck: Sendable, Hashable {
    /// How many tables were hashed.
    public let tables: Int
    /// How many rows they have.
    public let rows: Int
    /// Tables whose rows differ: by another program, since this one opens the database for reading only.
    public let changed: [String]

    init(before: [TableDigest], after: [TableDigest]) {
        tables = after.count
        rows = after.reduce(0) { $0 + $1.rows }
        changed = Set(before).symmetricDifference(after).map(\.table).sorted().reduce(into: []) { names, name in
            if names.last != name { names.append(name) }
        }
    }
}
