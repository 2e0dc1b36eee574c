import PlumblineKit
import RecordFiles
import Testing

@Suite struct EncodingTests {
    private let text = "id,s\n1,准绳 𠮷 é\n2,b\n"
    private let rows: [[String?]] = [["1", "准绳 𠮷 é"], ["2", "b"]]

    private func utf16(_ text: String, isLittle: Bool) -> [UInt8] {
        text.utf16.flatMap { unit in
            let bytes = [UInt8(unit & 0xFF), UInt8(unit >> 8)]
            return isLittle ? bytes : bytes.reversed()
        }
    }

    @Test(arguments: [1, 2, 3, 5, 1000])
    func `UTF-16 of both kinds, with and without byte order mark`(size: Int) {
        for mark in ["", "\u{FEFF}"] {
            let little = TextReading.csv(
                utf16(mark + text, isLittle: true), encoding: .utf16LittleEndian, by: size)
            let big = TextReading.csv(utf16(mark + text, isLittle: false), encoding: .utf16BigEndian, by: size)
            #expect(little.rows == rows && big.rows == rows && little.rejected.isEmpty && big.rejected.isEmpty)
            #expect(little.places.map(\.end) == [0, 0], "only UTF-8 has places in the file")
        }
    }

    @Test(arguments: [1, 2, 3, 1000])
    func `GB 18030`(size: Int) {
        // 准绳, the four bytes of 𠮷, é as in GBK.
        let cell: [UInt8] = [0xD7, 0xBC, 0xC9, 0xFE, 0x20, 0x95, 0x34, 0xDC, 0x38, 0x20, 0xA8, 0xA6]
        let decoded = String(decoding: cell, as: UTF8.self)
        #expect(decoded != "准绳")
        let bytes = Array("id,s\n1,".utf8) + cell + Array("\n2,b\n".utf8)
        let reading = TextReading.csv(bytes, encoding: .gb18030, by: size)
        #expect(reading.rows.count == 2 && reading.rows[0][1]?.hasPrefix("准绳 ") == true)
        #expect(reading.rows[0][1]?.hasSuffix(" é") == true && reading.rejected.isEmpty)
    }

    @Test func `bytes that are no GB 18030 reject their row`() {
        let bytes = Array("id,s\n1,".utf8) + [0xFF] + Array("x\n2,b\n3,".utf8) + [0xD7]
        let reading = TextReading.csv(bytes, encoding: .gb18030, by: 1)
        #expect(reading.rows == [["2", "b"]])
        #expect(
            reading.reasons == [
                "line 2, column 3: the text is not valid GB 18030", "line 4, column 3: the text is not valid GB 18030",
            ])
    }

    @Test func `an odd byte at the end of UTF-16 rejects the last row`() {
        let bytes = utf16("id,s\n1,a\n2,b", isLittle: true) + [0x41]
        let reading = TextReading.csv(bytes, encoding: .utf16LittleEndian, by: 1)
        #expect(reading.rows == [["1", "a"]])
        #expect(reading.reasons == ["line 3, column 4: the text is not valid UTF-16"])
    }

    @Test func `half of a surrogate pair in UTF-16 rejects its row`() {
        let bytes = utf16("id,s\n1,", isLittle: true) + [0x00, 0xD8] + utf16("x\n2,b\n", isLittle: true)
        let reading = TextReading.csv(bytes, encoding: .utf16LittleEndian, by: 3)
        #expect(reading.rows == [["2", "b"]] && reading.reasons == ["line 2, column 3: the text is not valid UTF-16"])
    }

    @Test(
        arguments: [
            [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80], [0xE0, 0x80, 0x80],
            [0xF0, 0x80, 0x80, 0x80],
            [0xE5, 0x87], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xC2],
        ] as [[UInt8]])
    func `what is no UTF-8 is found wherever chunks end`(broken: [UInt8]) {
        for size in 1...5 {
            let bytes = Array("id,s\n准,绳\n1,".utf8) + broken + Array("\n2,准\n".utf8)
            let reading = TextReading.csv(bytes, by: size)
            #expect(reading.rows == [["准", "绳"], ["2", "准"]])
            #expect(reading.reasons == ["line 3, column 3: the text is not valid UTF-8"])
        }
    }

    @Test func `a file that is cut in a character rejects its last row`() {
        let reading = TextReading.csv(Array("id,s\n1,a\n2,".utf8) + [0xE5, 0x87])
        #expect(reading.rows == [["1", "a"]] && reading.reasons == ["line 3, column 3: the text is not valid UTF-8"])
    }
}
