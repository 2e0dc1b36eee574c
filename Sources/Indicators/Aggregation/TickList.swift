/// Whole numbers by the million in little memory, of which some are asked for by their rank.
///
/// The last few stand as they came. The others stand in ascending runs as ``TickRun`` packs them, each run longer than
/// all behind it together; so each number is packed anew only as often as the count doubles.
struct TickList {
    private var recent: [Int64] = []
    /// The longest first.
    private var runs: [TickRun] = []

    private static let mostRecent = 64

    /// How many numbers there are.
    var count: Int { recent.count + runs.reduce(0) { $0 + $1.count } }

    mutating func append(_ tick: Int64) {
        recent.append(tick)
        if recent.count == Self.mostRecent { pack() }
    }

    private mutating func pack() {
        var run = TickRun(ascending: recent.sorted())
        recent.removeAll(keepingCapacity: true)
        while let last = runs.last, last.count <= run.count { run = TickRun(merging: runs.removeLast(), run) }
        runs.append(run)
    }

    /// All numbers, ascending.
    var all: TickRun {
        runs.reversed().reduce(TickRun(ascending: recent.sorted())) { TickRun(merging: $1, $0) }
    }
}

/// Ascending whole numbers as the distances between them, in steps of their greatest common divisor; each takes one byte
/// for every 7 bits that it has.
struct TickRun: Sequence {
    let count: Int
    private let first: Int64
    private let step: UInt64
    private let distances: [UInt8]

    /// Packs numbers that ascend.
    init(ascending ticks: [Int64]) {
        let distances = zip(ticks, ticks.dropFirst()).map { UInt64(bitPattern: $1 &- $0) }
        let step = distances.reduce(0, greatestCommonDivisor)
        self.init(ticks.makeIterator(), count: ticks.count, step: step)
    }

    /// Packs the numbers of two runs.
    init(merging one: TickRun, _ other: TickRun) {
        let between = UInt64(bitPattern: Swift.max(one.first, other.first) &- Swift.min(one.first, other.first))
        let step =
            one.count == 0
            ? other.step
            : other.count == 0
                ? one.step : greatestCommonDivisor(greatestCommonDivisor(one.step, other.step), between)
        self.init(MergedTicks(one, other), count: one.count + other.count, step: step)
    }

    private init(_ ticks: some IteratorProtocol<Int64>, count: Int, step: UInt64) {
        var ticks = ticks
        var distances: [UInt8] = []
        distances.reserveCapacity(count)
        let first = ticks.next() ?? 0
        var last = first
        while let tick = ticks.next() {
            distances.append(packed: step == 0 ? 0 : UInt64(bitPattern: tick &- last) / step)
            last = tick
        }
        (self.count, self.first, self.step, self.distances) = (count, first, step, distances)
    }

    /// How much memory the numbers take.
    var byteCount: Int { distances.count }

    func makeIterator() -> Iterator { Iterator(run: self) }

    struct Iterator: IteratorProtocol {
        fileprivate let run: TickRun
        private var given = 0
        private var position = 0
        private var last: Int64

        fileprivate init(run: TickRun) {
            self.run = run
            last = run.first
        }

        mutating func next() -> Int64? {
            guard given < run.count else { return nil }
            if given > 0 { last &+= Int64(bitPattern: run.distances.packed(at: &position) &* run.step) }
            given += 1
            return last
        }
    }
}

/// The numbers of two runs, ascending.
private struct MergedTicks: IteratorProtocol {
    private var one, other: TickRun.Iterator
    private var nextOfOne, nextOfOther: Int64?

    init(_ one: TickRun, _ other: TickRun) {
        (self.one, self.other) = (one.makeIterator(), other.makeIterator())
        (nextOfOne, nextOfOther) = (self.one.next(), self.other.next())
    }

    mutating func next() -> Int64? {
        guard let left = nextOfOne, nextOfOther.map({ left <= $0 }) ?? true else {
            defer { nextOfOther = other.next() }
            return nextOfOther
        }
        defer { nextOfOne = one.next() }
        return left
    }
}

extension [UInt8] {
    /// Appends a number, its lowest 7 bits first; the highest bit of a byte tells that another follows.
    fileprivate mutating func append(packed number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// The packed number at a position, which moves on behind it.
    fileprivate func packed(at position: inout Int) -> UInt64 {
        var (number, shift): (UInt64, UInt64) = (0, 0)
        while position < count {
            let byte = self[position]
            position += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        return number
    }
}

private func greatestCommonDivisor(_ one: UInt64, _ other: UInt64) -> UInt64 {
    var (one, other) = (one, other)
    while other != 0 { (one, other) = (other, one % other) }
    return one
}
