import Glibc

/// Finds the next of one byte again and again, and looks at each stretch once.
struct ByteFinder {
    private let byte: UInt8
    private var found = -1

    init(_ byte: UInt8) {
        self.byte = byte
    }

    /// The next place from `start` on; `end` where there is none. Neither `base` nor `end` may change between calls.
    mutating func next(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        if found < start {
            let place = memchr(base + start, Int32(byte), max(0, end - start))
            found = place.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) } ?? end
        }
        return found
    }
}
