internal import PlumblineKit

/// The versions that sources give to their records, with the order that connectors see.
typealias SourceVersion = PlumblineKit.SourceVersion

extension SourceVersion {
    /// Whether `version` is older than `other`.
    static func isOlder(_ version: String, than other: String) -> Bool {
        SourceVersion(version) < SourceVersion(other)
    }
}
