public import PlumblineKit
public import RecordFiles

/// Reads bytes whole and in pieces, with small limits, and stops the program where the two differ.
public enum FuzzedReading {
    /// Stops the program with a message, in release builds too.
    public static func check(_ isGood: Bool, _ message: @autoclosure () -> String) {
        if !isGood { fatalError(message()) }
    }

    /// Limits that small inputs reach.
    public static var limits: FileLimits {
        var limits = FileLimits()
        (limits.cellBytes, limits.recordBytes, limits.columns, limits.depth) = (64, 256, 8, 6)
        return limits
    }

    /// Limits that small inputs do not reach, with a small table of cells.
    private static var wide: FileLimits {
        var limits = FileLimits()
        limits.columns = 700
        return limits
    }

    /// Reads in the encoding and the pieces that the first byte picks.
    ///
    /// With small limits only the reading is tried: how soon a limit is met depends on the pieces.
    public static func run<Parser: TextParser>(
        _ type: Parser.Type, _ format: FileForm.Format, _ selection: FieldSelection, _ bytes: UnsafeRawBufferPointer
    ) {
        guard let pick = bytes.first else { return }
        let encodings = FileForm.TextEncoding.allCases
        let encoding = encodings[Int(pick & 3) % encodings.count]
        let form = FileForm(format: format, encoding: encoding, headerLine: 1 + Int(pick >> 6 & 1))
        let rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        let isSmall = pick >> 5 & 1 == 1
        var reading = Reading<Parser>(form, selection, isSmall ? limits : wide)
        reading.read(rest, by: 1 + Int(pick >> 2 & 7))
        if isSmall { return }
        var whole = Reading<Parser>(form, selection, wide)
        whole.read(rest, by: max(1, rest.count))
        check(
            reading.rows == whole.rows && reading.rejected == whole.rejected && reading.fault == whole.fault,
            "pieces of a file give other records than the whole\n\(reading)\n\(whole)")
    }
}

/// What a file gave.
private struct Reading<Parser: TextParser> {
    private let form: FileForm
    private let selection: FieldSelection
    private let limits: FileLimits
    private(set) var rows: [String] = []
    private(set) var rejected: [String] = []
    private(set) var fault: String?

    init(_ form: FileForm, _ selection: FieldSelection, _ limits: FileLimits) {
        (self.form, self.selection, self.limits) = (form, selection, limits)
    }

    mutating func read(_ bytes: UnsafeRawBufferPointer, by size: Int) {
        var batch = SourceBatch(fields: selection.names)
        do throws(FileFault) { try read(bytes, by: size, &batch) } catch { fault = error.description }
        take(&batch)
    }

    private mutating func read(
        _ bytes: UnsafeRawBufferPointer, by size: Int, _ batch: inout SourceBatch
    ) throws(FileFault) {
        var parser = try Parser(form, selection, limits: limits)
        var place = 0
        while true {
            switch try parser.parse(3, into: &batch) {
            case .full: take(&batch)
            case .ended: return
            case .hungry:
                let end = min(bytes.count, place + size)
                let piece = UnsafeRawBufferPointer(rebasing: bytes[place..<end])
                if piece.isEmpty { parser.close() } else { parser.feed(piece) }
                place = end
            }
        }
    }

    /// All cells and rejects in words. Checks that the cells lie in the batch and are UTF-8.
    private mutating func take(_ batch: inout SourceBatch) {
        FuzzedReading.check(batch.cells.count == batch.rows.count * batch.fields.count, "cells do not match the rows")
        for row in 0..<batch.count {
            rows.append("\(batch.rows[row])")
            for field in batch.fields.indices {
                let cell = batch.cell(field, of: row)
                let bytes = batch.bytes[Int(cell.start)..<Int(cell.start) + Int(cell.count)]
                guard let text = String(validating: bytes, as: UTF8.self) else { fatalError("a cell is not UTF-8") }
                if cell.kind == .number || cell.kind == .json { checkJSON(bytes) }
                rows.append("\(cell.kind) \(text)")
            }
        }
        rejected += batch.rejected.map { "\($0.id): \($0.reason)" }
        batch.removeAll()
    }

    /// Numbers and nested values must be JSON; keys twice in nested values are found by whoever reads them.
    private func checkJSON(_ bytes: ArraySlice<UInt8>) {
        do throws(JSONSyntaxError) { _ = try JSON.parse(bytes) } catch {
            FuzzedReading.check(
                error.message.contains("twice"), "\(error) in \(String(decoding: bytes, as: UTF8.self))")
        }
    }
}
