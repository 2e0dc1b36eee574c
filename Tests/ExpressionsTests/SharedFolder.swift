import Foundation
import Testing

/// The folder of vectors that lies beside the package, where there is one.
enum SharedFolder {
    /// `PLUMBLINE_SHARED`, else `shared` beside the folder that holds the package.
    static let url: URL? = {
        if let path = ProcessInfo.processInfo.environment["PLUMBLINE_SHARED"] { return existing(URL(filePath: path)) }
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let isPackage = exists(folder.appending(path: "Package.swift")) || exists(folder.appending(path: ".git"))
            if isPackage { return existing(folder.deletingLastPathComponent().appending(path: "shared")) }
        }
        return nil
    }()

    /// Whether a test that needs the folder runs; in CI it runs, and fails, also without it.
    static var isRequired: Bool { url != nil || ProcessInfo.processInfo.environment["CI"] == "true" }

    private static func existing(_ url: URL) -> URL? { exists(url) ? url : nil }

    private static func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }
}
