internal import GRDB

extension StoreError {
    /// What an error means that came out of the database, or out of our own work in a transaction.
    init(_ error: any Error) {
        switch error {
        case let error as StoreError: self = error
        case is CancellationError: self = .cancelled
        case let error as DatabaseError: self.init(error)
        // Its own description would show the row.
        case is RowDecodingError: self = .damaged(reason: "a row does not hold what was written")
        default: self = .database(reason: "\(error)")
        }
    }

    private init(_ error: DatabaseError) {
        let reason = error.message ?? error.resultCode.description
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(reason: reason)
        case .SQLITE_INTERRUPT: self = .cancelled
        case .SQLITE_ABORT where error.message == nil: self = .cancelled
        case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: self = .disk(reason: reason)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(reason: reason)
        default: self = .database(reason: reason)
        }
    }
}
