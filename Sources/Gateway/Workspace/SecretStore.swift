internal import Foundation
public import PlumblineKit

/// Resolves the references by which connections name their secrets.
///
/// `${env:NAME}` is an environment variable, `${file:NAME}` a file in the workspace's `secrets` folder and nothing else.
public struct SecretStore: Sendable {
    private let folder: URL
    private let environment: [String: String]

    /// The secrets of the workspace at `folder`.
    public init(workspace folder: String, environment: [String: String]) {
        self.folder = URL(filePath: folder).appending(path: "secrets")
        self.environment = environment
    }

    /// A reference to a secret, as a connection writes it.
    public enum Reference: Sendable, Hashable {
        case file(String)
        case environment(String)

        /// Reads `${file:NAME}` or `${env:NAME}`; nil for anything else.
        public init?(_ text: String) {
            guard text.hasPrefix("${"), text.hasSuffix("}") else { return nil }
            let parts = text.dropFirst(2).dropLast().split(separator: ":", maxSplits: 1)
            guard parts.count == 2, Self.isName(parts[1]) else { return nil }
            switch parts[0] {
            case "file": self = .file(String(parts[1]))
            case "env": self = .environment(String(parts[1]))
            default: return nil
            }
        }

        /// A name has no slash, so that it cannot leave the folder.
        private static func isName(_ text: Substring) -> Bool {
            text.first != "."
                && text.utf8.allSatisfy { byte in
                    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                        || [45, 46, 95].contains(byte)
                }
        }
    }

    /// The secret that a reference names.
    public func resolve(_ reference: Reference) throws(WorkspaceError) -> Secret {
        switch reference {
        case .environment(let name):
            guard let text = environment[name], !text.isEmpty else {
                throw .secret(name: name, reason: "the environment variable \(name) is not set")
            }
            return Secret(text)
        case .file(let name): return try file(name)
        }
    }

    private func file(_ name: String) throws(WorkspaceError) -> Secret {
        let path = folder.appending(path: name)
        guard let text = try? String(contentsOf: path, encoding: .utf8) else {
            throw .secret(name: name, reason: "there is no readable file secrets/\(name) in the workspace")
        }
        let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if secret.isEmpty { throw .secret(name: name, reason: "the file secrets/\(name) is empty") }
        return Secret(secret)
    }
}
