import Glibc

/// Turns bytes of another encoding into UTF-8 with the system's iconv.
final class TextConverter {
    private let handle: iconv_t
    /// How many bytes to leave out where a character is broken.
    private let step: Int
    private var output: [UInt8] = []
    /// The beginning of a character whose rest is still to come.
    private var rest: [UInt8] = []

    /// What stands for a character that cannot be read: U+FFFD.
    static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

    /// - Throws: `FileFault` where the system does not know the encoding.
    init(from encoding: FileForm.TextEncoding) throws(FileFault) {
        guard let handle = iconv_open("UTF-8", encoding.rawValue), Int(bitPattern: handle) != -1 else {
            throw FileFault(
                zh: "本系统不能读取编码 \(encoding.rawValue)", en: "this system cannot read the encoding \(encoding.rawValue)")
        }
        self.handle = handle
        step = encoding == .gb18030 ? 1 : 2
    }

    deinit { iconv_close(handle) }

    /// The text of a chunk, and where in it characters stand for broken ones.
    func convert(_ chunk: UnsafeRawBufferPointer, isLast: Bool) -> (text: [UInt8], broken: [Int]) {
        var input = rest + chunk
        var text: [UInt8] = []
        var broken: [Int] = []
        // No character of these encodings grows to more than three times its bytes.
        let room = input.count * 3 + 16
        if output.count < room { output = [UInt8](repeating: 0, count: room) }
        var read = 0
        while read < input.count {
            let stop = step(&input, from: read, to: &text)
            read = stop.read
            guard stop.isBroken || isLast, read < input.count else { break }
            broken.append(text.count)
            text += Self.replacement
            read += min(step, input.count - read)
        }
        rest = Array(input[read...])
        return (text, broken)
    }

    /// Converts up to a character that is broken or cut.
    private func step(
        _ input: inout [UInt8], from start: Int, to text: inout [UInt8]
    ) -> (read: Int, isBroken: Bool) {
        var left = input.count - start
        var room = output.count
        var isBroken = false
        output.withUnsafeMutableBytes { output in
            input.withUnsafeMutableBytes { input in
                var from = input.baseAddress?.assumingMemoryBound(to: CChar.self).advanced(by: start)
                var to = output.baseAddress?.assumingMemoryBound(to: CChar.self)
                isBroken = iconv(handle, &from, &left, &to, &room) == -1 && errno == EILSEQ
            }
        }
        text += output[..<(output.count - room)]
        return (input.count - left, isBroken)
    }
}
