internal import Foundation

extension Workspace {
    /// What connections and sinks need of keys and secrets that is not there, each with its connection or sink, as one line.
    public func missingSecrets(in store: SecretStore) -> [String] {
        missingOfConnections(store) + missingOfSinks(store)
    }

    private func missingOfSinks(_ store: SecretStore) -> [String] {
        sinks.flatMap { sink in
            sink.secrets.compactMap { key, reference -> String? in
                do throws(WorkspaceError) {
                    _ = try store.resolve(reference)
                    return nil
                } catch {
                    return "\(sink.name), \(key): \(error.description)"
                }
            }
        }
    }

    private func missingOfConnections(_ store: SecretStore) -> [String] {
        connections.flatMap { connection in
            let settings = connection.settings.merging(connection.callback?.settings ?? [:]) { own, _ in own }
            let secrets = settings.sorted { $0.key < $1.key }.compactMap { key, setting -> String? in
                guard case .secret(let reference) = setting.content else { return nil }
                do throws(WorkspaceError) {
                    _ = try store.resolve(reference)
                    return nil
                } catch {
                    return "\(connection.name), \(key): \(error.description)"
                }
            }
            let authorities = connection.transport.caFiles.filter {
                !FileManager.default.isReadableFile(atPath: URL(filePath: folder).appending(path: $0).path)
            }
            return secrets + authorities.map { "\(connection.name), ca_file: there is no readable file \($0)" }
        }
    }
}
