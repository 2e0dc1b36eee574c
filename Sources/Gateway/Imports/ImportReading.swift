internal import Indicators
internal import PlumblineKit
internal import ReviewStore
internal import Synchronization

/// Gives the store one page after the other, and remembers what was wrong.
///
/// The store calls it on its own thread, one call after the other.
final class ImportReading: Sendable {
    private struct State {
        var source: ImportSource
        var accounts: Set<AccountMention> = []
        var rejected: [ImportReport.RejectedRow] = []
        var rows = 0
        var leftOut = 0
        var passed = PassedRows()
        var failure: HostError?

        var progress: ImportProgress { ImportProgress(rows: rows, fraction: source.fractionRead) }
    }

    private let state: Mutex<State>
    private let isPartial: Bool
    private let progress: @Sendable (ImportProgress) -> Void

    /// So many bad rows are told; a file with more is wrong as a whole.
    private static let mostRejected = 100_000

    init(
        _ source: consuming sending ImportSource, isPartial: Bool,
        progress: @escaping @Sendable (ImportProgress) -> Void
    ) {
        state = Mutex(State(source: source))
        self.isPartial = isPartial
        self.progress = progress
    }

    var failure: HostError? { state.withLock(\.failure) }
    var hasBadRows: Bool { state.withLock { !$0.rejected.isEmpty } }
    var rows: Int { state.withLock(\.rows) }
    var accounts: [AccountMention] { state.withLock { Array($0.accounts) } }

    /// The next page. Once a row is bad and all must be good, the rest is read for its mistakes alone.
    func next() throws(StoreError) -> [PageEvent]? {
        while let page = try page() {
            let isRefused = state.withLock { !$0.rejected.isEmpty } && !isPartial
            if !isRefused { return page.mapped.result.events }
        }
        guard hasBadRows, !isPartial else { return nil }
        throw .refused(reason: "the file has bad rows")
    }

    private func page() throws(StoreError) -> ImportPage? {
        if Task.isCancelled { throw .cancelled }
        let (page, done) = state.withLock { state in
            do throws(HostError) {
                guard let page = try state.source.next() else { return (ImportPage?.none, state.progress) }
                state.rows += page.rows
                state.leftOut += page.mapped.result.leftOut.count + page.passed.count
                state.passed += page.passed
                state.accounts.formUnion(page.mapped.result.accounts)
                if state.rejected.count < Self.mostRejected { state.rejected += page.rejected }
                return (page, state.progress)
            } catch {
                state.failure = error
                return (nil, state.progress)
            }
        }
        if failure != nil { throw .refused(reason: "the file cannot be read on") }
        progress(done)
        return page
    }

    func complete(_ report: inout ImportReport) {
        state.withLock { state in
            report.rows = state.rows
            report.leftOut = state.leftOut
            report.remarks += state.passed.remarks
            report.rejected = state.rejected
        }
    }
}
