internal import ArgumentParser
internal import Gateway
internal import PlumblineKit

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a workspace, or add a connection to one.",
        discussion: """
            Without --from it makes the company's folder with a commented plumbline.yaml. With --from it copies a \
            connector's commented template into the workspace, and makes the workspace first where there is none. JSON: \
            {workspace, written: [path]}.
            """)

    @OptionGroup var options: WorkspaceOptions

    @Option(name: .long, help: "A connector such as ticketing.roundup; 'plumbline connectors list' shows all.")
    var from: String?

    func run() throws {
        let maker = WorkspaceMaker(folder: options.workspace)
        var files: [String] = []
        if let from, ConnectorTemplates.text(of: from) == nil {
            throw WorkspaceError.unknownConnector(from, known: ConnectorTemplates.connectors)
        }
        if from == nil || !maker.exists { files = try maker.make() }
        if let from { files.append(try maker.add(from, registry: try WorkspaceOptions.registry())) }
        if options.isJSON {
            printJSON(["workspace": .string(options.workspace), "written": .array(files.map(JSON.string))])
            return
        }
        for file in files { StandardOutput.write("\(options.workspace)/\(file)\n") }
        StandardOutput.write("Next: edit these files, then 'plumbline lint --workspace \(options.workspace)'.\n")
    }
}
