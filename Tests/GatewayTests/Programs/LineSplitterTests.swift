import PlumblineKit
import Testing

@testable import Gateway

@Suite struct LineSplitterTests {
    private func lines(_ texts: [String], limit: Int = 100_000) -> [ProgramLine] {
        var splitter = LineSplitter(limit: limit)
        return texts.flatMap { splitter.feed(Array($0.utf8)) } + [splitter.finish()].compactMap(\.self)
    }

    @Test func `lines are the same however their bytes come`() {
        let text = "one\n\ntwo\r\nthr\u{0}ee\nfour"
        let whole = lines([text]).map { String(decoding: $0.bytes, as: UTF8.self) }
        #expect(whole == ["one", "", "two\r", "thr\u{0}ee", "four"])
        for size in 1...text.utf8.count {
            let bytes = Array(text.utf8)
            let pieces = stride(from: 0, to: bytes.count, by: size).map { start in
                String(decoding: bytes[start..<min(start + size, bytes.count)], as: UTF8.self)
            }
            #expect(lines(pieces).map { String(decoding: $0.bytes, as: UTF8.self) } == whole)
        }
        #expect(lines([text]).map(\.isClosed) == [true, true, true, true, false])
    }

    @Test(arguments: [1, 1000, 5000, 50_000])
    func `of a line that is too long the beginning is kept, and the next line is whole`(piece: Int) {
        let long = Array(repeating: UInt8(ascii: "x"), count: 50_000)
        let bytes = Array("a\n".utf8) + long + Array("\nb\n".utf8)
        let pieces = stride(from: 0, to: bytes.count, by: piece).map { start in
            String(decoding: bytes[start..<min(start + piece, bytes.count)], as: UTF8.self)
        }
        let lines = lines(pieces, limit: 6000)
        #expect(lines.map(\.isCut) == [false, true, false])
        #expect(lines.map(\.bytes.count) == [1, LineSplitter.keptOfLongLine, 1])
    }

    @Test func `a line of just the limit is whole`() {
        #expect(lines([String(repeating: "x", count: 6000) + "\n"], limit: 6000).map(\.isCut) == [false])
        #expect(lines([String(repeating: "x", count: 6001) + "\n"], limit: 6000).map(\.isCut) == [true])
    }
}
