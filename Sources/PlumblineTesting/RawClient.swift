internal import Foundation

/// Speaks to a server of this machine over a bare socket, so that it can say what no HTTP client would.
public struct RawClient: Sendable {
    /// The server's port.
    public let port: Int

    /// The system refused.
    public struct Failure: Error {
        /// What it refused, and its number for why.
        public let what: String
    }

    /// A client of the server at that port.
    public init(port: Int) { self.port = port }

    /// Sends pieces one after the other and reads until the server ends the connection, or for `patience` at most.
    public func exchange(
        _ pieces: [[UInt8]], endsSending: Bool = false, patience: Duration = .seconds(20)
    ) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            // A thread of its own: those of queues are few, and the store needs them.
            Thread.detachNewThread {
                continuation.resume(
                    with: Result { try self.talk(pieces, endsSending: endsSending, patience: patience) })
            }
        }
    }

    /// Sends a text as one piece.
    public func exchange(_ text: String, endsSending: Bool = false) async throws -> String {
        try await exchange([Array(text.utf8)], endsSending: endsSending)
    }

    /// Sends a header and then bytes one by one, until the server has had enough of it; gives how many went out.
    public func drip(_ head: String, every pause: Duration, atMost count: Int) async throws -> Int {
        let descriptor = try open()
        defer { close(descriptor) }
        guard send(Array(head.utf8), to: descriptor) else { return 0 }
        for sent in 0..<count {
            guard send([UInt8(ascii: "a")], to: descriptor) else { return sent }
            try await Task.sleep(for: pause)
        }
        return count
    }

    /// Opens a connection and leaves it to the caller to close.
    public func open() throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(what: "socket: \(errno)") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            throw Failure(what: "connect: \(errno)")
        }
        return descriptor
    }

    private func talk(_ pieces: [[UInt8]], endsSending: Bool, patience: Duration) throws -> String {
        let descriptor = try open()
        defer { close(descriptor) }
        var time = timeval(tv_sec: Int(patience.components.seconds), tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
        for piece in pieces where !send(piece, to: descriptor) { break }
        if endsSending { shutdown(descriptor, Int32(SHUT_WR)) }
        return String(decoding: receive(from: descriptor), as: UTF8.self)
    }

    /// False where the server has closed: what it said can still be read.
    private func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer -> Int in
                guard let base = buffer.baseAddress else { return -1 }
                return Foundation.send(descriptor, base + sent, buffer.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    private func receive(from descriptor: Int32) -> [UInt8] {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return received }
            received += buffer[..<count]
        }
    }
}

extension String {
    /// The status of the first answer in what a server sent; nil where it sent none.
    public var firstStatus: Int? {
        let words = split(separator: " ", maxSplits: 2)
        return hasPrefix("HTTP/1.1 ") && words.count > 1 ? Int(words[1]) : nil
    }

    /// How many answers a server sent.
    public var answers: Int { components(separatedBy: "HTTP/1.1 ").count - 1 }
}
