import Foundation
import Glibc
package import PlumblineKit
import Synchronization

/// A small HTTP server on loopback that answers as badly as real ones do: it cuts bodies off, lies about their length,
/// dawdles, hangs up.
///
/// ```swift
/// let server = try TestHTTPServer(answers: [.tooManyRequests(retryAfter: "1"), .json("{}")])
/// defer { server.stop() }
/// ```
///
/// It reads one request per connection and closes, unless the answer says ``Answer/keepsOpen``.
package final class TestHTTPServer: Sendable {
    /// A request as it came.
    package struct Request: Sendable, Hashable {
        /// The verb.
        package let method: String
        /// Path and query as they stand in the request line, undecoded.
        package let target: String
        /// The header fields.
        package let headers: HTTPHeaders
        /// The body.
        package let body: [UInt8]

        /// The path, undecoded.
        package var path: String { String(target.prefix { $0 != "?" }) }

        /// The decoded value of a query item.
        package func query(_ name: String) -> String? {
            for item in target.drop(while: { $0 != "?" }).dropFirst().split(separator: "&") {
                let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard PercentEncoding.decode(parts[0]) == name else { continue }
                return parts.count == 2 ? PercentEncoding.decode(parts[1]) : ""
            }
            return nil
        }
    }

    /// 127.0.0.1 and the port, as a base address.
    package var baseURL: String { "http://127.0.0.1:\(port)" }
    /// The port the system chose.
    package let port: Int

    private struct State {
        var requests: [Request] = []
        var open = 0
        var mostOpen = 0
        var isStopped = false
    }

    private let listener: Int32
    private let state = Mutex(State())
    private let respond: @Sendable (Request, Int) -> Answer

    /// Starts a server; `respond` gets each request and how many came before it.
    package init(_ respond: @escaping @Sendable (Request, Int) -> Answer) throws {
        let (listener, port) = try Socket.listen()
        (self.listener, self.port, self.respond) = (listener, port, respond)
        Thread.detachNewThread { self.accept() }
    }

    /// Starts a server that gives these answers in turn, and the last one for ever after.
    package convenience init(answers: [Answer]) throws {
        try self.init { _, index in
            answers.isEmpty ? .text("no answer was prepared", status: 500) : answers[min(index, answers.count - 1)]
        }
    }

    /// What came so far.
    package var requests: [Request] { state.withLock(\.requests) }

    /// How many requests waited for the first byte of their answer at once, at most.
    package var mostAtOnce: Int { state.withLock(\.mostOpen) }

    /// Refuses connections from now on. Connections under way end by themselves.
    package func stop() {
        let wasRunning = state.withLock { state in
            defer { state.isStopped = true }
            return !state.isStopped
        }
        // Wakes the accepting thread, which closes the socket: closing it here could hand its number to another.
        if wasRunning { _ = shutdown(listener, Int32(SHUT_RDWR)) }
    }

    private func accept() {
        defer { close(listener) }
        while !state.withLock(\.isStopped) {
            let connection = Glibc.accept(listener, nil, nil)
            guard connection >= 0 else { continue }
            Thread.detachNewThread {
                self.serve(connection)
                close(connection)
            }
        }
    }

    private func serve(_ connection: Int32) {
        while let request = Socket.readRequest(connection) {
            let index = state.withLock { state in
                state.requests.append(request)
                state.open += 1
                state.mostOpen = max(state.mostOpen, state.open)
                return state.requests.count - 1
            }
            let answer = respond(request, index)
            let isUsable = answer.write(to: connection) { self.state.withLock { $0.open -= 1 } }
            guard isUsable, answer.keepsOpen else { return }
        }
    }
}

extension TestHTTPServer {
    /// What the server sends back.
    package struct Answer: Sendable {
        /// The status code.
        package var status = 200
        /// The header fields; `Content-Length` and `Connection` are added.
        package var headers: HTTPHeaders = [:]
        /// The body.
        package var body: [UInt8] = []
        /// A false `Content-Length`; nil tells the truth.
        package var announcedLength: Int?
        /// How many bytes of the body to send before the connection is closed; nil sends all.
        package var cutAfter: Int?
        /// Wait before the first byte.
        package var delay: Duration = .zero
        /// Send the body in pieces of this size, with ``pause`` after each.
        package var pieceSize: Int?
        /// Wait after each piece.
        package var pause: Duration = .zero
        /// Send the body as `Transfer-Encoding: chunked`.
        package var isChunked = false
        /// Close the connection without a word.
        package var hangsUp = false
        /// Read a further request from the same connection.
        package var keepsOpen = false

        /// 200 with an empty body.
        package init() {}

        /// JSON text.
        package static func json(_ text: String, status: Int = 200) -> Answer {
            body(Array(text.utf8), type: "application/json", status: status)
        }

        /// Plain text.
        package static func text(_ text: String, status: Int = 200) -> Answer {
            body(Array(text.utf8), type: "text/plain; charset=utf-8", status: status)
        }

        /// A page, as a login form or a proxy's error would be.
        package static func html(_ text: String, status: Int = 200) -> Answer {
            body(Array(text.utf8), type: "text/html; charset=utf-8", status: status)
        }

        /// Any bytes.
        package static func body(_ bytes: [UInt8], type: String, status: Int = 200) -> Answer {
            var answer = Answer()
            (answer.status, answer.body, answer.headers) = (status, bytes, ["Content-Type": type])
            return answer
        }

        /// A redirect to another address.
        package static func redirect(to location: String, status: Int = 302) -> Answer {
            var answer = Answer.text("moved", status: status)
            answer.headers["Location"] = location
            return answer
        }

        /// Status 429 with this `Retry-After`: seconds or an HTTP date.
        package static func tooManyRequests(retryAfter: String?) -> Answer {
            var answer = Answer.text("slow down", status: 429)
            answer.headers["Retry-After"] = retryAfter
            return answer
        }

        /// JSON text that stops after so many bytes, although all were announced.
        package static func cutOff(_ text: String, after bytes: Int) -> Answer {
            var answer = Answer.json(text)
            answer.cutAfter = bytes
            return answer
        }

        /// The connection closes before any byte.
        package static var hangUp: Answer {
            var answer = Answer()
            answer.hangsUp = true
            return answer
        }
    }
}

extension TestHTTPServer.Answer {
    /// False when the connection is of no further use. `beforeFirstByte` is called when the answer is ready.
    fileprivate func write(to connection: Int32, beforeFirstByte: () -> Void) -> Bool {
        Thread.sleep(for: delay)
        beforeFirstByte()
        guard !hangsUp, Socket.send(Array(head.utf8), to: connection) else { return false }
        let sent = Array(body.prefix(cutAfter ?? body.count))
        let size = max(pieceSize ?? sent.count, 1)
        for start in stride(from: 0, to: sent.count, by: size) {
            let piece = Array(sent[start..<min(start + size, sent.count)])
            guard Socket.send(isChunked ? framed(piece) : piece, to: connection) else { return false }
            if pieceSize != nil { Thread.sleep(for: pause) }
        }
        if isChunked, cutAfter == nil { return Socket.send(Array("0\r\n\r\n".utf8), to: connection) }
        return cutAfter == nil
    }

    private var head: String {
        var lines = ["HTTP/1.1 \(status) \(status < 400 ? "OK" : "Error")"]
        lines += headers.fields.map { "\($0.name): \($0.value)" }
        let isTunnel = keepsOpen && body.isEmpty
        if isChunked {
            lines.append("Transfer-Encoding: chunked")
        } else if !isTunnel {
            lines.append("Content-Length: \(announcedLength ?? body.count)")
        }
        if !keepsOpen { lines.append("Connection: close") }
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }

    private func framed(_ piece: [UInt8]) -> [UInt8] {
        Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8)
    }
}

extension Thread {
    fileprivate static func sleep(for time: Duration) {
        guard time > .zero else { return }
        sleep(forTimeInterval: Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18)
    }
}

/// The few socket calls that the server needs.
private enum Socket {
    struct Failure: Error {
        let call: String
    }

    static func listen() throws -> (socket: Int32, port: Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard listener >= 0 else { throw Failure(call: "socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && Glibc.listen(listener, 64) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else {
            close(listener)
            throw Failure(call: "bind")
        }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }

    static func send(_ bytes: [UInt8], to connection: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    /// The next request, or nil when the client has gone.
    static func readRequest(_ connection: Int32) -> TestHTTPServer.Request? {
        var bytes: [UInt8] = []
        let end = Array("\r\n\r\n".utf8)
        while !bytes.suffix(4).elementsEqual(end) {
            guard let byte = read(1, from: connection)?.first else { return nil }
            bytes.append(byte)
            guard (0x41...0x5A).contains(bytes[0]) else {
                // No verb, so perhaps a TLS greeting: what web servers say to it.
                _ = send(Array("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".utf8), to: connection)
                _ = shutdown(connection, Int32(SHUT_WR))
                while read(65_536, from: connection) != nil {}
                return nil
            }
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        var headers = HTTPHeaders()
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers.add(String(line[..<colon]), String(line[line.index(after: colon)...]))
        }
        var body: [UInt8] = []
        let length = headers["Content-Length"].flatMap { Int($0) } ?? 0
        while body.count < length {
            guard let piece = read(length - body.count, from: connection) else { return nil }
            body += piece
        }
        return .init(method: String(words[0]), target: String(words[1]), headers: headers, body: body)
    }

    private static func read(_ count: Int, from connection: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: min(count, 65_536))
        let size = recv(connection, &buffer, buffer.count, 0)
        return size > 0 ? Array(buffer.prefix(size)) : nil
    }
}
