internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

/// What the store tells of what systems send: events that wait for long, alarms, and what the files promise and lack.
struct HookDiagnoses {
    private let workspace: Workspace
    private let health: StoreHealth
    private let now: Timestamp

    init(_ workspace: Workspace, _ health: StoreHealth, _ now: Timestamp) {
        (self.workspace, self.health, self.now) = (workspace, health, now)
    }

    /// A serving process uses an event within seconds.
    private static let patience = Duration.seconds(600)

    var all: [Diagnosis] {
        let complaints = homeless + late + untaken + rhythms + alarms + unfed
        if !complaints.isEmpty { return complaints }
        let count = workspace.connections.count { $0.callback != nil }
        return count == 0
            ? [.ok(.hooks, zh: "没有连接接收推送", en: "no connection is sent to")]
            : [.ok(.hooks, zh: "\(count) 个接收地址，没有积压", en: "\(count) addresses, nothing waits")]
    }

    private func takes(_ depth: InboxDepth) -> Bool {
        workspace.connections.contains { $0.name == depth.connection && $0.callback != nil }
    }

    private var homeless: [Diagnosis] {
        health.inbox.filter { !takes($0) }.map {
            .warning(
                .hooks, zh: "\($0.connection)：有 \($0.waiting) 个事件在等待，但这个连接已不接收推送",
                en: "\($0.connection): \($0.waiting) events wait, and no connection takes them any more",
                advice: LocalizedText(
                    zh: "恢复它的文件；确实不要时用 plumbline inbox discard",
                    en: "bring its file back; where nobody needs them, plumbline inbox discard"))
        }
    }

    private var late: [Diagnosis] {
        health.inbox.filter { takes($0) && now - $0.oldest > Self.patience }.map {
            let age = (now - $0.oldest).inWords
            return .warning(
                .hooks, zh: "\($0.connection)：\($0.waiting) 个事件未处理，最早在 \(age.zh)前",
                en: "\($0.connection): not used: \($0.waiting), the first since \(age.en)",
                advice: .command("inbox use"))
        }
    }

    private var rhythms: [Diagnosis] {
        workspace.rhythms(health.pushed, now: now).flatMap { rhythm in
            rhythm.findings.map { finding in
                Diagnosis.warning(
                    .hooks, zh: "\(rhythm.connection)：\(finding.text.zh)",
                    en: "\(rhythm.connection): \(finding.text.en)",
                    advice: .command("inbox list --connection \(rhythm.connection)"))
            }
        }
    }

    private var untaken: [Diagnosis] {
        health.untaken.filter { untaken in
            workspace.connections.contains { $0.name == untaken.connection && $0.callback?.expectsUntaken == false }
        }.map {
            .warning(
                .hooks, zh: "\($0.connection)：\($0.events) 个事件里有 \($0.records) 条记录没有被任何流读取",
                en: "\($0.connection): no stream takes \($0.records) records of \($0.events) events",
                advice: LocalizedText(
                    zh: "修改各个流的 where，再用 plumbline inbox replay；本来就不需要时在 callback 里写 untaken: expected",
                    en:
                        "mend the streams' where, then plumbline inbox replay; where they are not needed, write untaken: "
                        + "expected under callback"))
        }
    }

    /// What is unusual is told by itself.
    private var alarms: [Diagnosis] {
        let connections = Dictionary(grouping: health.alarms.filter { $0.kind != .unusual }, by: \.connection)
        return connections.sorted { $0.key < $1.key }.map { connection, alarms in
            let count = alarms.reduce(0) { $0 + $1.count }
            return .warning(
                .hooks, zh: "\(connection)：\(count) 个异常请求", en: "\(connection): requests that should not be: \(count)",
                advice: .command("inbox alarms"))
        }
    }

    private var unfed: [Diagnosis] {
        workspace.connections.flatMap { connection in
            (connection.callback?.unfedIndicators ?? []).map { id in
                .warning(
                    .hooks, zh: "\(connection.name)：callback 列出了指标 \(id)，但没有读取推送数据的这个指标",
                    en: "\(connection.name): 'callback' lists \(id), and no such indicator reads what is sent",
                    advice: LocalizedText(
                        zh: "在 indicators/ 中定义它，写 record: metric", en: "define it in indicators/ with record: metric"))
            }
        }
    }
}
