public import Expressions
internal import Foundation
internal import Indicators
internal import PlumblineKit
public import ReviewStore
internal import YAMLDocument

/// Looks at a workspace as those who run it want to: what is well, what is not, and what to do. It changes nothing, and
/// tells as much as can be seen where a part of it is broken.
public struct Doctor {
    /// Opens a workspace's store for reading only.
    public typealias StoreOpener = (Workspace, StoreKeys) throws(StoreError) -> any ReviewStore

    let folder: URL
    private let registry: ConnectorRegistry
    private let environment: [String: String]
    private let open: StoreOpener
    let now: Timestamp

    /// A doctor for the workspace at `folder`, who opens its store with `open`.
    public init(
        _ folder: String, registry: ConnectorRegistry, environment: [String: String], now: Timestamp,
        open: @escaping StoreOpener
    ) {
        self.folder = URL(filePath: folder).standardizedFileURL
        (self.registry, self.environment, self.now, self.open) = (registry, environment, now, open)
    }

    /// Everything that was looked at, in the order of the topics, and the language in which the company reads it.
    public func examine() async throws(WorkspaceError) -> (language: String, diagnoses: [Diagnosis]) {
        var diagnoses = keyFile() + secretFiles() + disk() + log() + backups()
        let workspace: Workspace
        do throws(WorkspaceError) {
            workspace = try Workspace.read(folder.path, registry: registry)
        } catch {
            guard case .invalid(let invalid) = error else { throw error }
            return ("zh", (diagnoses + [files(invalid)]).sorted())
        }
        diagnoses.append(files(workspace))
        diagnoses += missingSecrets(workspace)
        diagnoses += mappings(workspace)
        diagnoses += await examineStore(workspace)
        return (workspace.configuration.language, diagnoses.sorted())
    }

    /// A file or folder in the workspace.
    func path(_ name: String) -> String { folder.appending(path: name).path }

    private func files(_ workspace: Workspace) -> Diagnosis {
        let (connections, indicators) = (workspace.connections.count, workspace.indicators.count)
        return .ok(
            .files, zh: "\(connections) 个连接、\(indicators) 个指标，没有错误",
            en: "\(connections) connections, \(indicators) indicators, no mistakes")
    }

    private func files(_ invalid: InvalidConfiguration) -> Diagnosis {
        let (count, first) = (invalid.problems.count, invalid.problems.first.map { "\($0)" } ?? "")
        return .problem(
            .files, zh: "\(count) 处错误，第一处：\(first)", en: "\(count) mistakes, the first: \(first)",
            advice: .command("lint"))
    }

    private func missingSecrets(_ workspace: Workspace) -> [Diagnosis] {
        let missing = workspace.missingSecrets(in: SecretStore(workspace: folder.path, environment: environment))
        guard let first = missing.first else { return [] }
        return [
            .problem(
                .secrets, zh: "缺少 \(missing.count) 个：\(first)", en: "\(missing.count) missing: \(first)",
                advice: LocalizedText(zh: "放回 secrets/ 或设置环境变量", en: "put it into secrets/, or set the variable"))
        ]
    }

    private func examineStore(_ workspace: Workspace) async -> [Diagnosis] {
        guard FileManager.default.fileExists(atPath: workspace.databasePath) else {
            return [
                .warning(
                    .database, zh: "还没有数据库", en: "there is none yet", advice: .command("pull"))
            ]
        }
        guard let key = try? WorkspaceMaker.key(in: path(WorkspaceMaker.keyFile)) else { return [] }
        do throws(StoreError) {
            let health = try await open(workspace, StoreKeys(secret: key)).health()
            return StoreDiagnoses(workspace: workspace, health: health, now: now).all
                + [database(workspace, health)]
        } catch {
            return [Self.database(error)]
        }
    }

    private func database(_ workspace: Workspace, _ health: StoreHealth) -> Diagnosis {
        let size = ByteText.of(Self.size(workspace.databasePath))
        let schema = health.schema.last ?? ""
        return .ok(.database, zh: "\(size)，结构版本 \(schema)", en: "\(size), schema \(schema)")
    }

    private static func database(_ error: StoreError) -> Diagnosis {
        switch error {
        case .olderVersion:
            .warning(
                .database, zh: "结构是旧版本的，下一条命令会升级它", en: "of an older schema, which the next command brings up to date",
                advice: LocalizedText(
                    zh: "先 plumbline backup，再 plumbline verify", en: "plumbline backup, then plumbline verify"))
        default:
            .problem(
                .database, zh: error.description, en: error.description,
                advice: LocalizedText(
                    zh: "必要时恢复备份：plumbline backups", en: "if need be, restore a backup: plumbline backups"))
        }
    }

    /// The length of a file in bytes; 0 where there is none.
    static func size(_ path: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }
}

extension [Diagnosis] {
    /// By topic, and within one as they were found.
    fileprivate func sorted() -> [Diagnosis] {
        Diagnosis.Topic.allCases.flatMap { topic in filter { $0.topic == topic } }
    }
}
