/// Why the store could not do what was asked. The engine decides by ``remedy`` what follows.
public enum StoreError: Error, Sendable, Equatable {
    /// The database cannot be opened; `advice` says what a person can do about it.
    case cannotOpen(path: String, reason: String, advice: String)
    /// An older Plumbline has written this database last, and it was to be read only.
    case olderVersion(path: String)
    /// A newer Plumbline has written this database.
    case newerVersion(path: String)
    /// The database was made with another key.
    case wrongKey(path: String)
    /// A field of a record type is declared with another kind than its stored column has.
    case fieldKindChanged(recordType: String, field: String, stored: String, declared: String)
    /// A record type that was not given to `prepare`.
    case unknownRecordType(String)
    /// Another run holds the stream.
    case streamInUse(connection: String, stream: String)
    /// There is no such thing, such as `run 12`.
    case notFound(String)
    /// A rule of the store forbids it: a locked period, a run that has ended.
    case refused(reason: String)
    /// The caller gave something that cannot be stored.
    case invalid(reason: String)
    /// Another process is writing; the same call may succeed later.
    case busy(reason: String)
    /// The task was cancelled while it waited. Nothing was kept.
    case cancelled
    /// The disk refused: full, read-only or failing. Nothing of the transaction was kept.
    case disk(reason: String)
    /// What is stored cannot be read back: a damaged file, or sealed data that was changed.
    case damaged(reason: String)
    /// Any other refusal of the database, with its own words.
    case database(reason: String)
}

extension StoreError {
    /// What the engine does about an error.
    public enum Remedy: Sendable, Equatable {
        /// Try the same call again later.
        case retryLater
        /// This stream waits for a person; the others go on.
        case stopStream
        /// Nothing can be stored until a person has acted.
        case stopAll
    }

    /// What follows from this error.
    public var remedy: Remedy {
        switch self {
        case .busy, .streamInUse, .cancelled: .retryLater
        case .fieldKindChanged, .unknownRecordType, .notFound, .refused, .invalid: .stopStream
        case .cannotOpen, .olderVersion, .newerVersion, .wrongKey, .disk, .damaged, .database: .stopAll
        }
    }
}

extension StoreError: CustomStringConvertible {
    /// A sentence for a person: what is wrong, and what to do where that is not plain.
    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason, let advice):
            "cannot open the database \(path): \(reason). \(advice)"
        case .olderVersion(let path):
            "cannot open the database \(path): it was last written by an older Plumbline. "
                + "'plumbline verify' brings it up to date."
        case .newerVersion(let path):
            "the database \(path) was written by a newer Plumbline. Use that version, or restore a copy made before."
        case .wrongKey(let path):
            "the key does not belong to the database \(path). Put back the key file that was made with it."
        case .fieldKindChanged(let type, let field, let stored, let declared):
            "\(type).\(field) is stored as \(stored) but declared as \(declared). Give the changed field a new name and "
                + "map it, or declare it as \(stored) again."
        case .unknownRecordType(let type):
            "the record type \(type) has no table: it was not among those the store was prepared for"
        case .streamInUse(let connection, let stream):
            "another run is reading \(connection)/\(stream). Wait for it, or end it."
        case .notFound(let what): "there is no \(what)"
        case .refused(let reason), .invalid(let reason): reason
        case .busy(let reason): "the database is busy: \(reason)"
        case .cancelled: "the work was cancelled"
        case .disk(let reason): "the database cannot be written: \(reason)"
        case .damaged(let reason): "the database is damaged: \(reason)"
        case .database(let reason): "the database refused: \(reason)"
        }
    }
}
