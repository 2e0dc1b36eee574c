internal import PlumblineKit

/// The encoding of a text by its first bytes.
struct EncodingGuess {
    let encoding: FileForm.TextEncoding
    /// The bytes in UTF-8.
    let text: [UInt8]
    private(set) var remarks: [LocalizedText] = []
    private(set) var question: FileQuestion?

    /// - Throws: `FileFault` with the first byte that no encoding explains.
    init(_ head: [UInt8], isWhole: Bool) throws(FileFault) {
        if let marked = Self.marked(head) ?? Self.zeros(head) {
            encoding = marked
            text = try Self.converted(head, marked, isWhole: isWhole).text
            return
        }
        let (first, count) = Self.faults(head, isWhole: isWhole)
        let foreign = try Self.converted(head, .gb18030, isWhole: isWhole)
        if count == 0 {
            (encoding, text) = (.utf8, head)
        } else if count * 20 < head.count(where: { $0 >= 0x80 }) {
            // Nearly all of it is UTF-8, which no other encoding is by chance.
            (encoding, text) = (.utf8, head)
            remarks = [
                LocalizedText(
                    zh: "第 \(first) 字节不是有效的 UTF-8，含这类字节的行会被退回",
                    en: "byte \(first) is not valid UTF-8; rows with such bytes are rejected")
            ]
        } else if foreign.broken.isEmpty {
            (encoding, text) = (.gb18030, foreign.text)
            question = .encoding(.gb18030)
        } else {
            let lines = head[..<first].count { $0 == .lineFeed }
            let start = head[..<first].lastIndex(of: .lineFeed).map { $0 + 1 } ?? 0
            throw FileFault(
                at: .init(line: lines + 1, column: first - start + 1),
                zh: "文件的第 \(first) 字节既不是有效的 UTF-8，也不是 GB 18030，请另存为 UTF-8",
                en: "byte \(first) of the file is valid neither in UTF-8 nor in GB 18030; save the file as UTF-8")
        }
    }

    /// The encoding of a byte order mark.
    private static func marked(_ head: [UInt8]) -> FileForm.TextEncoding? {
        if head.starts(with: [0xFF, 0xFE]) { return .utf16LittleEndian }
        if head.starts(with: [0xFE, 0xFF]) { return .utf16BigEndian }
        return nil
    }

    /// UTF-16 by the zero bytes of its ASCII characters.
    private static func zeros(_ head: [UInt8]) -> FileForm.TextEncoding? {
        var counts = [0, 0]
        for (place, byte) in head.enumerated() where byte == 0 { counts[place & 1] += 1 }
        let most = max(counts[0], counts[1])
        guard most > head.count / 20, min(counts[0], counts[1]) * 20 < most else { return nil }
        return counts[0] > counts[1] ? .utf16BigEndian : .utf16LittleEndian
    }

    /// The first byte that is not UTF-8, and how many such places there are.
    private static func faults(_ head: [UInt8], isWhole: Bool) -> (first: Int, count: Int) {
        // Checking looks at words of eight bytes.
        let padded = head + [UInt8](repeating: 0, count: TextWindow.slack)
        return padded.withUnsafeBufferPointer { bytes in
            var (place, first, count) = (0, -1, 0)
            while let base = bytes.baseAddress, place < head.count {
                let found = UTF8Check.check(base, from: place, to: head.count, isLast: isWhole)
                guard let fault = found.fault else { break }
                if fault == .encoding { (first, count) = (first < 0 ? found.good : first, count + 1) }
                place = found.good + 1
            }
            return (first, count)
        }
    }

    private static func converted(
        _ head: [UInt8], _ encoding: FileForm.TextEncoding, isWhole: Bool
    ) throws(FileFault) -> (text: [UInt8], broken: [Int]) {
        let converter = try TextConverter(from: encoding)
        return head.withUnsafeBytes { converter.convert($0, isLast: isWhole) }
    }
}
