internal import ArgumentParser
internal import Foundation
internal import Gateway
internal import Indicators
internal import PlumblineKit

struct Template: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a file for people to fill, which 'plumbline import' reads without a mapping.",
        discussion: """
            Without TYPE it lists the record types. reported_value is for indicator values by hand. The file has a column \
            for each field, an example that an import leaves out, and as a workbook lists to choose from and notes. JSON: of the \
            list an array of {record, name: {zh, en}, fields, required}; of a file {record, file, columns: [heading]}.
            """)

    /// How the file is written; table and json are how the command prints.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case xlsx, csv, table, json

        var file: TemplateFile.Format? { TemplateFile.Format(rawValue: rawValue) }
    }

    enum Language: String, ExpressibleByArgument, CaseIterable {
        case zh, en, both
    }

    @Option(name: .long, help: "The company's folder.") var workspace = "."
    @Argument(help: "A record type, the product's or the company's own.") var type: String?
    @Option(
        name: .long,
        help: "xlsx or csv: of the file, else what --output ends with, else xlsx. table or json: what is printed.")
    var format: Format?
    @Option(name: .long, help: "zh, en or both: in which language columns are named.") var language = Language.both
    @Option(name: .long, help: "Where the file is written; TYPE.xlsx or TYPE.csv otherwise.") var output: String?
    @Option(name: .long, help: "With reported_value: a row for each person with this indicator; may be repeated.")
    var indicator: [String] = []

    func run() throws {
        let workspace = try Workspace.read(self.workspace, registry: try WorkspaceOptions.registry())
        guard let type else {
            let types = workspace.recordTypes.values.sorted { $0.name < $1.name }
            return format == .json
                ? printJSON(.array(types.map(\.json))) : StandardOutput.write(table(types, workspace))
        }
        let file = try TemplateFile(
            type, of: workspace, language: LabelLanguage(rawValue: language.rawValue) ?? .both, indicators: indicator)
        let kind = format?.file ?? TemplateFile.Format(rawValue: suffix) ?? .xlsx
        let path = output ?? "\(type).\(kind.rawValue)"
        if FileManager.default.fileExists(atPath: path) { throw WorkspaceError.fileExists(path: path) }
        try file.write(to: path, as: kind)
        if format == .json {
            printJSON([
                "record": .string(type), "file": .string(path), "columns": .array(file.headings.map(JSON.string)),
            ])
        } else {
            StandardOutput.write(
                "\(path)\nNext: fill it, then 'plumbline import \(path) --preview' and 'plumbline import \(path)'.\n")
        }
    }

    private var suffix: String { output.map { URL(filePath: $0).pathExtension.lowercased() } ?? "" }

    private func table(_ types: [RecordType], _ workspace: Workspace) -> String {
        var table = Table("TYPE", "", "FIELDS", "NEEDED")
        for type in types {
            let title = workspace.configuration.language == "zh" ? type.title.zh : type.title.en
            table.add(type.name, title, "\(type.fields.count)", "\(type.requiredFields)")
        }
        return table.text(empty: "")
    }
}

extension RecordType {
    /// How many fields are never empty.
    fileprivate var requiredFields: Int { fields.count { !$0.isOptional && !$0.isList } }

    fileprivate var json: JSON {
        [
            "record": .string(name), "name": ["zh": .string(title.zh), "en": .string(title.en)],
            "fields": .int(fields.count), "required": .int(requiredFields),
        ]
    }
}
