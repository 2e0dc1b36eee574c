import Foundation
import PlumblineKit

/// A workspace whose database an older version wrote: see `Workspaces/upgrade/README.md`.
final class OlderCompany {
    private let folder: TemporaryFolder
    let program: Plumbline
    static let schema = "8 computed definitions"
    private static let fixture = Checkout.workspaces.appending(path: "upgrade")

    init() throws {
        folder = try TemporaryFolder()
        try folder.fill(from: Self.fixture)
        program = Plumbline(workspace: folder.url)
        try folder.write(
            (0..<32).map { String($0 / 16, radix: 16) + String($0 % 16, radix: 16) }.joined(), to: key)
        try folder.write("", to: "plumbline.sqlite")
        try database().run(try folder.text("plumbline.sql"))
    }

    /// A copy of another one as it is now, its log included.
    init(copying other: OlderCompany) throws {
        folder = try TemporaryFolder()
        try folder.fill(from: other.folder.url)
        program = Plumbline(workspace: folder.url)
    }

    let key = "secrets/plumbline.key"
    var url: URL { folder.url }
    func database() throws -> Database { try Database(folder.url.appending(path: "plumbline.sqlite")) }

    /// Lets the source say something else of a record.
    func setPoints(ofRecord id: String, from old: String, to new: String) throws {
        let lines = try folder.text("data/deeds.jsonl").split(separator: "\n").map { line in
            line.contains("\"id\":\"\(id)\"")
                ? line.replacing("\"points\":\"\(old)\"", with: "\"points\":\"\(new)\"") : line
        }
        try folder.write(lines.joined(separator: "\n") + "\n", to: "data/deeds.jsonl")
    }

    /// The steps of the schema that the database has.
    func steps() throws -> [String] {
        try database().rows("SELECT identifier FROM grdb_migrations ORDER BY CAST(identifier AS INTEGER)").map { $0[0] }
    }

    /// The values that the older version showed, a line each, without the head.
    func olderValues() throws -> [String] {
        try folder.text("values.csv").split(separator: "\n").dropFirst().map(String.init).sorted()
    }

    /// The values that this version shows, written alike.
    func values() async throws -> [String] {
        let values = try await program.json("values", "--all").array ?? []
        return values.map { value in
            let texts = [
                value["indicator"]?.string, value["subject"]?["id"]?.string, value["period"]?.string,
                value["status"]?.string, value["exact"]?.string, value["decimal"]?.string,
                value["sample_size"]?.int.map(String.init), value["revision"]?.int.map(String.init),
                value["evidence_digest"]?.string.map { String($0.prefix(16)) },
            ]
            return texts.map { $0 ?? "" }.joined(separator: ",")
        }.sorted()
    }
}

extension Database {
    /// Every table's rows, but for those that a step of the schema turns into others.
    func contents(without tables: Set<String>) throws -> [String: [[String]]] {
        let names = try rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return try Dictionary(
            uniqueKeysWithValues: names.map { $0[0] }.filter { !tables.contains($0) }.map { name in
                let columns = try rows("SELECT name FROM pragma_table_info('\(name)')").map { "quote(\"\($0[0])\")" }
                return (
                    name,
                    try rows("SELECT \(columns.joined(separator: ", ")) FROM \"\(name)\" ORDER BY 1").sorted {
                        $0.lexicographicallyPrecedes($1)
                    }
                )
            })
    }
}
