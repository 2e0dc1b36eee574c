/// Reads one kind of source system.
///
/// A connector is a value that lives for one run of one connection. The host leads it through this life:
///
/// 1. `description` is read without an instance: it feeds lint, the documentation and the console's form.
/// 2. `Settings` are decoded against the description; a mistake stops here, with the key that is wrong.
/// 3. `init` puts settings and surroundings together. It touches neither network nor file.
/// 4. `check` probes the source, when a person asks for it.
/// 5. `page` is called until a page says that there is no more. The host commits each page with its cursor before it
///    asks for the next, so a run that dies goes on where it stood.
///
/// A connector folds what belongs together into one record (a ticket with its answers, a day with its punches) and
/// emits the whole record again when any part of it changes. It never writes the store, never retries, and sees no
/// more of the world than its `ConnectorContext`. What it cannot read in one record goes to `Page.rejected`; what it
/// cannot read at all is a `ConnectorError`.
public protocol Connector: Sendable {
    /// What the connector is called, which settings it takes and which streams it has.
    static var description: ConnectorDescription { get }

    /// Makes a connector for one run. Throws `ConnectorError.settings` where single settings are right and their
    /// combination is not.
    init(settings: Settings, context: ConnectorContext) throws(ConnectorError)

    /// Asks the source whether it is there, lets us in, and shows what we need.
    func check() async throws(ConnectorError) -> CheckReport

    /// The next page of `stream` after `cursor`; nil starts at the beginning.
    ///
    /// A cursor that came with the last page (`hasMore` is false) starts the next run: the page then holds what
    /// changed since. Reading a record again is harmless, leaving one out is not.
    func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page
}

/// A connector that can list all identifiers of a stream, so that the host finds records that vanished.
public protocol IdentifierListing: Connector {
    /// The next page of identifiers, in any order. Cursors of this listing are its own.
    func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage
}

/// A connector whose source can count, so that the host can tell whether everything arrived.
public protocol RecordCounting: Connector {
    /// How many records the source says `stream` has; nil where it does not say.
    func count(of stream: String) async throws(ConnectorError) -> Int?
}
