internal import Foundation

/// The state of the files that decide what is served: whoever edits one of them changes it.
struct WorkspaceStamp: Hashable {
    private let files: [String: File]

    private struct File: Hashable {
        let size: Int
        let seconds: Int
        let nanoseconds: Int
        let inode: UInt64
    }

    /// Looks at the folder as it is. What cannot be read is left out: reading it will say why.
    init(folder: String) {
        var files: [String: File] = [:]
        for name in Self.names(folder) {
            var status = stat()
            guard stat(folder + "/" + name, &status) == 0 else { continue }
            files[name] = File(
                size: Int(status.st_size), seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec,
                inode: UInt64(status.st_ino))
        }
        self.files = files
    }

    /// The folders whose files are read: keys and secrets as well, which what answers may hold.
    private static let folders = ["connectors", "indicators", "mappings", "schemes", "secrets", "sinks"]

    private static func names(_ folder: String) -> [String] {
        let top = list(folder).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
        return top + folders.flatMap { name in list(folder + "/" + name).map { "\(name)/\($0)" } }
    }

    private static func list(_ folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
}
