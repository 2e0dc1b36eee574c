internal import Indicators
internal import PlumblineKit
internal import ReviewStore

/// The people who count, for connectors that make records of them.
struct StoredDirectory: CompanyDirectory {
    private let store: any ReviewStore

    init(_ store: any ReviewStore) { self.store = store }

    func assignments() async throws(ConnectorError) -> [Assignment] {
        do throws(StoreError) {
            return try await store.people().map { row in
                Assignment(
                    employee: row.employee, unit: row.unit, position: row.position, manager: row.manager,
                    leftAs: row.leftAs, from: row.validFrom?.description, until: row.validTo?.description)
            }
        } catch .cancelled {
            throw .cancelled
        } catch {
            throw .unavailable(reason: error.description, retryAfter: nil)
        }
    }
}
