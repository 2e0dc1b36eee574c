// Writes a Swift file that holds the texts of a folder in an enum: `EmbedFiles FOLDER OUTPUT.swift ENUM`.
import Foundation

let arguments = CommandLine.arguments
guard arguments.count == 4 else {
    FileHandle.standardError.write(Data("usage: EmbedFiles FOLDER OUTPUT.swift ENUM\n".utf8))
    exit(2)
}
let folder = URL(filePath: arguments[1])
let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    .filter { $0.hasSuffix(".yaml") }
    .sorted()

/// A literal delimiter that does not occur in the text.
func delimiter(for text: String) -> String {
    var marks = "#"
    while text.contains("\"\"\"" + marks) || text.contains("\\" + marks) { marks += "#" }
    return marks
}

var source = "/// The texts of the folder, by their path in it.\n"
source += "enum \(arguments[3]) {\n    static let texts: [String: String] = [\n"
for name in names {
    let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    let marks = delimiter(for: text)
    source += "\"\(name)\": \(marks)\"\"\"\n\(text)\n\"\"\"\(marks),\n"
}
source += names.isEmpty ? "        :]\n}\n" : "    ]\n}\n"
try source.write(to: URL(filePath: arguments[2]), atomically: true, encoding: .utf8)
