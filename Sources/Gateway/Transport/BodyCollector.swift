/// Gathers a body piece by piece and stops at the limit.
struct BodyCollector: Sendable {
    /// What came so far.
    private(set) var bytes: [UInt8] = []
    private let limit: Int
    private let expected: Int?

    /// `expected` is the size the source announced; nil when unknown or when the body is compressed.
    init(limit: Int, expected: Int?) {
        self.limit = limit
        self.expected = expected
        bytes.reserveCapacity(max(min(expected ?? 0, limit), 0))
    }

    /// Whether the announced size alone is over the limit.
    var isAnnouncedTooLarge: Bool { expected.map { $0 > limit } ?? false }

    /// Adds a piece; false when the body is larger than the limit.
    mutating func append(_ piece: some Collection<UInt8>) -> Bool {
        guard bytes.count + piece.count <= limit else { return false }
        bytes.append(contentsOf: piece)
        return true
    }

    /// `1200 of 4096 bytes`, or `1200 bytes` when the whole is unknown.
    var progress: String {
        expected.map { "\(bytes.count) of \($0) bytes" } ?? "\(bytes.count) bytes"
    }

    /// Whether fewer bytes came than were announced.
    var isShort: Bool { expected.map { bytes.count < $0 } ?? false }
}
