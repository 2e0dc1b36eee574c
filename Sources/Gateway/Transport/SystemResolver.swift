import Glibc
import NIOPosix

/// Host names to addresses through `getaddrinfo`, on a thread where blocking does no harm.
enum SystemResolver {
    static func addresses(of host: String) async throws(ResolutionFailure) -> [IPAddress] {
        do {
            return try await NIOThreadPool.singleton.runIfActive { try lookUp(host) }
        } catch let failure as ResolutionFailure {
            throw failure
        } catch {
            throw ResolutionFailure(reason: "the resolver did not run: \(error)")
        }
    }

    private static func lookUp(_ host: String) throws(ResolutionFailure) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else { throw ResolutionFailure(reason: String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        var found: [IPAddress] = []
        var next = list
        while let entry = next?.pointee {
            if let address = IPAddress(entry.ai_addr), !found.contains(address) { found.append(address) }
            next = entry.ai_next
        }
        return found
    }
}

extension IPAddress {
    /// The address in a socket address of family `AF_INET` or `AF_INET6`.
    fileprivate init?(_ socket: UnsafeMutablePointer<sockaddr>?) {
        guard let socket else { return nil }
        switch Int32(socket.pointee.sa_family) {
        case AF_INET:
            let part = socket.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee.sin_addr }
            self.init(bytes: withUnsafeBytes(of: part) { Array($0) })
        case AF_INET6:
            let part = socket.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { $0.pointee.sin6_addr }
            self.init(bytes: withUnsafeBytes(of: part) { Array($0) })
        default: return nil
        }
    }
}

/// The wall clock.
enum SystemClock {
    /// Seconds since 1970.
    static func unixTime() -> Int64 { Int64(time(nil)) }
}
