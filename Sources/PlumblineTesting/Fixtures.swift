public import Foundation

/// The recorded answers of one system: `Tests/<Family>Tests/Fixtures/<system>`.
public struct Fixtures: Sendable {
    /// The folder.
    public let folder: URL

    /// The folder `system` among the resources of the tests' own bundle (`Bundle.module`).
    public init(_ system: String, in bundle: Bundle) {
        folder = (bundle.resourceURL ?? bundle.bundleURL).appending(path: "Fixtures/\(system)")
    }

    /// The bytes of a file.
    public func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: name)))
    }

    /// A file as text.
    public func text(_ name: String) throws -> String {
        String(decoding: try bytes(name), as: UTF8.self)
    }
}
