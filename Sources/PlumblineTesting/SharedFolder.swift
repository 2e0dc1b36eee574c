public import Foundation

/// The folder of facts that lies beside a checkout of the project: reference answers, vectors, real servers to start.
///
/// A user does not have it: tests that need it are skipped by name. With `CI=true` its absence is a failure instead.
public enum SharedFolder {
    /// The folder; nil where it is absent.
    public static let url: URL? = {
        let named = ProcessInfo.processInfo.environment["PLUMBLINE_SHARED"].map { URL(filePath: $0) }
        let beside = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../shared")
        return [named, beside].compactMap { $0?.standardizedFileURL }.first { isFolder($0) }
    }()

    /// Whether a test that needs the folder is to run: where it is there, and in CI, so that the absence shows.
    public static var isExpected: Bool { url != nil || isCI }

    /// Whether the tests run in continuous integration, where nothing may be skipped.
    public static var isCI: Bool { ProcessInfo.processInfo.environment["CI"] == "true" }

    /// A file of the folder.
    ///
    /// - Throws: `Missing` where the folder is absent.
    public static func file(_ path: String) throws(Missing) -> URL {
        guard let url else { throw Missing() }
        return url.appending(path: path)
    }

    /// The shared folder is absent.
    public struct Missing: Error, CustomStringConvertible {
        /// Says where the folder is looked for.
        public var description: String {
            "the shared folder is not beside the checkout; set PLUMBLINE_SHARED to where it is"
        }
    }

    private static func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
