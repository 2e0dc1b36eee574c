internal import Foundation
internal import NIOCore

/// Why a workspace cannot be served.
public enum ServingError: Error, Sendable, CustomStringConvertible {
    /// The server cannot listen where it is to.
    case cannotListen(GatewayServer.Address, reason: String)
    /// The server ended by itself.
    case ended(reason: String)

    init(_ error: any Error, _ address: GatewayServer.Address) {
        switch error {
        case let error as IOError: self = .cannotListen(address, reason: Self.reason(error.errnoCode))
        case is SocketAddressError: self = .cannotListen(address, reason: "no machine has that name")
        default: self = .ended(reason: "\(error)")
        }
    }

    /// What is wrong and what to do about it.
    public var description: String {
        switch self {
        case .cannotListen(let address, let reason):
            "cannot listen at \(address): \(reason). Choose another with --host and --port"
        case .ended(let reason): "the server ended: \(reason)"
        }
    }

    private static func reason(_ code: Int32) -> String {
        switch code {
        case EADDRINUSE: "another program listens there"
        case EADDRNOTAVAIL: "this machine does not have that address"
        case EACCES: "only the administrator may listen at ports below 1024"
        default: String(cString: strerror(code))
        }
    }
}
