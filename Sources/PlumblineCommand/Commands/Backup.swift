internal import ArgumentParser
internal import Expressions
internal import Foundation
internal import Gateway
internal import PlumblineKit
internal import ReviewStore

struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the whole workspace into one sealed file, while it is in use.",
        discussion: """
            The file holds one state of the database and the workspace's files. It is sealed with a key that comes out of \
            secrets/plumbline.key, and read again as a whole before it gets its name. Keys and secrets are NOT in it: keep \
            a copy of the folder secrets/ elsewhere, or at least of plumbline.key, without which no backup opens. Hidden \
            files, links and backups are left out too. JSON: {file, made_at, bytes, digest, files, left_out: [path], \
            rows, schema, entries, intact, problems: [text], deleted: [path]}. Exit code 1 where the audit chain is not \
            intact: the backup is kept all the same. The digest is SHA-256 of the file, as sha256sum gives it.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Option(
        name: .long,
        help: "Delete the oldest backups in the folder backups/ of the workspace, but for so many that are there.")
    var keep: Int?
    @Argument(help: "The file to write; by default one in the folder backups/ whose name tells the time.")
    var file: String?

    func validate() throws {
        if let keep, keep < 1 { throw ValidationError("--keep must be 1 or more") }
    }

    func run() async throws {
        let maker = WorkspaceMaker(folder: options.workspace)
        guard maker.exists else { throw WorkspaceError.notAWorkspace(path: options.workspace) }
        let backup = WorkspaceBackup(
            of: options.workspace, secret: try maker.key(), copier: SQLiteCopier(), now: WorkspaceOptions.now)
        let line = ProgressLine()
        defer { line.clear() }
        let report = try await backup.make(file) { line.show($0) }
        line.clear()
        let deleted = try keep.map { try BackupList(workspace: options.workspace).deleteOld(keeping: $0) } ?? []
        if options.isJSON { printJSON(report.json(deleted)) } else { StandardOutput.write(report.text(deleted)) }
        if !report.entry.isIntact { throw ExitCode.failure }
    }
}

struct Backups: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the backups that were made, and whether they are still there.",
        discussion: "JSON: an array of {file, made_at, age_hours, bytes, digest, intact, there}.")

    @OptionGroup var options: WorkspaceOptions

    func run() throws {
        guard WorkspaceMaker(folder: options.workspace).exists else {
            throw WorkspaceError.notAWorkspace(path: options.workspace)
        }
        let entries = try BackupList(workspace: options.workspace).entries()
        let now = WorkspaceOptions.now()
        if options.isJSON { return printJSON(.array(entries.map { $0.json(now) })) }
        var table = Table("MADE", "AGE", "SIZE", "AUDIT CHAIN", "FILE")
        for entry in entries {
            table.add(
                entry.made.rfc3339, entry.age(now).ageText, ByteText.of(entry.bytes),
                entry.isIntact ? "intact" : "NOT INTACT", entry.file + (entry.isThere ? "" : " (not there)"))
        }
        StandardOutput.write(table.text(empty: "There are no backups; 'plumbline backup' makes one."))
    }
}

struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a workspace of a backup, in a folder of its own.",
        discussion: """
            All of it or nothing: everything is unpacked and checked before the folder gets its name. Keys and secrets are \
            not in a backup; --key gives the plumbline.key that the workspace had, which is put into the new one. JSON: \
            {folder, made_at, files, bytes, rows, schema, entries, intact, problems: [text], left_out: [path], \
            missing: [text]}. Exit code 1 where the audit chain was not intact in the first place, or secrets are missing.
            """)

    @OptionGroup var options: WorkspaceOptions
    @Argument(help: "A file that 'plumbline backup' wrote.") var file: String
    @Option(name: .long, help: "The folder to make; it must be empty or not be there.") var to: String
    @Option(name: .long, help: "The workspace's key; by default secrets/plumbline.key in --workspace.") var key: String?

    func run() async throws {
        let path = key ?? URL(filePath: options.workspace).appending(path: "secrets/plumbline.key").path
        let line = ProgressLine()
        defer { line.clear() }
        let restore = WorkspaceRestore(file, secret: try WorkspaceMaker.key(in: path), copier: SQLiteCopier())
        let manifest = try await restore.run(into: to) { line.show($0) }
        line.clear()
        let missing = missingSecrets()
        if options.isJSON {
            let own: [(String, JSON)] = [
                ("folder", .string(to)), ("missing", .array(missing.map(JSON.string))),
            ]
            printJSON(.object(JSONObject(own + manifest.members)))
        } else {
            StandardOutput.write(text(manifest, missing))
        }
        if !manifest.isIntact || !missing.isEmpty { throw ExitCode.failure }
    }

    private func missingSecrets() -> [String] {
        do {
            let workspace = try Workspace.read(to, registry: try WorkspaceOptions.registry())
            return workspace.missingSecrets(
                in: SecretStore(workspace: to, environment: ProcessInfo.processInfo.environment))
        } catch {
            return ["nobody knows which secrets, for the files have mistakes ('plumbline lint'): \(error)"]
        }
    }

    private func text(_ manifest: BackupManifest, _ missing: [String]) -> String {
        var text = "Restored to \(to.onOneLine), as it was at \(manifest.made.rfc3339): \(manifest.summary).\n"
        for problem in manifest.problems { text += "audit chain: \(problem.onOneLine)\n" }
        for secret in missing { text += "missing: \(secret.onOneLine)\n" }
        let next = "'plumbline verify' and 'plumbline rebuild' there tell whether all values follow from the evidence."
        return text + (missing.isEmpty ? next : "Put back what is missing, then: 'plumbline check'. \(next)") + "\n"
    }
}
