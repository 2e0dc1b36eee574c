/// The texts that cells share, one behind the other. The only part of a workbook that is held in memory.
///
/// Runs of rich text are joined; the readings that East Asian writers put above characters are left out.
struct SharedStrings: XMLContent {
    private enum Spot { case outside, item, text, reading }

    private var bytes: [UInt8] = []
    /// Where each text ends; the highest bit marks one that is longer than a cell may be and is not kept.
    private var ends: [UInt32] = []
    private var spot = Spot.outside
    private let limits: FileLimits

    private static let tooLong: UInt32 = 1 << 31

    /// None.
    init(limits: FileLimits) {
        self.limits = limits
    }

    /// How many there are.
    var count: Int { ends.count }

    /// The text of this index; nil where it was too long. The index must be below ``count``.
    func withText<Result>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>?) -> Result) -> Result {
        let end = ends[index]
        let start = index == 0 ? 0 : Int(ends[index - 1] & ~Self.tooLong)
        guard end & Self.tooLong == 0 else { return body(nil) }
        return bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[start..<Int(end)])) }
    }

    mutating func start(_ element: XMLName, _ attributes: XMLAttributes) throws(FileFault) {
        switch spot {
        case .outside where element == "si": spot = .item
        case .item where element == "t": spot = .text
        case .item where element == "rPh": spot = .reading
        default: break
        }
    }

    mutating func end(_ element: XMLName) throws(FileFault) {
        switch spot {
        case .text where element == "t": spot = .item
        case .reading where element == "rPh": spot = .item
        case .item where element == "si":
            try close()
            spot = .outside
        default: break
        }
    }

    mutating func text(_ text: UnsafeBufferPointer<UInt8>) throws(FileFault) {
        guard spot == .text, bytes.count - lastEnd <= limits.cellBytes else { return }
        bytes.append(contentsOf: text)
    }

    private var lastEnd: Int { Int((ends.last ?? 0) & ~Self.tooLong) }

    private mutating func close() throws(FileFault) {
        let start = lastEnd
        ExcelText.decode(&bytes, from: start)
        if bytes.count - start > limits.cellBytes {
            bytes.removeLast(bytes.count - start)
            ends.append(UInt32(start) | Self.tooLong)
        } else {
            ends.append(UInt32(bytes.count))
        }
        guard bytes.count + 4 * ends.count <= limits.sharedTextBytes else {
            throw FileFault(
                zh: "工作簿的文本超过 \(limits.sharedTextBytes >> 20) MB，请拆分",
                en: "the workbook's texts take more than \(limits.sharedTextBytes >> 20) MB; split it")
        }
    }
}
