import PlumblineKit

@testable import RecordFiles

/// An XML part in memory.
final class MemoryPart: XMLSource {
    let name = "fuzzed.xml"
    private var rest: UnsafeRawBufferPointer
    private let pieceBytes: Int

    init(_ bytes: UnsafePointer<UInt8>?, count: Int, pieceBytes: Int = 1 << 16) {
        rest = UnsafeRawBufferPointer(start: bytes, count: count)
        self.pieceBytes = pieceBytes
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(rest.count, buffer.count, pieceBytes)
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<count]))
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        return count
    }
}

/// The limits of the fuzzer: low, so that they are reached.
let limits: FileLimits = {
    var limits = FileLimits()
    limits.cellBytes = 200
    limits.recordBytes = 1000
    limits.depth = 12
    limits.columns = 50
    limits.sharedTextBytes = 3000
    return limits
}()

/// The XML of a sheet: the scanner and expat must give the same rows, whatever the pieces it comes in.
struct SheetInput {
    let bytes: UnsafePointer<UInt8>?
    let count: Int

    func run() -> CInt {
        let expat = rows(scanning: false, pieceBytes: 1 << 16)
        let whole = rows(scanning: true, pieceBytes: 1 << 16)
        let pieces = rows(scanning: true, pieceBytes: 7)
        // A part that is broken in two places may end at either of them.
        if whole.last == "end" || pieces.last == "end" {
            precondition(whole == pieces, "\(whole) in pieces: \(pieces)")
        }
        // The scanner may be laxer in names, but what expat reads it reads as well.
        if expat.last == "end" { precondition(whole == expat, "expat: \(expat), scanner: \(whole)") }
        return 0
    }

    private func rows(scanning: Bool, pieceBytes: Int) -> [String] {
        var seen: [String] = []
        do throws(FileFault) {
            let rows = try SheetRows(sheet: "s", limits: limits, scanning: scanning) { () throws(FileFault) in
                MemoryPart(bytes, count: count, pieceBytes: pieceBytes)
            }
            while try rows.next() {
                let row = rows.row
                let cells = row.cells.map { "\($0.column) \($0.kind) \($0.style) \(row.text(of: $0))" }
                seen.append("\(row.number) \(row.isHidden) \(row.misplacedColumn ?? 0) \(cells)")
            }
            seen.append("\(rows.merged) \(rows.hiddenColumns)")
            seen.append("end")
        } catch {
            seen.append(error.place == nil ? "fault" : "fault at a place")
        }
        return seen
    }
}

/// The XML of the shared strings.
struct SharedInput {
    let bytes: UnsafePointer<UInt8>?
    let count: Int

    func run() -> CInt {
        var shared = SharedStrings(limits: limits)
        try? MemoryPart(bytes, count: count).read(into: &shared, limits: limits)
        for index in 0..<shared.count {
            shared.withText(index) { text in
                guard let text else { return }
                precondition(text.count <= limits.cellBytes)
                precondition(String(validating: text, as: UTF8.self) != nil, "no UTF-8: \(Array(text))")
            }
        }
        return 0
    }
}

/// The XML of the styles, whose formats are then used on numbers made of the same bytes.
struct StylesInput {
    let bytes: UnsafePointer<UInt8>?
    let count: Int

    func run() -> CInt {
        var styles = CellStyles()
        try? MemoryPart(bytes, count: count).read(into: &styles, limits: limits)
        let formats = styles.formats() + [.number, .date, .time, .dateTime, .elapsed]
        let input = UnsafeBufferPointer(start: bytes, count: count)
        for piece in input.split(separator: UInt8(ascii: "\"")).prefix(20) {
            let text = UnsafeBufferPointer(rebasing: piece)
            var shown: [UInt8] = []
            if DecimalText.append(text, to: &shown) { checkNumber(shown) }
            guard let number = DecimalText(text) else { continue }
            for format in Set(formats) {
                for since1904 in [false, true] {
                    guard let time = try? SerialTime(number) else { continue }
                    shown.removeAll()
                    guard (try? time.write(format, since1904: since1904, to: &shown)) != nil else { continue }
                    precondition((8...30).contains(shown.count), String(decoding: shown, as: UTF8.self))
                }
            }
        }
        return 0
    }

    private func checkNumber(_ shown: [UInt8]) {
        var again: [UInt8] = []
        let isNumber = shown.withUnsafeBufferPointer { DecimalText.append($0, to: &again) }
        precondition(isNumber && again == shown, "\(String(decoding: shown, as: UTF8.self)) changes when read again")
    }
}
