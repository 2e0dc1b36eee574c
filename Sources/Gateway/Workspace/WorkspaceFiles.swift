internal import Foundation
public import PlumblineKit

/// The files of one folder of a workspace, such as its `data`.
public struct WorkspaceFiles: FileSource {
    private let folder: URL

    /// The files in the folder at that path and in the folders below it.
    public init(folder: String) { self.folder = URL(filePath: folder).standardizedFileURL }

    /// Size and time of last writing of a file; `unavailable` where there is none.
    public func stamp(of name: String) async throws(ConnectorError) -> FileStamp {
        let url = try url(of: name)
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: url.path),
            let size = attributes[.size] as? Int, let modified = attributes[.modificationDate] as? Date
        else { throw .unavailable(reason: "there is no file '\(name)' in \(folder.path)", retryAfter: nil) }
        return FileStamp(
            size: size, modified: Instant(microseconds: Int64(modified.timeIntervalSince1970 * 1_000_000)))
    }

    /// At most `count` bytes from `offset` on; `unavailable` where the file cannot be read.
    public func bytes(of name: String, at offset: Int, upTo count: Int) async throws(ConnectorError) -> [UInt8] {
        let url = try url(of: name)
        do {
            let handle = try FileHandle(forReadingFrom: url)
            defer { try? handle.close() }
            try handle.seek(toOffset: UInt64(offset))
            return Array(try handle.read(upToCount: count) ?? Data())
        } catch {
            throw .unavailable(reason: "cannot read '\(name)': \(error.localizedDescription)", retryAfter: nil)
        }
    }

    /// The file's place. Links are followed first, so that none leads out of the folder.
    private func url(of name: String) throws(ConnectorError) -> URL {
        let root = folder.resolvingSymlinksInPath().path
        let url = folder.appending(path: name).resolvingSymlinksInPath().standardizedFileURL
        guard !name.hasPrefix("/"), url.path.hasPrefix(root + "/") else {
            throw .settings(field: "path", reason: "'\(name)' leads out of \(folder.path)")
        }
        return url
    }
}
