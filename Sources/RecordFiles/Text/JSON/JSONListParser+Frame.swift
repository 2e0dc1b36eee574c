internal import PlumblineKit

// What stands around the list.
extension JSONListParser {
    /// Takes one step outside the list; false when more bytes are needed.
    mutating func frameStep(_ base: UnsafePointer<UInt8>, _ byte: UInt8) throws(FileFault) -> Bool {
        switch state {
        case .start: try open(byte)
        case .key, .firstKey:
            if byte != UInt8(ascii: "}") || state == .key { return try member(base, byte) }
            state = .behind
        case .behindMember where byte == UInt8(ascii: ","): state = .key
        case .behindMember where byte == UInt8(ascii: "}"): state = .behind
        case .behindMember: throw unexpected(LocalizedText(zh: "逗号或 }", en: "',' or '}'"), base)
        case .behindElement: throw unexpected(LocalizedText(zh: "逗号或 ]", en: "',' or ']'"), base)
        default: throw unexpected(LocalizedText(zh: "值之后的结尾", en: "the end after the value"), base)
        }
        advance(base, to: window.start + 1)
        return true
    }

    private mutating func open(_ byte: UInt8) throws(FileFault) {
        switch (byte, key) {
        case (UInt8(ascii: "["), nil):
            (state, hasList) = (.firstElement, true)
        case (UInt8(ascii: "{"), .some): state = .firstKey
        case (_, nil):
            throw FileFault(
                at: place(window.start), zh: "应为对象的列表，以 [ 开头", en: "expected a list of objects, which begins with '['")
        case (_, let key?):
            throw FileFault(
                at: place(window.start), zh: "应为一个对象，其“\(key)”下是列表", en: "expected an object with a list under '\(key)'"
            )
        }
    }

    /// Reads a key and the beginning of its value.
    private mutating func member(_ base: UnsafePointer<UInt8>, _ byte: UInt8) throws(FileFault) -> Bool {
        guard byte == .quote else { throw unexpected(LocalizedText(zh: "带引号的键", en: "a key in quotes"), base) }
        var running = JSONSkipper()
        guard let end = running.skip(base, from: window.start, to: window.end),
            let value = self.value(base, behind: end)
        else {
            guard window.count <= limits.recordBytes else {
                throw FileFault(
                    at: place(window.start), zh: "键超过 \(limits.recordBytes) 字节",
                    en: "the key is longer than \(limits.recordBytes) bytes")
            }
            return false
        }
        let colon = FileFault(at: place(base, end), zh: "键后应为冒号", en: "expected ':' after the key")
        guard value.hasColon else { throw colon }
        let name = UnsafeBufferPointer(start: base + window.start + 1, count: end - window.start - 2)
        var text: [UInt8] = []
        JSONEscape.decode(name, to: &text)
        let isList = text.elementsEqual((key ?? "").utf8)
        advance(base, to: value.place)
        if isList { try enter(base) } else { (state, skipper) = (.behindMember, JSONSkipper()) }
        return true
    }

    /// Where the value begins, behind the colon; nil when it has not come yet.
    private func value(_ base: UnsafePointer<UInt8>, behind key: Int) -> (place: Int, hasColon: Bool)? {
        var place = key
        while place < window.end, JSONScanner.isSpace(base[place]) { place += 1 }
        guard place < window.end else { return nil }
        guard base[place] == UInt8(ascii: ":") else { return (place, false) }
        place += 1
        while place < window.end, JSONScanner.isSpace(base[place]) { place += 1 }
        return place < window.end ? (place, true) : nil
    }

    private mutating func enter(_ base: UnsafePointer<UInt8>) throws(FileFault) {
        let key = key ?? ""
        guard !hasList else {
            throw FileFault(
                at: place(window.start), zh: "对象中“\(key)”出现了两次", en: "the key '\(key)' stands in the object twice")
        }
        guard base[window.start] == UInt8(ascii: "[") else {
            throw unexpected(LocalizedText(zh: "“\(key)”下的列表", en: "a list under '\(key)'"), base)
        }
        (state, hasList) = (.firstElement, true)
        advance(base, to: window.start + 1)
    }

    /// What it means that no more bytes are there.
    func atEnd() throws(FileFault) -> ParsingProgress {
        guard window.isClosed else { return .hungry }
        switch state {
        case .behind where hasList: return .ended
        case .behind:
            throw FileFault(
                zh: "最外层对象的“\(key ?? "")”下没有列表", en: "there is no list under '\(key ?? "")' in the top object")
        case .start: throw FileFault(zh: "文件是空的，应为对象的列表", en: "the file is empty; expected a list of objects")
        default:
            throw FileFault(at: place(window.start), zh: "JSON 还没有结束，文件就结束了", en: "the file ends before its JSON does")
        }
    }

    private func unexpected(_ wanted: LocalizedText, _ base: UnsafePointer<UInt8>) -> FileFault {
        let seen = JSONFault.seen(base, window.start, window.end)
        return FileFault(
            at: place(window.start), zh: "应为\(wanted.zh)，实际为\(seen.zh)",
            en: "expected \(wanted.en), got \(seen.en)")
    }

    /// Line and column of an index at or behind the window's start, in the line where that lies.
    func place(_ index: Int) -> FileFault.Place {
        let column = lineStart.map { window.textOffset + index - window.start - $0 + 1 }
        return FileFault.Place(line: window.line, column: column)
    }

    /// Line and column of any index in the window.
    func place(_ base: UnsafePointer<UInt8>, _ index: Int) -> FileFault.Place {
        let lines = ByteScan.lineFeeds(base, from: window.start, to: index)
        guard lines > 0 else { return place(index) }
        var begin = index
        while base[begin - 1] != .lineFeed { begin -= 1 }
        return FileFault.Place(line: window.line + lines, column: index - begin + 1)
    }
}
