internal import ArgumentParser
internal import Gateway
internal import PlumblineKit

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a workspace, or add a connection or a sink to one.",
        discussion: """
            Without --from it makes the company's folder with a commented plumbline.yaml. With --from it copies a \
            connector's commented template into the workspace, with --sink that of a sink, which is told of what happens; it \
            makes the workspace first where there is none. JSON: {workspace, written: [path]}.
            """)

    @OptionGroup var options: WorkspaceOptions

    @Option(name: .long, help: "A connector such as ticketing.roundup; 'plumbline connectors list' shows all.")
    var from: String?

    @Option(name: .long, help: "A kind of sink: dingtalk, feishu, file, http or wecom.") var sink: String?

    func run() throws {
        let maker = WorkspaceMaker(folder: options.workspace)
        var files: [String] = []
        if let from, ConnectorTemplates.text(of: from) == nil {
            throw WorkspaceError.unknownConnector(from, known: ConnectorTemplates.connectors)
        }
        if let sink, SinkTemplates.text(of: sink) == nil {
            throw WorkspaceError.unknownSink(sink, known: SinkTemplates.kinds)
        }
        if from == nil && sink == nil || !maker.exists { files = try maker.make() }
        if let from { files.append(try maker.add(from, registry: try WorkspaceOptions.registry())) }
        if let sink { files.append(try maker.add(sink: sink)) }
        if options.isJSON {
            printJSON(["workspace": .string(options.workspace), "written": .array(files.map(JSON.string))])
            return
        }
        for file in files { StandardOutput.write("\(options.workspace)/\(file)\n") }
        StandardOutput.write("Next: edit these files, then 'plumbline lint --workspace \(options.workspace)'.\n")
    }
}
