internal import ArgumentParser
internal import Gateway
internal import PlumblineKit

struct Connectors: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the connectors of this program.", subcommands: [List.self, Describe.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List all connectors.",
            discussion: "JSON: an array of {id, family, name: {zh, en}, api_version, capabilities: [text]}.")

        @OptionGroup var output: FormatOption

        func run() throws {
            let registry = try WorkspaceOptions.registry()
            let connectors = registry.ids.compactMap { registry[$0] }
            if output.format == .json {
                printJSON(.array(connectors.map { $0.summary }))
                return
            }
            var table = Table("CONNECTOR", "NAME", "INTERFACE", "STREAMS")
            for connector in connectors {
                let description = connector.description
                table.add(
                    description.id, description.name.en, description.apiVersion,
                    (description.streams + [description.discovered].compactMap(\.self)).map(\.name)
                        .joined(separator: ", "))
            }
            StandardOutput.write(table.text(empty: "This program has no connectors."))
        }
    }

    struct Describe: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a connector's settings and streams.",
            discussion: """
                JSON: {id, family, name: {zh, en}, api_version, documentation, settings: [{key, kind, required, help: \
                {zh, en}, default, unit, range: [least, most], choices: [text]}], streams: [{name, help, record_type, \
                deletions: [text], incremental, fields: [{name, type, help}]}]}. What a setting does not have is left out.
                """)

        @OptionGroup var output: FormatOption
        @Argument(help: "The connector's id, such as ticketing.roundup.") var connector: String

        func run() throws {
            let registry = try WorkspaceOptions.registry()
            guard let description = registry[connector]?.description else {
                throw WorkspaceError.unknownConnector(connector, known: registry.ids)
            }
            if output.format == .json {
                printJSON(description.json)
                return
            }
            StandardOutput.write(description.text)
        }
    }
}

extension Connector {
    fileprivate static var summary: JSON {
        [
            "id": .string(description.id), "family": .string(description.family.rawValue),
            "name": ["zh": .string(description.name.zh), "en": .string(description.name.en)],
            "api_version": .string(description.apiVersion), "capabilities": .array(capabilities.map(JSON.string)),
        ]
    }

    private static var capabilities: [String] {
        var names = ["pull"]
        let streams = description.streams + [description.discovered].compactMap(\.self)
        if streams.contains(where: \.isIncremental) { names.append("incremental") }
        if Self.self is any IdentifierListing.Type { names.append("identifier_listing") }
        if Self.self is any RecordCounting.Type { names.append("record_counting") }
        return names
    }
}

extension ConnectorDescription {
    fileprivate var text: String {
        var fields = Table("SETTING", "KIND", "", "HELP")
        for field in settings {
            fields.add(field.key, field.kind.name, field.isRequired ? "required" : "", field.help.en)
        }
        var streamTable = Table("STREAM", "RECORD TYPE", "DELETIONS", "HELP")
        for stream in streams + [discovered].compactMap(\.self) {
            streamTable.add(
                stream.name, stream.recordType ?? "", stream.deletions.map(\.rawValue).joined(separator: ", "),
                stream.help.en)
        }
        return """
            \(id): \(name.en) (\(name.zh)), \(apiVersion)
            \(documentation)

            \(fields.text(empty: "It takes no settings."))
            \(streamTable.text(empty: "It has no streams."))
            """
    }
}
