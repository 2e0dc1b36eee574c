internal import Foundation
internal import Glibc
internal import PlumblineKit

/// A program's working folder: new, its user's alone, and gone with it.
struct PrivateFolder: Sendable {
    let path: String
    /// The files that were put there, which may hold secrets.
    let files: [String]

    /// Makes a folder with these files.
    init(files contents: [String: [UInt8]], for user: ProgramUser) throws(ConnectorError) {
        let base = FileManager.default.temporaryDirectory.path
        var template = Array("\(base)/plumbline-program-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Self.failure("make a folder in \(base)") }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        self.path = path
        files = contents.keys.sorted().map { "\(path)/\($0)" }
        do throws(ConnectorError) {
            for (name, bytes) in contents { try Self.write(bytes, to: name, in: path, for: user) }
            if user.isOther, chown(path, user.number, user.group) != 0 { throw Self.failure("hand over \(path)") }
        } catch {
            remove()
            throw error
        }
    }

    private static func write(
        _ bytes: [UInt8], to name: String, in folder: String, for user: ProgramUser
    ) throws(ConnectorError) {
        guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/"), !name.utf8.contains(0) else {
            throw .settings(field: "files", reason: "'\(name)' is no plain file name")
        }
        let path = "\(folder)/\(name)"
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("write \(name)") }
        defer { close(file) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { throw failure("write \(name)") }
            rest = rest.dropFirst(count)
        }
        if user.isOther, fchown(file, user.number, user.group) != 0 { throw failure("hand over \(name)") }
    }

    /// Deletes the folder with all that is in it; follows no link.
    func remove() { try? FileManager.default.removeItem(atPath: path) }

    private static func failure(_ what: String) -> ConnectorError {
        .unavailable(reason: "cannot \(what) for a program: \(String(cString: strerror(errno)))", retryAfter: nil)
    }
}
