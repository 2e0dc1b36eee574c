import PlumblineKit
import Testing

@testable import RecordFiles

@Suite struct XMLScannerTests {
    /// All rows of a sheet's XML, as one text each.
    private func rows(_ xml: [UInt8], scanning: Bool, pieceBytes: Int) throws -> [String] {
        let rows = try SheetRows(sheet: "s", limits: FileLimits(), scanning: scanning) { () throws(FileFault) in
            MemoryPart(xml, pieceBytes: pieceBytes)
        }
        var seen: [String] = []
        while try rows.next() {
            let row = rows.row
            let cells = row.cells.map {
                "\($0.column):\($0.kind):\($0.style):\(String(decoding: row.text(of: $0), as: UTF8.self))"
            }
            seen.append("\(row.number)\(row.isHidden ? "h" : "") \(cells.joined(separator: "|"))")
        }
        return seen + ["\(rows.merged.count) \(rows.hiddenColumns)"]
    }

    @Test(arguments: [
        "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData></worksheet>",
        "<x:worksheet xmlns:x='m'><x:sheetData><x:row x:r='3'><x:c t='str' s='2' r='C3'><x:v>a</x:v></x:c></x:row></x:sheetData></x:worksheet>",
        "<?xml version='1.0'?>\n<!-- <row> -->\n<worksheet>\n <sheetData >\n<row\n r = '1'\thidden=\"1\" >\r\n<c t='str'><v>a\r\nb\rc</v ></c></row ></sheetData></worksheet>\n<!-- end -->",
        "<worksheet><sheetData><row><c t=\"str\"><v>a<![CDATA[<b>&amp;]]]]><![CDATA[>]]>c<!-- x -->d<?pi <v>?></v></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row><c t=\"str\"><v>&lt;&gt;&amp;&quot;&apos;&#65;&#x4e2d;&#x1F600;</v></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row><c t=\"&#115;tr\" r=\"B&#49;\"><v>张伟</v></c></row></sheetData></worksheet>",
        "<worksheet><cols><col :min='1' max='2' hidden='1'/></cols>Fls></worksheet>",
        "<worksheet><cols><col min='2' max='3' hidden='true'/></cols><sheetData><row/><row><c/><c><v/></c></row></sheetData><mergeCells><mergeCell ref='A1:B2'/></mergeCells><extLst><row><c><v>no</v></c></row></extLst></worksheet>",
        "\u{FEFF}<worksheet><sheetData><row><c><f>A1</f><v></v></c><c t=\"str\"><v a='>'>x</v></c></row></sheetData></worksheet>",
    ])
    func `the scanner and expat read the same, in pieces of any size`(xml: String) throws {
        let expected = try rows(Array(xml.utf8), scanning: false, pieceBytes: 1 << 16)
        for size in [1, 2, 3, 7, 64, 1 << 16] {
            #expect(try rows(Array(xml.utf8), scanning: true, pieceBytes: size) == expected)
        }
    }

    @Test func `other encodings are read by expat`() throws {
        let xml =
            "<?xml version=\"1.0\" encoding=\"UTF-16\"?><worksheet><sheetData><row><c t=\"str\"><v>张伟</v></c></row></sheetData></worksheet>"
        let wide: [UInt8] = [0xFF, 0xFE] + xml.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        #expect(try rows(wide, scanning: true, pieceBytes: 100).first == "1 1:text:0:张伟")
        let latin =
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><worksheet><sheetData><row><c t=\"str\"><v>".utf8 + [0xE9]
            + "</v></c></row></sheetData></worksheet>".utf8
        #expect(try rows(Array(latin), scanning: true, pieceBytes: 100).first == "1 1:text:0:é")
    }
}

/// An XML part in memory, given out in small pieces.
final class MemoryPart: XMLSource {
    let name = "part.xml"
    private var rest: ArraySlice<UInt8>
    private let pieceBytes: Int

    init(_ bytes: [UInt8], pieceBytes: Int = 5) {
        rest = bytes[...]
        self.pieceBytes = pieceBytes
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let piece = rest.prefix(min(pieceBytes, buffer.count))
        buffer.copyBytes(from: piece)
        rest = rest.dropFirst(piece.count)
        return piece.count
    }
}
