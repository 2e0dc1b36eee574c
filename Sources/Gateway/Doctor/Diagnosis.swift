public import PlumblineKit

/// One thing that was looked at, and how it is.
public struct Diagnosis: Sendable, Hashable {
    /// What was looked at.
    public let topic: Topic
    /// How it is.
    public let level: Level
    /// What was found.
    public let finding: LocalizedText
    /// What to do about it; nil where all is well.
    public let advice: LocalizedText?

    /// What is looked at, in the order in which it is told.
    public enum Topic: String, Sendable, Hashable, CaseIterable {
        case files, key, secrets, database, log, disk, clock, connections, mappings, rejects, holds, directories,
            accounts, values
        case hooks, devices, sinks, backups
    }

    /// How a thing is, the better the smaller.
    public enum Level: String, Sendable, Hashable, Comparable, CaseIterable {
        case ok, warning, problem

        /// By how bad it is.
        public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .ok: 0
            case .warning: 1
            case .problem: 2
            }
        }
    }

    static func ok(_ topic: Topic, zh: String, en: String) -> Diagnosis {
        Diagnosis(topic: topic, level: .ok, finding: LocalizedText(zh: zh, en: en), advice: nil)
    }

    static func warning(_ topic: Topic, zh: String, en: String, advice: LocalizedText) -> Diagnosis {
        Diagnosis(topic: topic, level: .warning, finding: LocalizedText(zh: zh, en: en), advice: advice)
    }

    static func problem(_ topic: Topic, zh: String, en: String, advice: LocalizedText) -> Diagnosis {
        Diagnosis(topic: topic, level: .problem, finding: LocalizedText(zh: zh, en: en), advice: advice)
    }
}

extension LocalizedText {
    /// A command of ours: the same in both languages.
    static func command(_ text: String) -> LocalizedText { LocalizedText(untranslated: "plumbline \(text)") }
}

extension Duration {
    var hours: Int { Int(components.seconds / 3600) }

    /// Such as 5 小时 and `5 h`, 3 天 and `3 days`.
    var inWords: LocalizedText {
        if hours < 1 {
            let minutes = max(0, components.seconds / 60)
            return LocalizedText(zh: "\(minutes) 分钟", en: "\(minutes) min")
        }
        if hours < 72 { return LocalizedText(zh: "\(hours) 小时", en: "\(hours) h") }
        return LocalizedText(zh: "\(hours / 24) 天", en: "\(hours / 24) days")
    }
}

/// Lengths in bytes as people read them.
public enum ByteText {
    /// Such as `1.4 MB`.
    public static func of(_ bytes: Int) -> String {
        var (tenths, unit) = (bytes * 10, 0)
        while tenths >= 10_000, unit < 4 { (tenths, unit) = (tenths / 1000, unit + 1) }
        let names = ["B", "kB", "MB", "GB", "TB"]
        return unit == 0 ? "\(bytes) B" : "\(tenths / 10).\(tenths % 10) \(names[unit])"
    }
}
