internal import Expressions
public import PlumblineKit

/// A mapping made ready for batches of certain fields: what it only hands on is read straight from the cells.
public struct BatchMapping: Sendable {
    private let mapping: Mapping
    private let readers: [Reader]

    private struct Reader: Sendable {
        let mapped: Mapping.MappedField
        /// The cell that the field's expression hands on; nil where it does more.
        let cell: Int?
    }

    /// What mapping a batch gave, record by record in its order.
    public struct Output: Sendable {
        /// Records, each with its row in the batch.
        public var records: [(row: Int, record: CanonicalRecord)] = []
        /// Rows that the stream's `where` leaves out.
        public var leftOut: [Int] = []
        /// Rows that could not be mapped.
        public var failed: [(row: Int, failure: Mapping.Failure)] = []
        /// The accounts that the records mention, each as often as it is told with something new.
        public var accounts: Set<AccountMention> = []
    }

    /// A mapping for batches of these fields, which must be those of ``Mapping/sourceFields`` at least.
    public init(_ mapping: Mapping, fields: [String]) {
        self.mapping = mapping
        readers = mapping.fields.map { mapped in
            Reader(mapped: mapped, cell: mapped.plainField.flatMap { fields.firstIndex(of: $0) })
        }
    }

    /// Maps every record of a batch.
    public func map(_ batch: SourceBatch) -> Output {
        var output = Output()
        output.records.reserveCapacity(batch.count)
        SourceCells.of(batch) { cells in
            for row in 0..<batch.count { map(row, cells, &output) }
        }
        return output
    }

    private func map(_ row: Int, _ cells: SourceCells, _ output: inout Output) {
        do throws(Mapping.Failure) {
            var source: Value?
            guard try holds(row, cells, &source) else {
                output.leftOut.append(row)
                return
            }
            var values: [Value] = []
            values.reserveCapacity(readers.count)
            for reader in readers { values.append(try value(reader, row, cells, &source, &output)) }
            output.records.append((row, CanonicalRecord(type: mapping.type, values: values)))
        } catch {
            output.failed.append((row, error))
        }
    }

    private func holds(_ row: Int, _ cells: SourceCells, _ source: inout Value?) throws(Mapping.Failure) -> Bool {
        guard mapping.condition != nil else { return true }
        return try mapping.holds(record(row, cells, &source, for: mapping.fields.first))
    }

    private func value(
        _ reader: Reader, _ row: Int, _ cells: SourceCells, _ source: inout Value?, _ output: inout Output
    ) throws(Mapping.Failure) -> Value {
        if let index = reader.cell, let value = reader.mapped.conversion.value(cells.cell(index, of: row), in: cells) {
            if reader.mapped.field.kind == .employeeRef, case .string(let account) = value {
                output.accounts.insert(AccountMention(account: account))
            }
            return value
        }
        guard reader.mapped.program != nil else { return try mapping.convert(.null, reader.mapped) }
        var accounts: [AccountMention] = []
        let value = try mapping.value(of: reader.mapped, record(row, cells, &source, for: reader.mapped), &accounts)
        output.accounts.formUnion(accounts)
        return value
    }

    /// The record as expressions read it, made when the first of them asks.
    private func record(
        _ row: Int, _ cells: SourceCells, _ source: inout Value?, for mapped: Mapping.MappedField?
    ) throws(Mapping.Failure) -> Value {
        if let source { return source }
        do throws(EvaluationError) {
            let made = try cells.source(row)
            source = made
            return made
        } catch {
            throw Mapping.Failure(
                field: mapped?.field.name ?? "where", expression: mapped?.program?.source ?? "",
                place: mapped?.place ?? mapping.conditionPlace, reason: error.message)
        }
    }
}

extension Mapping.MappedField {
    /// The source field that the expression hands on as it is, or as text.
    fileprivate var plainField: String? {
        guard let read = program?.plainRead, read.field.variable == Mapping.sourceName else { return nil }
        switch (read.function, field.kind) {
        case (nil, .employeeRef): return nil
        case (nil, _): return read.field.field
        case ("account", .employeeRef), ("string", .string): return read.field.field
        default: return nil
        }
    }
}
