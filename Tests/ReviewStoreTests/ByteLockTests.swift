import Foundation
import Testing

@testable import ReviewStore

/// Locks of single bytes exclude one another, within a process as well, and end when whoever held them lets go.
@Suite struct ByteLockTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: "lock-\(UUID().uuidString)").path

    @Test func `a byte is locked once, and is free again behind its holder`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        var lock = try ByteLock(path: path, byte: 7)
        #expect(lock != nil)
        #expect(try ByteLock(path: path, byte: 7) == nil)
        #expect(try ByteLock(path: path, byte: 8) != nil)
        lock = nil
        #expect(try ByteLock(path: path, byte: 7) != nil)
    }

    @Test func `a program that is being started does not hold what was let go`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        var lock = try ByteLock(path: path, byte: 7)
        let copies = copiesOfDescriptors()
        defer { for copy in copies { close(copy) } }
        #expect(lock != nil && !copies.isEmpty)
        lock = nil
        #expect(try ByteLock(path: path, byte: 7) != nil)
    }

    /// What a fork has between its beginning and the program's: the same open files under other numbers.
    private func copiesOfDescriptors() -> [Int32] {
        let folder = "/proc/self/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")) == path
        }.compactMap(Int32.init).map { dup($0) }
    }
}
