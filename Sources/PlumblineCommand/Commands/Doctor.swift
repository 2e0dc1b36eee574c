internal import ArgumentParser
internal import Foundation
internal import Gateway
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

struct Examine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at everything that keeps the workspace going, and say what to do.",
        discussion: """
            One line for each thing: files, keys and secrets, database and its log, disk, clock, connections, mappings, \
            rejects, holds, accounts, values, sinks, backups. Nothing is changed, no source is asked ('check' does). JSON: \
            {level, checks: [{topic, level, finding: {zh, en}, advice: {zh, en}}]}; a level is ok, warning or problem. \
            Exit code 1 where there is a problem.
            """)

    @OptionGroup var options: WorkspaceOptions

    func run() async throws {
        let doctor = Doctor(
            options.workspace, registry: try WorkspaceOptions.registry(),
            environment: ProcessInfo.processInfo.environment, now: WorkspaceOptions.now()
        ) { workspace, keys throws(StoreError) in
            try SQLiteReviewStore(
                readingOnly: workspace.databasePath, recordTypes: Array(workspace.recordTypes.values),
                configuration: StoreConfiguration(
                    zone: workspace.calendar.zone, keys: keys, now: WorkspaceOptions.now))
        }
        let (language, diagnoses) = try await doctor.examine()
        let worst = diagnoses.map(\.level).max() ?? .ok
        if options.isJSON {
            printJSON(["level": .string(worst.rawValue), "checks": .array(diagnoses.map(\.json))])
        } else {
            StandardOutput.write(Self.screen(diagnoses, language))
        }
        if worst == .problem { throw ExitCode.failure }
    }

    private static func screen(_ diagnoses: [Diagnosis], _ language: String) -> String {
        var table = Table("", "", "", "")
        for diagnosis in diagnoses {
            table.add(
                diagnosis.level.word.text(in: language), diagnosis.topic.word.text(in: language),
                diagnosis.finding.text(in: language), diagnosis.advice.map { "→ " + $0.text(in: language) } ?? "")
        }
        return table.text(empty: "").split(separator: "\n").map { $0 + "\n" }.joined()
    }
}

extension Diagnosis {
    fileprivate var json: JSON {
        [
            "topic": .string(topic.rawValue), "level": .string(level.rawValue), "finding": finding.json,
            "advice": advice?.json ?? .null,
        ]
    }
}

extension LocalizedText {
    fileprivate var json: JSON { ["zh": .string(zh), "en": .string(en)] }
}

extension Diagnosis.Level {
    fileprivate var word: LocalizedText {
        switch self {
        case .ok: LocalizedText(zh: "正常", en: "ok")
        case .warning: LocalizedText(zh: "注意", en: "warning")
        case .problem: LocalizedText(zh: "问题", en: "PROBLEM")
        }
    }
}

extension Diagnosis.Topic {
    fileprivate var word: LocalizedText {
        switch self {
        case .files: LocalizedText(zh: "文件", en: "files")
        case .key: LocalizedText(zh: "密钥", en: "key")
        case .secrets: LocalizedText(zh: "密码", en: "secrets")
        case .database: LocalizedText(zh: "数据库", en: "database")
        case .log: LocalizedText(zh: "日志", en: "log")
        case .disk: LocalizedText(zh: "磁盘", en: "disk")
        case .clock: LocalizedText(zh: "时钟", en: "clock")
        case .connections: LocalizedText(zh: "连接", en: "connections")
        case .mappings: LocalizedText(zh: "映射", en: "mappings")
        case .rejects: LocalizedText(zh: "被拒记录", en: "rejects")
        case .holds: LocalizedText(zh: "质量闸门", en: "holds")
        case .devices: LocalizedText(zh: "考勤设备", en: "devices")
        case .directories: LocalizedText(zh: "通讯录", en: "directories")
        case .accounts: LocalizedText(zh: "账号", en: "accounts")
        case .values: LocalizedText(zh: "指标值", en: "values")
        case .hooks: LocalizedText(zh: "接收推送", en: "hooks")
        case .sinks: LocalizedText(zh: "通知对象", en: "sinks")
        case .backups: LocalizedText(zh: "备份", en: "backups")
        }
    }
}
