internal import ArgumentParser
internal import Gateway
internal import PlumblineKit
internal import ReviewStore

struct Rebuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compute every value anew from the evidence and put the result in place.",
        discussion: """
            An unchanged value gets no new revision. A value of a locked period that would differ stays and becomes a \
            finding. JSON: {changed, unchanged, refused: [text]}.
            """)

    @OptionGroup var options: WorkspaceOptions

    func run() async throws {
        let host = try await options.host()
        StandardError.write("computing \(host.workspace.indicators.count) indicators...\n")
        let outcome = try await host.rebuild()
        if options.isJSON { printJSON(outcome.json) } else { StandardOutput.write(outcome.text) }
    }
}
