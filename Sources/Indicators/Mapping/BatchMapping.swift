internal import Expressions
public import PlumblineKit

/// A mapping made ready for batches of certain fields: what it only hands on is read straight from the cells.
public struct BatchMapping: Sendable {
    private let mapping: Mapping
    private let readers: [Reader]
    /// The cells that the condition reads.
    private let conditionCells: [Int]

    /// How one field is read.
    private final class Reader: Sendable {
        let mapped: Mapping.MappedField
        let conversion: PlainConversion
        /// The cell that the field's expression hands on; nil where it does more.
        let cell: Int?
        /// The way from that cell to what is handed on; nil for the cell itself.
        let path: JSONPath?
        /// Whether the expression is no more than the field.
        let isBare: Bool
        /// The cells that the field's expression reads.
        let cells: [Int]
        /// Whether what it holds is an account.
        let isAccount: Bool

        init(_ mapped: Mapping.MappedField, fields: [String]) {
            self.mapped = mapped
            conversion = PlainConversion(mapped.field)
            isAccount = mapped.field.kind == .employeeRef
            let read = mapped.plainRead
            cell = read.flatMap { fields.firstIndex(of: $0.path[0]) }
            path = read.flatMap { $0.path.count > 1 ? JSONPath($0.path.dropFirst()) : nil }
            isBare = read?.function == nil
            cells = mapped.program?.sourceCells(fields) ?? []
        }

        /// The cell of a record that is handed on; nil where it takes the expression to find out.
        func handedOn(_ cells: SourceCells, _ row: Int) -> SourceBatch.Cell? {
            guard let cell else { return nil }
            guard let path else { return cells.cell(cell, of: row) }
            return cells.cell(at: path, in: cells.cell(cell, of: row))
        }
    }

    /// What mapping a batch gave, record by record in its order.
    public struct Output: Sendable {
        /// The records.
        public var records: CanonicalBatch
        /// The row of each record in the batch.
        public var rows: [Int] = []
        /// Rows that the stream's `where` leaves out.
        public var leftOut: [Int] = []
        /// Rows that could not be mapped.
        public var failed: [(row: Int, failure: Mapping.Failure)] = []
        /// The accounts that the records mention, each as often as it is told with something new.
        public var accounts: Set<AccountMention> { mentions.union(names.map { AccountMention(account: $0) }) }
        fileprivate var mentions: Set<AccountMention> = []
        /// Accounts of which no more than the name is told.
        fileprivate var names: Set<String> = []
    }

    /// A mapping for batches of these fields, which must be those of ``Mapping/sourceFields`` at least.
    public init(_ mapping: Mapping, fields: [String]) {
        self.mapping = mapping
        readers = mapping.fields.map { Reader($0, fields: fields) }
        conditionCells = mapping.condition?.sourceCells(fields) ?? []
    }

    /// Maps every record of a batch.
    public func map(_ batch: SourceBatch) -> Output {
        var output = Output(records: CanonicalBatch(type: mapping.type))
        output.records.reserve(batch.count, bytes: batch.bytes.count)
        output.rows.reserveCapacity(batch.count)
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
            for reader in readers { try read(reader, row, cells, &source, &output) }
            if mapping.check != nil || mapping.permission != nil {
                try mapping.refuseUnfit(output.records.unfinished)
            }
            output.records.finishRecord()
            output.rows.append(row)
        } catch {
            output.records.discardRecord()
            output.failed.append((row, error))
        }
    }

    private func holds(_ row: Int, _ cells: SourceCells, _ source: inout Value?) throws(Mapping.Failure) -> Bool {
        guard mapping.condition != nil else { return true }
        return try mapping.holds(record(row, cells, conditionCells, &source, for: nil))
    }

    private func read(
        _ reader: Reader, _ row: Int, _ cells: SourceCells, _ source: inout Value?, _ output: inout Output
    ) throws(Mapping.Failure) {
        if let cell = reader.handedOn(cells, row), let content = reader.conversion.content(cell, in: cells) {
            output.records.append(content)
            if reader.isAccount, case .text(let account) = content {
                output.names.insert(String(decoding: account, as: UTF8.self))
            }
        } else {
            output.records.append(try value(reader, row, cells, &source, &output), of: reader.mapped.field)
        }
    }

    /// The value of a field that is more than read off.
    private func value(
        _ reader: Reader, _ row: Int, _ cells: SourceCells, _ source: inout Value?, _ output: inout Output
    ) throws(Mapping.Failure) -> Value {
        // What cannot be read here fails below, with the expression's own words.
        if reader.isBare, let cell = reader.handedOn(cells, row), let raw = try? cells.value(cell) {
            return try mapping.convert(raw, reader.mapped)
        }
        guard reader.mapped.program != nil else { return try mapping.convert(.null, reader.mapped) }
        var accounts: [AccountMention] = []
        let record = try record(row, cells, reader.cells, &source, for: reader.mapped)
        let value = try mapping.value(of: reader.mapped, record, &accounts)
        if !accounts.isEmpty { output.mentions.formUnion(accounts) }
        return value
    }

    /// The record as an expression reads it: what it names of it, or the whole, made when the first one asks.
    private func record(
        _ row: Int, _ cells: SourceCells, _ wanted: [Int], _ source: inout Value?, for mapped: Mapping.MappedField?
    ) throws(Mapping.Failure) -> Value {
        if let source { return source }
        do throws(EvaluationError) {
            guard cells.areWhole else { return try cells.source(row, only: wanted) }
            let whole = try cells.wholeSource(row)
            source = whole
            return whole
        } catch {
            throw Mapping.Failure(
                field: mapped?.field.name ?? "where", expression: mapped?.program?.source ?? "",
                place: mapped?.place ?? mapping.conditionPlace, reason: error.reason)
        }
    }
}

extension Program {
    /// The positions of the source fields that the expression reads.
    fileprivate func sourceCells(_ fields: [String]) -> [Int] {
        fields.indices.filter { reads.contains(FieldRead(variable: Mapping.sourceName, field: fields[$0])) }
    }
}

extension Mapping.MappedField {
    /// The source field that the expression hands on as it is, or as text.
    fileprivate var plainRead: PlainRead? {
        guard let read = program?.plainRead, read.variable == Mapping.sourceName else { return nil }
        switch (read.function, field.kind) {
        case (nil, .employeeRef), (nil, .ownerInterval): return nil
        case (nil, _), ("account", .employeeRef), ("string", .string): return read
        default: return nil
        }
    }
}
