import Foundation
import OpenSSLCrypto
import PlumblineKit
import Testing

@testable import Gateway

/// What is shipped as an example works, and what is written is registered.
@Suite struct TemplateTests {
    private static let shipped = TestWorkspace.registry.ids.filter { $0 != ScriptedConnector.description.id }

    @Test func `each connector has a template, and each template a connector`() {
        #expect(ConnectorTemplates.connectors == Self.shipped)
    }

    @Test(arguments: shipped)
    func `a template is read without a mistake and its own tests pass`(_ id: String) throws {
        let workspace = try TestWorkspace()
        let file = try WorkspaceMaker(folder: workspace.folder.path).add(id, registry: TestWorkspace.registry)
        #expect(try workspace.problems() == [], "\(file)")
        let read = try Workspace.read(workspace.folder.path, registry: TestWorkspace.registry)
        let connection = try #require(read.connections.first { $0.description.id == id })
        let results = connection.runTests()
        #expect(!results.isEmpty, "\(file) has no test")
        for result in results { #expect(result.differences == [], "\(result.place)") }
    }

    @Test func `each kind of sink has a template, which is read without a mistake`() async throws {
        #expect(SinkTemplates.kinds == Sink.Kind.allCases.map(\.rawValue).sorted())
        let workspace = try TestWorkspace()
        let maker = WorkspaceMaker(folder: workspace.folder.path)
        for kind in SinkTemplates.kinds { #expect(try maker.add(sink: kind) == "sinks/\(kind).yaml") }
        #expect(try workspace.problems() == [])
        let read = try Workspace.read(workspace.folder.path, registry: TestWorkspace.registry)
        #expect(read.sinks.map(\.kind.rawValue) == SinkTemplates.kinds)
        #expect(throws: WorkspaceError.self) { try maker.add(sink: "http") }
    }

    @Test func `templates of one system in two families have files of their own`() throws {
        let workspace = try TestWorkspace()
        let maker = WorkspaceMaker(folder: workspace.folder.path)
        let files = try ["erp.tryton", "attendance.tryton"].map { try maker.add($0, registry: TestWorkspace.registry) }
        #expect(files == ["connectors/erp-tryton.yaml", "connectors/attendance-tryton.yaml"])
        #expect(try workspace.problems() == [])
    }

    /// What a template shows in comments is right as well.
    @Test func `a survey that is pulled may be pushed too`() throws {
        let workspace = try TestWorkspace()
        let maker = WorkspaceMaker(folder: workspace.folder.path)
        let file = try maker.add("survey.wjx", registry: TestWorkspace.registry)
        let url = workspace.folder.appending(path: file)
        let lines = try String(contentsOf: url, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex(of: "# callback:"))
        let shown = lines.indices.map { start..<start + 6 ~= $0 ? lines[$0].dropFirst(2) : lines[$0] }
        try shown.joined(separator: "\n").write(to: url, atomically: true, encoding: .utf8)
        #expect(try workspace.problems() == [])
        let read = try Workspace.read(workspace.folder.path, registry: TestWorkspace.registry)
        let connection = try #require(read.connections.first { $0.description.id == "survey.wjx" })
        #expect(connection.callback?.expectsUntaken == true && !connection.isPushedOnly)
    }

    /// The directory that stands in comments, in the place of the accounts.
    @Test func `Odoo may tell who works here`() throws {
        let workspace = try TestWorkspace()
        let file = try WorkspaceMaker(folder: workspace.folder.path).add("erp.odoo", registry: TestWorkspace.registry)
        let url = workspace.folder.appending(path: file)
        let text = try String(contentsOf: url, encoding: .utf8)
        let accounts = try #require(text.range(of: "\naccounts:"))
        let tests = try #require(text.range(of: "\ntests:"))
        let shown = text[accounts.lowerBound..<tests.lowerBound].split(separator: "\n").filter { $0.hasPrefix("#") }
        let start = try #require(shown.firstIndex(of: "# directory:"))
        let directory = shown[start...].map { $0.dropFirst(2) }.joined(separator: "\n")
        try (text[..<accounts.lowerBound] + "\n" + directory + "\n" + text[tests.lowerBound...]).write(
            to: url, atomically: true, encoding: .utf8)
        #expect(try workspace.problems() == [])
    }

    @Test func `a template is not copied over a file that is there`() throws {
        let workspace = try TestWorkspace(["connectors/csv.yaml": "mine"])
        let maker = WorkspaceMaker(folder: workspace.folder.path)
        let error = #expect(throws: WorkspaceError.self) { try maker.add("file.csv", registry: TestWorkspace.registry) }
        let path = workspace.folder.appending(path: "connectors/csv.yaml").path
        #expect(error?.description == "there is a file \(path) already; rename it first")
        #expect(FileManager.default.contents(atPath: path) == Data("mine".utf8))
    }

    /// A connector that is in no list would never be found by its users.
    @Test func `every type in Plugins that is a connector is in its family's list`() throws {
        let plugins = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Plugins").standardizedFileURL
        let declaration =
            /(?:struct|class|actor|enum|extension) (\w+)[^{\n]*: [^{\n]*\b(?:Connector|CallbackReading|DeviceAnswering|IdentifierListing|RecordCounting)\b/
        let families = try FileManager.default.contentsOfDirectory(atPath: plugins.path).sorted()
        #expect(families == ["Attendance", "ERP", "File", "OA", "Process", "Shared", "Survey", "Ticketing", "Webhook"])
        var declared: Set<String> = []
        for case let url as URL in try #require(
            FileManager.default.enumerator(at: plugins, includingPropertiesForKeys: nil))
        where url.pathExtension == "swift" {
            let text = try String(contentsOf: url, encoding: .utf8)
            declared.formUnion(text.matches(of: declaration).map { String($0.1) })
        }
        let listed = Set(Self.shipped.compactMap { TestWorkspace.registry[$0] }.map { String(describing: $0) })
        #expect(declared.subtracting(listed) == [])
        #expect(!listed.isEmpty && listed.isSubset(of: declared))
    }

    @Test func `a new workspace has no mistakes`() throws {
        let workspace = try TestWorkspace()
        let folder = workspace.folder.appending(path: "new").path
        _ = try WorkspaceMaker(folder: folder).make()
        _ = try Workspace.read(folder, registry: TestWorkspace.registry)
        let again = #expect(throws: WorkspaceError.self) { try WorkspaceMaker(folder: folder).make() }
        #expect(again?.description == "\(folder) is a workspace already")
    }

    @Test func `the key is made once and only its owner may read it`() throws {
        let workspace = try TestWorkspace()
        let maker = WorkspaceMaker(folder: workspace.folder.path)
        #expect(try maker.key() == maker.key())
        let file = workspace.folder.appending(path: "secrets/plumbline.key").path
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `those who make the key at once have the same one`() async throws {
        let workspace = try TestWorkspace()
        let path = workspace.path
        let keys = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<16 { group.addTask { try WorkspaceMaker(folder: path).key().revealHex() } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(keys.count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path + "/secrets") == ["plumbline.key"])
    }

    @Test func `a new workspace has its key and keeps a people file that was there`() throws {
        let workspace = try TestWorkspace(["new/people.csv": "mine"])
        let folder = workspace.folder.appending(path: "new").path
        let written = try WorkspaceMaker(folder: folder).make()
        #expect(FileManager.default.contents(atPath: "\(folder)/people.csv") == Data("mine".utf8))
        #expect(!written.contains("people.csv") && written.contains("plumbline.yaml"))
        #expect(FileManager.default.fileExists(atPath: "\(folder)/secrets/plumbline.key"))
    }

    @Test func `two connectors with one id are refused`() {
        let error = #expect(throws: DuplicateConnector.self) {
            try ConnectorRegistry([ScriptedConnector.self], [ScriptedConnector.self])
        }
        #expect(error?.description == "two connectors have the id 'file.scripted'")
    }
}
