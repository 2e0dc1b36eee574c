internal import Hummingbird
internal import NIOCore

/// Reads the body of a request as it came, once.
enum HookBody {
    /// Memory that is set aside before anything of a body has come.
    private static let reserved = 64 * 1024

    /// What a body turned out to be.
    enum Outcome {
        case whole([UInt8])
        case tooLarge
        /// The client went before it had sent what it had announced.
        case cutOff
    }

    /// The length that a header announces; nil where the body comes in chunks, or there is none.
    static func announced(_ request: Request) -> Int? {
        request.headers[.contentLength].flatMap { Int($0) }
    }

    /// Reads all of a body that is not longer than `limit`.
    static func read(_ request: Request, limit: Int) async throws -> Outcome {
        let announced = announced(request)
        var body: [UInt8] = []
        if let announced {
            if announced > limit { return .tooLarge }
            body.reserveCapacity(min(announced, reserved))
        }
        for try await chunk in request.body {
            guard body.count + chunk.readableBytes <= limit else { return .tooLarge }
            body.append(contentsOf: chunk.readableBytesView)
        }
        if let announced, announced != body.count { return .cutOff }
        return .whole(body)
    }
}
