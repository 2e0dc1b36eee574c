public import YAMLDocument

/// Why a workspace cannot be used; each message says what to do.
public enum WorkspaceError: Error, Sendable, CustomStringConvertible {
    /// The folder has no `plumbline.yaml`.
    case notAWorkspace(path: String)
    /// `init` found a workspace where it was to make one.
    case alreadyThere(path: String)
    /// A file would be written over.
    case fileExists(path: String)
    /// A file or folder could not be read or written.
    case unreadable(path: String, reason: String)
    /// Files have mistakes, each with its place.
    case invalid(InvalidConfiguration)
    /// No file in `connectors` has that name.
    case unknownConnection(String, known: [String])
    /// No file in `sinks` has that name.
    case unknownSink(String, known: [String])
    /// The product has no template of that connector.
    case unknownConnector(String, known: [String])
    /// A secret, or the workspace's own key, is absent or unusable.
    case secret(name: String, reason: String)

    /// What is wrong and what to do about it.
    public var description: String {
        switch self {
        case .notAWorkspace(let path):
            "\(path) is no workspace: it has no plumbline.yaml; 'plumbline init --workspace \(path)' makes one"
        case .alreadyThere(let path): "\(path) is a workspace already"
        case .fileExists(let path): "there is a file \(path) already; rename it first"
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .invalid(let problems): problems.description
        case .unknownConnection(let name, let known):
            "there is no connection '\(name)'; the workspace has: \(known.isEmpty ? "none" : known.joined(separator: ", "))"
        case .unknownSink(let name, let known):
            "there is no sink '\(name)'; the workspace has: \(known.isEmpty ? "none" : known.joined(separator: ", "))"
        case .unknownConnector(let name, let known):
            "there is no connector '\(name)'; known: \(known.joined(separator: ", "))"
        case .secret(let name, let reason): "secret '\(name)': \(reason)"
        }
    }
}
