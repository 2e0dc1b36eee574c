internal import Expressions
internal import Foundation
internal import Indicators
internal import ReviewStore

/// Appends events to a file in the workspace's folder `outbox`, one JSON object a line, each once.
///
/// A line is written, brought to the disk, and only then noted as delivered. A process that is killed in between finds the
/// line when it goes on, and does not write it again; half a line is cut off. Whoever carries the file away gets a new one.
struct FileChannel: DeliveryChannel {
    let folder: String
    let name: String
    /// Whether each day of the company has a file of its own, that of the event.
    let isDaily: Bool
    let zone: Zone
    let text: EventText

    static let folderName = "outbox"

    let eventsPerMessage = 1

    func send(_ events: [OutgoingEvent], at now: Timestamp) async -> (count: Int, answer: DeliveryAnswer)? {
        guard let event = events.first else { return nil }
        do throws(SinkFault) {
            try makeFolder()
            let file = try LineFile(folder: folder, name: fileName(of: event))
            defer { file.close() }
            try file.cutOffHalfLine()
            let mark = "{\"id\":\"\(event.event.key)\","
            if try !file.holdsLine(beginning: mark, inAll: event.isRepeated) {
                try file.append(text.json(event, withKey: true))
            }
            return (1, .accepted(status: nil))
        } catch {
            return (1, .failed(error.description))
        }
    }

    private func fileName(of event: OutgoingEvent) -> String {
        isDaily ? "\(name)-\(zone.day(of: event.event.occurred)).jsonl" : "\(name).jsonl"
    }

    private func makeFolder() throws(SinkFault) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw SinkFault("cannot make the folder \(Self.folderName): \(error.localizedDescription)")
        }
    }
}

/// A file of lines that only grows.
struct LineFile {
    private let descriptor: Int32
    private let name: String

    /// So much of the file's end is looked through for a line that may have been written last.
    static let tail = 4 << 20

    init(folder: String, name: String) throws(SinkFault) {
        self.name = name
        let path = URL(filePath: folder).appending(path: name).path
        let isNew = !FileManager.default.fileExists(atPath: path)
        descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.fault(name) }
        if isNew { try Self.bringToDisk(folder: folder, name) }
    }

    func close() { _ = Foundation.close(descriptor) }

    /// Cuts off what stands behind the last line break: a line whose writing was cut short.
    func cutOffHalfLine() throws(SinkFault) {
        let size = try size
        var end = size
        while end > 0 {
            let start = max(0, end - (64 << 10))
            let bytes = try read(from: start, to: end)
            if let place = bytes.lastIndex(of: UInt8(ascii: "\n")) {
                end = start + place + 1
                break
            }
            end = start
        }
        guard end < size else { return }
        guard ftruncate(descriptor, off_t(end)) == 0 else { throw Self.fault(name) }
    }

    /// Whether a line begins with a text: among the last of them, or among all.
    func holdsLine(beginning text: String, inAll: Bool) throws(SinkFault) -> Bool {
        let size = try size
        let wanted = Array(text.utf8)
        var start = inAll ? 0 : max(0, size - Self.tail)
        var carried: [UInt8] = start == 0 ? [UInt8(ascii: "\n")] : []
        while start < size {
            let end = min(size, start + (1 << 20))
            let bytes = carried + (try read(from: start, to: end))
            if Data(bytes).range(of: Data([UInt8(ascii: "\n")] + wanted)) != nil { return true }
            carried = Array(bytes.suffix(wanted.count))
            start = end
        }
        return false
    }

    /// Appends a line, which is on the disk when this returns.
    func append(_ line: String) throws(SinkFault) {
        let bytes = Array((line + "\n").utf8)
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { throw Self.fault(name) }
            rest = rest.dropFirst(written)
        }
        guard fsync(descriptor) == 0 else { throw Self.fault(name) }
    }

    private var size: Int {
        get throws(SinkFault) {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw Self.fault(name) }
            return Int(status.st_size)
        }
    }

    private func read(from start: Int, to end: Int) throws(SinkFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: end - start)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, off_t(start + done))
            }
            guard count > 0 else { throw Self.fault(name) }
            done += count
        }
        return bytes
    }

    private static func bringToDisk(folder: String, _ name: String) throws(SinkFault) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw fault(name) }
        defer { _ = Foundation.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw fault(name) }
    }

    private static func fault(_ name: String) -> SinkFault {
        SinkFault("\(FileChannel.folderName)/\(name): \(String(cString: strerror(errno)))")
    }
}
