internal import ArgumentParser
internal import Foundation
internal import Gateway
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

struct People: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Import the people file; follow directories; see and match accounts.",
        subcommands: [
            Import.self, Sync.self, Differences.self, Show.self, Forget.self, Unmatched.self, Resolve.self,
        ])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a people file in place of the last one and match all accounts anew.",
            discussion:
                "What the file leaves empty is filled from directories that are followed.\n\n"
                + "JSON: {added, changed, removed: [staff number], unchanged, values: {changed, unchanged, "
                + "refused: [text]}}.")

        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "A CSV file; the workspace's people.csv where none is named.") var file: String?

        func run() async throws {
            let host = try await options.host()
            let path = file ?? URL(filePath: options.workspace).appending(path: Workspace.peopleFile).path
            let entries = try PeopleFile.entries(at: path)
            let (changes, values) = try await host.replacePeople(entries)
            if options.isJSON {
                printJSON(changes.json(values))
            } else {
                StandardOutput.write(changes.text + values.text)
            }
        }
    }

    struct Unmatched: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the accounts that nobody, or more than one person, is matched to.",
            discussion:
                "JSON: an array of {connection, account, state, name, email, phone, candidates: [text], records}.")

        @OptionGroup var options: WorkspaceOptions

        func run() async throws {
            let accounts = try await options.host().unmatchedAccounts()
            if options.isJSON { return printJSON(.array(accounts.map(\.json))) }
            var table = Table("CONNECTION", "ACCOUNT", "STATE", "NAME", "RECORDS", "PERHAPS")
            let mentioned = accounts.filter { $0.records > 0 }
            for report in mentioned {
                let account = report.account
                table.add(
                    account.connection, account.account, account.state.name.rawValue, account.hints.name ?? "",
                    "\(report.records)", account.candidates.joined(separator: ", "))
            }
            StandardOutput.write(table.text(empty: "Every account that a record mentions is matched."))
            let others = accounts.count - mentioned.count
            if others > 0 {
                StandardOutput.write("\(others) more that no record mentions; --format json lists them.\n")
            }
        }
    }

    struct Resolve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whose account it is; what it touches is computed anew.",
            discussion: "JSON: {changed, unchanged, refused: [text]}.")

        @OptionGroup var options: WorkspaceOptions
        @Argument(help: "The connection.") var connection: String
        @Argument(help: "The account, as 'people unmatched' shows it.") var account: String
        @Argument(help: "The staff number, or 'nobody'.") var employee: String

        func run() async throws {
            let outcome = try await options.host().resolveAccount(
                connection: connection, account: account, as: employee == "nobody" ? nil : employee)
            if options.isJSON { printJSON(outcome.json) } else { StandardOutput.write(outcome.text) }
        }
    }
}

extension UnmatchedReport {
    fileprivate var json: JSON {
        [
            "connection": .string(account.connection), "account": .string(account.account),
            "state": .string(account.state.name.rawValue), "name": .text(account.hints.name),
            "email": .text(account.hints.email), "phone": .text(account.hints.phone),
            "candidates": .array(account.candidates.map(JSON.string)), "records": .int(records),
        ]
    }
}
