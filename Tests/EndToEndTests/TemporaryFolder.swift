import Foundation

/// A folder that is there as long as the value that names it.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "plumbline-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: url.appending(path: name)), as: UTF8.self)
    }

    func write(_ text: String, to name: String) throws {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// Puts another text in the place of one that stands in a file exactly once.
    func replace(_ old: String, with new: String, in name: String) throws {
        let parts = try text(name).components(separatedBy: old)
        guard parts.count == 2 else {
            throw Plumbline.Failure(description: "\(name) has '\(old)' \(parts.count - 1) times")
        }
        try write(parts.joined(separator: new), to: name)
    }

    /// Copies a folder's contents into this one.
    func fill(from source: URL) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: source.path) {
            try FileManager.default.copyItem(at: source.appending(path: name), to: url.appending(path: name))
        }
    }
}

/// The folders of the checkout that tests read.
enum Checkout {
    static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    static let root = tests.deletingLastPathComponent().deletingLastPathComponent()
    static let workspaces = tests.appending(path: "Workspaces")
    static let samples = root.appending(path: "samples")
}
