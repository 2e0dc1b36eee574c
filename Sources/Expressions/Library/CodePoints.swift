/// A text by code points, as the functions with positions see it.
struct CodePoints {
    private let scalars: [Unicode.Scalar]

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    var count: Int { scalars.count }

    func text(_ range: Range<Int>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[range])
        return String(text)
    }

    /// A position from 0 to the end.
    func index(_ position: Int64) throws(EvaluationError) -> Int {
        guard let index = Int(exactly: position), (0...count).contains(index) else {
            throw .invalidArgument(
                zh: "位置 \(value: position) 超出文本", en: "the position \(value: position) is outside the text")
        }
        return index
    }

    // MARK: Searching

    /// The first position of `part` from `start` on; -1 where there is none.
    func firstIndex(of part: CodePoints, from start: Int) -> Int64 {
        let found = CodePoints.firstIndex(of: part.scalars, in: scalars[start...])
        return found.map { Int64($0) } ?? -1
    }

    /// The last position of `part` at or before `start`; -1 where there is none.
    func lastIndex(of part: CodePoints, from start: Int) -> Int64 {
        let last = min(start, count - part.count)
        guard last >= 0 else { return -1 }
        let found = (0...last).last { scalars[$0...].starts(with: part.scalars) }
        return found.map { Int64($0) } ?? -1
    }

    /// The first index at which `part` begins.
    static func firstIndex<Whole: RandomAccessCollection>(
        of part: [Whole.Element], in whole: Whole
    ) -> Whole.Index? where Whole.Element: Equatable, Whole.Index == Int {
        let last = whole.endIndex - part.count
        guard last >= whole.startIndex else { return nil }
        return (whole.startIndex...last).first { whole[$0...].starts(with: part) }
    }

    // MARK: Splitting and replacing

    /// The code points one by one, at most `limit` texts unless it is negative.
    fileprivate func split(limit: Int64) -> [String] {
        guard limit != 0 else { return [] }
        return singles(cuts: limit < 0 ? .max : limit - 1).map { text($0) }
    }

    /// The text with at most `limit` occurrences of `old` replaced, or all of them where it is negative.
    func replacing(_ old: CodePoints, with new: String, limit: Int64) throws(EvaluationError) -> String {
        let cuts = limit < 0 ? Int64.max : limit
        if old.count == 0 { return try interspersed(new, cuts: cuts) }
        let pieces = self.pieces(old, cuts: cuts)
        try StandardLibrary.checkLength(count * 4 + pieces.count * new.utf8.count)
        return pieces.map { text($0) }.joined(separator: new)
    }

    /// `new` before every code point and after the last, at most `cuts` times.
    private func interspersed(_ new: String, cuts: Int64) throws(EvaluationError) -> String {
        try StandardLibrary.checkLength(count * 4 + (count + 1) * new.utf8.count)
        var text = ""
        for position in 0...count {
            if position < cuts { text += new }
            if position < count { text.unicodeScalars.append(scalars[position]) }
        }
        return text
    }

    private func pieces(_ separator: CodePoints, cuts: Int64) -> [Range<Int>] {
        if separator.count == 0 { return singles(cuts: cuts) }
        var pieces: [Range<Int>] = []
        var start = 0
        while pieces.count < cuts, let found = CodePoints.firstIndex(of: separator.scalars, in: scalars[start...]) {
            pieces.append(start..<found)
            start = found + separator.count
        }
        return pieces + [start..<count]
    }

    private func singles(cuts: Int64) -> [Range<Int>] {
        let singles = Int(min(Int64(max(count - 1, 0)), cuts))
        let heads = (0..<singles).map { $0..<($0 + 1) }
        return count == 0 ? [] : heads + [singles..<count]
    }
}

extension String {
    /// The parts between separators, at most `limit` unless it is negative; an empty separator parts every code point.
    func split(_ separator: String, limit: Int64) -> [String] {
        guard !separator.isEmpty else { return CodePoints(self).split(limit: limit) }
        guard limit != 0 else { return [] }
        let (bytes, mark) = (Array(utf8), Array(separator.utf8))
        var parts: [String] = []
        var start = 0
        // No character's bytes lie within those of another, so bytes are found where characters are.
        while limit < 0 || parts.count < limit - 1, let found = CodePoints.firstIndex(of: mark, in: bytes[start...]) {
            parts.append(String(decoding: bytes[start..<found], as: UTF8.self))
            start = found + mark.count
        }
        parts.append(String(decoding: bytes[start...], as: UTF8.self))
        return parts
    }
}
