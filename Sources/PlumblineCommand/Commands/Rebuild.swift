internal import ArgumentParser
internal import Gateway
internal import PlumblineKit
internal import ReviewStore

struct Rebuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compute every value anew from the evidence and put the result in place.",
        discussion: """
            An unchanged value gets no new revision. A value of a locked period that would differ stays and becomes a \
            finding. A value whose evidence was deleted when its time was over ('plumbline retention') stays, too: it \
            counts as kept. JSON: {changed, unchanged, refused: [text], kept}.
            """)

    @OptionGroup var options: WorkspaceOptions

    func run() async throws {
        let host = try await options.host()
        StandardError.write("computing \(host.workspace.indicators.count) indicators...\n")
        let outcome = try await host.rebuild()
        if options.isJSON {
            let members = outcome.json.object?.members.map { ($0.key, $0.value) } ?? []
            return printJSON(.object(JSONObject(members + [("kept", .int(outcome.kept))])))
        }
        StandardOutput.write(outcome.text)
        if outcome.kept > 0 {
            StandardOutput.write("\(outcome.kept) of them were kept as published: their evidence was deleted.\n")
        }
    }
}
