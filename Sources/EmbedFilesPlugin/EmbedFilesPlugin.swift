import Foundation
import PackagePlugin

/// Puts YAML files into the program, so that it needs none beside it: the catalogue into `Indicators`, the connector
/// templates into `Gateway`.
@main struct EmbedFilesPlugin: BuildToolPlugin {
    private static let folders = ["Indicators": "Sources/Indicators/Resources", "Gateway": "connectors"]

    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let path = Self.folders[target.name] else { return [] }
        let folder = context.package.directoryURL.appending(path: path)
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedFiles.swift")
        return [
            .buildCommand(
                displayName: "Embed \(path)", executable: try context.tool(named: "EmbedFiles").url,
                arguments: [folder.path, output.path], inputFiles: try files(in: folder), outputFiles: [output])
        ]
    }

    private func files(in folder: URL) throws -> [URL] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".yaml") }
            .map { folder.appending(path: $0) }
    }
}
