internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

/// Whether directories are followed, and believed.
struct DirectoryDiagnoses {
    private let followed: [(connection: String, directory: DirectoryStream)]
    private let states: [DirectoryState]
    private let now: Timestamp

    init(_ workspace: Workspace, _ states: [DirectoryState], _ now: Timestamp) {
        followed = workspace.connections.compactMap { connection in
            connection.directory.map { (connection: connection.name, directory: $0) }
        }
        (self.states, self.now) = (states, now)
    }

    /// Nothing where no connection has a directory and none ever had.
    var all: [Diagnosis] {
        let found = followed.compactMap { diagnosis($0.connection, $0.directory) } + leftBehind
        if found.isEmpty, !followed.isEmpty {
            return [.ok(.directories, zh: "通讯录都在跟随", en: "all are followed")]
        }
        return found
    }

    private func diagnosis(_ connection: String, _ directory: DirectoryStream) -> Diagnosis? {
        guard let state = states.first(where: { $0.connection == connection }) else {
            return .warning(
                .directories, zh: "\(connection) 的通讯录还没有读过", en: "that of \(connection) was never looked at",
                advice: .command("people sync \(connection)"))
        }
        if let doubt = state.doubt {
            let text = doubt.text(of: connection)
            return .problem(
                .directories, zh: text.zh, en: text.en, advice: .command("people sync \(connection) --dry-run"))
        }
        return late(state, directory)
    }

    /// Three looks that did not come, and two days, are too long: people who came or left meanwhile are missed.
    private func late(_ state: DirectoryState, _ directory: DirectoryStream) -> Diagnosis? {
        let age = now - (state.believed ?? state.looked)
        guard age > max(directory.every * 3, .seconds(2 * 86_400)) else { return nil }
        return .warning(
            .directories, zh: "\(state.connection) 的通讯录已有 \(age.inWords.zh)没有读到",
            en: "that of \(state.connection) was not read for \(age.inWords.en)",
            advice: .command("pull \(state.connection)"))
    }

    /// What a directory told counts on where no connection follows it any more.
    private var leftBehind: [Diagnosis] {
        states.filter { state in !followed.contains { $0.connection == state.connection } }.map { state in
            .warning(
                .directories, zh: "\(state.connection) 的通讯录不再跟随，读到过的人员仍然计入",
                en: "that of \(state.connection) is no longer followed, and the people it told of count on",
                advice: .command("people forget \(state.connection)"))
        }
    }
}
