import Glibc

/// The names of the elements that are open, each with its length behind it: a sheet opens and closes millions.
struct OpenElements: ~Copyable {
    private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 10, alignment: 8)
    private var end = 0
    private(set) var depth = 0

    private static let lengthBytes = MemoryLayout<Int>.size

    deinit { memory.deallocate() }

    mutating func open(_ name: UnsafeBufferPointer<UInt8>) {
        if memory.count - end < name.count + Self.lengthBytes { grow(by: name.count + Self.lengthBytes) }
        UnsafeMutableRawBufferPointer(rebasing: memory[end...]).copyMemory(from: UnsafeRawBufferPointer(name))
        end += name.count
        memory.storeBytes(of: name.count, toByteOffset: end, as: Int.self)
        end += Self.lengthBytes
        depth += 1
    }

    /// Closes the innermost element, if it has this name.
    mutating func close(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard depth > 0 else { return false }
        let behind = end - Self.lengthBytes
        let count = memory.loadUnaligned(fromByteOffset: behind, as: Int.self)
        guard count == name.count, let start = memory.baseAddress, let wanted = name.baseAddress,
            memcmp(start + behind - count, wanted, count) == 0
        else { return false }
        end = behind - count
        depth -= 1
        return true
    }

    private mutating func grow(by more: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * (memory.count + more), alignment: 8)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<end]))
        memory.deallocate()
        memory = larger
    }
}
