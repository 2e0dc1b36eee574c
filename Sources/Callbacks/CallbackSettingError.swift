public import PlumblineKit

/// Why no scheme can be made of the settings of a connection. Holds no secret.
public struct CallbackSettingError: Error, Sendable, Hashable {
    /// The setting that a person must change.
    public let field: String
    /// What is wrong with it and what to do.
    public let reason: LocalizedText
}

extension CallbackSettingError: CustomStringConvertible {
    /// One line in English.
    public var description: String { "setting '\(field)': \(reason.en)" }
}
