import Foundation
import PackagePlugin

/// Puts YAML files into the program, so that it needs none beside it: the catalogue into `Indicators`, the templates of
/// connectors and sinks into `Gateway`.
@main struct EmbedFilesPlugin: BuildToolPlugin {
    /// The folders of each target, and the names under which the target finds their texts.
    private static let folders = [
        "Indicators": [("Sources/Indicators/Resources", "EmbeddedFiles")],
        "Gateway": [("connectors", "EmbeddedFiles"), ("sinks", "EmbeddedSinks")],
    ]

    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        try (Self.folders[target.name] ?? []).map { path, name in
            let folder = context.package.directoryURL.appending(path: path)
            let output = context.pluginWorkDirectoryURL.appending(path: "\(name).swift")
            return .buildCommand(
                displayName: "Embed \(path)", executable: try context.tool(named: "EmbedFiles").url,
                arguments: [folder.path, output.path, name], inputFiles: try files(in: folder), outputFiles: [output])
        }
    }

    private func files(in folder: URL) throws -> [URL] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".yaml") }
            .map { folder.appending(path: $0) }
    }
}
