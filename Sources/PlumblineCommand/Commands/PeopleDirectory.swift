internal import ArgumentParser
internal import Gateway
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

extension People {
    struct Sync: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look at the directories of connections now, and take over who joined, moved and left.",
            discussion: """
                'pull' and 'serve' do the same by themselves, every 6 hours or as 'every' in the connection says. What the \
                people file says wins over what a directory says.

                JSON: {directories: [{connection, people, joined, moved, left, returned, corrected: [staff number], \
                without_number, perhaps_left, doubt: {kind, count, of} or null, conflicts: [{kind, ...}], anomalies: [text]}], values: {changed, \
                unchanged, refused: [text]}}. Exit code 1 where a directory is not believed.
                """)

        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "Connections; all that have a directory where none is named.") var connections: [String] = []
        @Flag(help: "Show what would be taken over, and store nothing.") var dryRun = false
        @Flag(help: "Take over doubtful news as well: many who left or moved at once, other staff numbers.")
        var accept = false

        func run() async throws {
            let host = try await options.host()
            var looking = DirectoryLooking()
            (looking.isPreview, looking.isAccepted) = (dryRun, accept)
            let (reports, values) = try await host.lookAtDirectories(of: connections, looking)
            if options.isJSON {
                printJSON(["directories": .array(reports.map(\.json)), "values": values.json])
            } else {
                let text = reports.map { $0.text(in: host.workspace) }.joined()
                StandardOutput.write(text + (dryRun ? "Nothing was stored.\n" : values.text))
            }
            if reports.contains(where: { $0.snapshot.doubt != nil }) { throw ExitCode.failure }
        }
    }

    struct Differences: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List where the people file says other than a directory today.",
            discussion: """
                What the file says counts. Where the directory is right, empty the cell in the file and import it again.

                JSON: an array of {employee, column, file, directory}.
                """)

        @OptionGroup var options: WorkspaceOptions

        func run() async throws {
            let differences = try await options.host().directoryDifferences()
            if options.isJSON { return printJSON(.array(differences.map(\.json))) }
            var table = Table("EMPLOYEE", "COLUMN", "FILE", "DIRECTORY")
            for difference in differences {
                table.add(difference.employee, difference.column, difference.file, difference.directory)
            }
            StandardOutput.write(table.text(empty: "The people file contradicts no directory."))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the rows of one employee, and where they come from.",
            discussion: """
                JSON: an array of {source, account, name_zh, name_en, emails, phones, unit, position, manager, \
                responsible_for, valid_from, valid_to}; source is 'counts', 'people file' or a connection.
                """)

        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "The staff number.") var employee: String

        func run() async throws {
            let rows = try await options.host().rows(of: employee)
            let sources =
                [("counts", nil, rows.effective), ("people file", nil, rows.file)]
                + rows.directories.map { ($0.connection, $0.person.account, $0.person.rows) }
            if options.isJSON {
                return printJSON(
                    .array(sources.flatMap { source, account, rows in rows.map { $0.json(of: source, account) } }))
            }
            var table = Table("SOURCE", "FROM", "TO", "UNIT", "POSITION", "MANAGER", "NAME", "E-MAILS")
            for (source, _, rows) in sources {
                for row in rows {
                    table.add(
                        source, row.validFrom?.description ?? "", row.validTo?.description ?? "", row.unit ?? "",
                        row.position ?? "", row.manager ?? "", row.nameZh ?? row.nameEn ?? "",
                        row.emails.joined(separator: "; "))
                }
            }
            StandardOutput.write(table.text(empty: "No row of \(employee) counts."))
        }
    }

    struct Forget: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete what a connection's directory told, as if it had never been followed.",
            discussion:
                "JSON: {added, changed, removed: [staff number], unchanged, values: {changed, unchanged, refused: [text]}}."
        )

        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "The connection.") var connection: String

        func run() async throws {
            let (changes, values) = try await options.host().forgetDirectory(of: connection)
            if options.isJSON {
                printJSON(changes.json(values))
            } else {
                StandardOutput.write(changes.text + values.text)
            }
        }
    }
}

extension PeopleChanges {
    var text: String {
        "\(added.count) people added, \(changed.count) changed, \(removed.count) removed, \(unchanged) unchanged.\n"
    }

    func json(_ values: PublicationOutcome) -> JSON {
        [
            "added": .array(added.map(JSON.string)), "changed": .array(changed.map(JSON.string)),
            "removed": .array(removed.map(JSON.string)), "unchanged": .int(unchanged), "values": values.json,
        ]
    }
}

extension DirectoryReport {
    /// What there is to say of the look, a line each.
    func lines(in workspace: Workspace) -> [String] {
        ([news].compactMap(\.self) + warnings).map { $0.text(in: workspace.configuration.language) } + anomalies
    }

    fileprivate func text(in workspace: Workspace) -> String {
        let lines = lines(in: workspace)
        if lines.isEmpty { return "\(connection): directory of \(people) people: nothing is new.\n" }
        return lines.map { "\($0.onOneLine)\n" }.joined()
    }

    var json: JSON {
        let news = snapshot.news
        return [
            "connection": .string(connection), "people": .int(people), "joined": .array(news.joined.map(JSON.string)),
            "moved": .array(news.moved.map(JSON.string)), "left": .array(news.left.map(JSON.string)),
            "returned": .array(news.returned.map(JSON.string)), "corrected": .array(news.corrected.map(JSON.string)),
            "without_number": .int(news.withoutNumber), "perhaps_left": .int(news.perhapsLeft),
            "doubt": snapshot.doubt?.json ?? .null,
            "conflicts": .array(news.conflicts.map(\.json)), "anomalies": .array(anomalies.map(JSON.string)),
        ]
    }
}

extension DirectoryDoubt {
    fileprivate var json: JSON {
        switch self {
        case .manyLeft(let count, let total): ["kind": "many_left", "count": .int(count), "of": .int(total)]
        case .manyMoved(let count, let total): ["kind": "many_moved", "count": .int(count), "of": .int(total)]
        }
    }
}

extension DirectoryConflict {
    fileprivate var json: JSON {
        switch self {
        case .sharedNumber(let employee, let accounts):
            ["kind": "shared_number", "employee": .string(employee), "accounts": .array(accounts.map(JSON.string))]
        case .renumbered(let account, let before, let now):
            ["kind": "renumbered", "account": .string(account), "before": .string(before), "now": .string(now)]
        }
    }
}

extension DirectoryDifference {
    fileprivate var json: JSON {
        [
            "employee": .string(employee), "column": .string(column), "file": .string(file),
            "directory": .string(directory),
        ]
    }
}

extension DirectoryEntry {
    fileprivate func json(of source: String, _ account: String?) -> JSON {
        [
            "source": .string(source), "account": .text(account), "name_zh": .text(nameZh), "name_en": .text(nameEn),
            "emails": .array(emails.map(JSON.string)), "phones": .array(phones.map(JSON.string)), "unit": .text(unit),
            "position": .text(position), "manager": .text(manager),
            "responsible_for": .array(responsibleFor.map(JSON.string)),
            "valid_from": .text(validFrom?.description), "valid_to": .text(validTo?.description),
        ]
    }
}
