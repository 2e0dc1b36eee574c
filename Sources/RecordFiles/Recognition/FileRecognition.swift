internal import PlumblineKit

/// Finds out how a file is written, from its beginning.
public enum FileRecognition {
    /// So many bytes are looked at.
    public static let headSize = 1 << 18

    /// Recognises a file on disk that is a text. A workbook is for the workbook's reader: see ``FileKind``.
    ///
    /// - Throws: `FileFault` where the file cannot be opened, or is nothing that is read.
    public static func recognise(path: String) throws(FileFault) -> RecognisedFile {
        let head = try head(of: path)
        return try recognise(Array(head.prefix(headSize)), isWhole: head.count <= headSize)
    }

    /// The first bytes of a file, one more than ``headSize`` where it has more.
    public static func head(of path: String) throws(FileFault) -> [UInt8] {
        let file = try FileBytes(path: path)
        var head = [UInt8](repeating: 0, count: headSize + 1)
        var filled = 0
        while filled < head.count {
            let count = try head.withUnsafeMutableBufferPointer { bytes throws(FileFault) in
                try file.read(
                    into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: bytes[filled...])))
            }
            if count == 0 { break }
            filled += count
        }
        return Array(head[..<filled])
    }

    /// Recognises a text by its first bytes.
    ///
    /// - Parameters:
    ///   - head: The first bytes.
    ///   - isWhole: Whether they are the whole file.
    /// - Returns: What was found, to be confirmed by a person.
    /// - Throws: `FileFault` where the file is no text that is read: it tells what it is instead and what to do.
    public static func recognise(_ head: [UInt8], isWhole: Bool) throws(FileFault) -> RecognisedFile {
        guard try FileKind(head) == .text else {
            throw FileFault(zh: "这是工作簿，不是文本", en: "this is a workbook, not a text")
        }
        let guess = try EncodingGuess(head, isWhole: isWhole)
        let text = guess.text.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(guess.text.dropFirst(3)) : guess.text
        let first = text.first { $0 > .space }
        guard let first else { throw FileFault(zh: "文件是空的", en: "the file is empty") }
        var file: RecognisedFile
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
            let json = JSONRecognition.recognise(text, isWhole: isWhole)
        {
            file = json
        } else {
            file = table(text, isWhole: isWhole)
        }
        file.form.encoding = guess.encoding
        file.remarks = guess.remarks + file.remarks
        file.questions = (guess.question.map { [$0] } ?? []) + file.questions
        return file
    }

    private static func table(_ text: [UInt8], isWhole: Bool) -> RecognisedFile {
        let preface = SeparatorLine(text.prefix(SeparatorLine.longest))
        let rest = Array(text.dropFirst(preface?.count ?? 0))
        let delimiter = preface?.delimiter ?? TableSample.delimiter(of: rest, isWhole: isWhole)
        let sample = TableSample(rest, delimiter: delimiter, isWhole: isWhole)
        var table = TableRecognition(sample.rows.map(\.cells))
        let above = preface == nil ? 0 : 1
        let lines = sample.rows.map { $0.line + above }
        if table.columns.count == 1 {
            table.remarks.append(
                LocalizedText(
                    zh: "每行只有一个单元格：没有找到分隔符", en: "the rows have one cell only: no delimiter was found"))
        }
        return RecognisedFile(
            form: FileForm(format: .table(delimiter: delimiter), headerLine: lines.isEmpty ? 1 : lines[table.header]),
            columns: table.columns, remarks: table.remarks(lines), questions: table.questions(lines))
    }
}
