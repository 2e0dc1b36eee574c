internal import Expressions
internal import PlumblineKit
internal import ReviewStore

/// What the store tells of sinks: those that are disabled, what waits for long, what was given up, what nobody describes.
struct SinkDiagnoses {
    private let workspace: Workspace
    private let health: StoreHealth
    private let now: Timestamp

    init(_ workspace: Workspace, _ health: StoreHealth, _ now: Timestamp) {
        (self.workspace, self.health, self.now) = (workspace, health, now)
    }

    /// What waits for so long was attempted several times.
    private static let patienceHours = 1

    var all: [Diagnosis] {
        let complaints = disabled + late + givenUp + unknown
        if !complaints.isEmpty { return complaints }
        let count = workspace.sinks.count
        return count == 0
            ? [.ok(.sinks, zh: "没有配置", en: "there is none")]
            : [.ok(.sinks, zh: "\(count) 个，通知都已送达", en: "\(count), all of them were told")]
    }

    private var disabled: [Diagnosis] {
        health.sinks.filter { state in state.disabled != nil && workspace.sinks.contains { $0.name == state.name } }.map
        {
            .problem(
                .sinks, zh: "\($0.name)：已停用（\($0.disabledReason ?? "")）",
                en: "\($0.name): disabled (\($0.disabledReason ?? ""))", advice: .command("sinks enable \($0.name)"))
        }
    }

    private var late: [Diagnosis] {
        health.outbox.compactMap { depth in
            guard let oldest = depth.oldestWaiting, (now - oldest).hours >= Self.patienceHours, isKnown(depth) else {
                return nil
            }
            let age = (now - oldest).inWords
            return .warning(
                .sinks, zh: "\(depth.sink)：\(depth.waiting) 条通知未送达，最早在 \(age.zh)前",
                en: "\(depth.sink): not delivered: \(depth.waiting), the first since \(age.en)",
                advice: .command("outbox"))
        }
    }

    private var givenUp: [Diagnosis] {
        health.outbox.filter { $0.givenUp > 0 && isKnown($0) }.map {
            .warning(
                .sinks, zh: "\($0.sink)：\($0.givenUp) 条通知已放弃", en: "\($0.sink): given up: \($0.givenUp)",
                advice: .command("outbox --sink \($0.sink)"))
        }
    }

    private var unknown: [Diagnosis] {
        health.outbox.filter { !isKnown($0) && $0.waiting + $0.disabled + $0.givenUp > 0 }.map {
            .warning(
                .sinks, zh: "\($0.sink)：有通知在等待，但 sinks/ 里没有这个文件",
                en: "\($0.sink): events wait for it, and no file in sinks/ describes it",
                advice: LocalizedText(
                    zh: "恢复它的文件；确实不要时用 plumbline outbox drop --sink \($0.sink)",
                    en: "bring its file back; where nobody needs them, plumbline outbox drop --sink \($0.sink)"))
        }
    }

    private func isKnown(_ depth: OutboxDepth) -> Bool { workspace.sinks.contains { $0.name == depth.sink } }
}
