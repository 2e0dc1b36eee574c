internal import PlumblineKit

/// The part of a file's text that lies in memory: UTF-8 from the next record on.
///
/// Bytes come in at the end in the file's encoding and go out at the start record by record. Where the text is broken,
/// the window keeps the place; whoever takes a record asks whether there is one in it.
struct TextWindow {
    /// The bytes; valid from `start` to `end`, with a line feed at `end`.
    private(set) var storage: [UInt8]
    private(set) var start = 0
    private(set) var end = 0
    /// Whether nothing more will come.
    private(set) var isClosed = false
    /// The line in which `start` lies, from 1.
    private(set) var line = 1
    /// Up to where the bytes are known to be good, and what is wrong there.
    private var checked: (good: Int, fault: UTF8Check.Fault?) = (0, nil)
    /// Where the converter met characters that it could not read, counted from the start of the text; none lies before `start`.
    private var broken: ArraySlice<Int> = []
    /// The text's bytes before `storage`.
    private var base = 0
    private let encoding: FileForm.TextEncoding
    private let converter: TextConverter?
    /// Whether a byte order mark can no longer come.
    private var isBegun = false

    /// So much of a record that is too long is kept, to be shown.
    static let shownOfLongRecords = 4096

    /// Bytes behind `end` that scanning may touch.
    static let slack = 16

    init(_ encoding: FileForm.TextEncoding) throws(FileFault) {
        self.encoding = encoding
        converter = encoding == .utf8 ? nil : try TextConverter(from: encoding)
        storage = [UInt8](repeating: .lineFeed, count: 1 << 12)
    }

    /// The bytes that are held.
    var count: Int { end - start }

    /// Where the next record begins.
    var position: TextPosition { TextPosition(offset: fileOffset(start), line: line) }

    /// The bytes of the text in front of the window.
    var textOffset: Int { base + start }

    /// The place of the byte at `index` in the file; 0 where the file's encoding is another.
    func fileOffset(_ index: Int) -> Int { encoding == .utf8 ? base + index : 0 }

    /// What is wrong with a text, for a person.
    func reason(_ fault: UTF8Check.Fault) -> LocalizedText {
        switch (fault, encoding) {
        case (.zero, _): LocalizedText(zh: "含有空字节（NUL），文本中不应出现", en: "a NUL byte, which no text has")
        case (.encoding, .utf8): LocalizedText(zh: "文本不是有效的 UTF-8", en: "the text is not valid UTF-8")
        case (.encoding, .utf16LittleEndian), (.encoding, .utf16BigEndian):
            LocalizedText(zh: "文本不是有效的 UTF-16", en: "the text is not valid UTF-16")
        case (.encoding, .gb18030): LocalizedText(zh: "文本不是有效的 GB 18030", en: "the text is not valid GB 18030")
        }
    }

    /// Takes in bytes of the file.
    mutating func feed(_ chunk: UnsafeRawBufferPointer) {
        guard let converter else { return take(chunk) }
        take(converter.convert(chunk, isLast: false))
    }

    /// Says that nothing more comes.
    mutating func close() {
        guard !isClosed else { return }
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        isClosed = true
        if let converter { take(converter.convert(nothing, isLast: true)) } else { take(nothing) }
    }

    /// Forgets everything and goes on at another place of the file.
    mutating func restart(at position: TextPosition) {
        (start, end, base, line) = (0, 0, position.offset, position.line)
        (checked, broken, isClosed) = ((0, nil), [], false)
        isBegun = position.offset > 0
    }

    /// Goes on behind a record.
    mutating func advance(to index: Int, lines: Int) {
        start = index
        line += lines
        if checked.fault != nil, checked.good < start {
            checked = (start, nil)
            check()
        }
        while let first = broken.first, first < base + start { broken.removeFirst() }
    }

    /// The first place before `index` where the text is not what it should be.
    func firstFault(before index: Int) -> (index: Int, fault: UTF8Check.Fault)? {
        guard checked.fault != nil || !broken.isEmpty else { return nil }
        let unread = broken.first.map { $0 - base } ?? Int.max
        if let fault = checked.fault, checked.good < min(index, unread) { return (checked.good, fault) }
        return unread < index ? (unread, .encoding) : nil
    }
}

extension TextWindow {
    private mutating func take(_ converted: (text: [UInt8], broken: [Int])) {
        let offset = base + end
        broken += converted.broken.map { offset + $0 }
        converted.text.withUnsafeBytes { take($0) }
    }

    private mutating func take(_ text: UnsafeRawBufferPointer) {
        makeRoom(for: text.count)
        storage.withUnsafeMutableBytes { bytes in
            guard let target = bytes.baseAddress, let source = text.baseAddress else { return }
            (target + end).copyMemory(from: source, byteCount: text.count)
        }
        settle(text.count)
    }

    /// Takes bytes that were written behind the end into the window.
    private mutating func settle(_ count: Int) {
        end += count
        for place in end..<end + Self.slack { storage[place] = .lineFeed }
        check()
        if !isBegun { skipMark() }
    }

    private mutating func makeRoom(for more: Int) {
        guard end + more + Self.slack > storage.count else { return }
        storage.withUnsafeMutableBytes { bytes in
            guard let first = bytes.baseAddress else { return }
            first.copyMemory(from: first + start, byteCount: end - start)
        }
        (base, end, checked.good, start) = (base + start, end - start, checked.good - start, 0)
        let wanted = end + more + Self.slack
        if wanted > storage.count {
            storage += [UInt8](repeating: .lineFeed, count: max(wanted, storage.count * 2) - storage.count)
        }
    }

    private mutating func check() {
        guard checked.fault == nil else { return }
        checked = storage.withUnsafeBufferPointer { bytes in
            guard let first = bytes.baseAddress else { return checked }
            return UTF8Check.check(first, from: max(checked.good, start), to: end, isLast: isClosed)
        }
    }

    /// A byte order mark is no part of the text.
    private mutating func skipMark() {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let held = storage[start..<min(end, start + 3)]
        isBegun = isClosed || !mark.starts(with: held) || held.count == 3
        if held.elementsEqual(mark) { advance(to: start + 3, lines: 0) }
    }
}
