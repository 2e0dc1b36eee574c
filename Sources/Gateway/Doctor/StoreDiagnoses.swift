internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

/// What the store tells: connections, the clock, what waits for a person.
struct StoreDiagnoses {
    let workspace: Workspace
    let health: StoreHealth
    let now: Timestamp

    var all: [Diagnosis] {
        [clock] + connections + leftBehind + [rejects, holds]
            + DirectoryDiagnoses(workspace, health.directories, now).all + [accounts, values]
            + HookDiagnoses(workspace, health, now).all + DeviceDiagnoses(workspace, health.devices, now).all
            + SinkDiagnoses(workspace, health, now).all
    }

    // MARK: Connections

    /// Of those that are not well, so many are named.
    private static let shown = 4

    private var connections: [Diagnosis] {
        let all = workspace.connections.filter { !$0.isImportedByHand && !$0.isPushedOnly }.map {
            ConnectionDiagnosis($0, health.streams, now)
        }
        let unwell = all.filter { $0.diagnosis != nil }.sorted { ($0.level, $1.name) > ($1.level, $0.name) }
        var lines = unwell.prefix(Self.shown).compactMap(\.diagnosis)
        if unwell.count > Self.shown {
            let more = unwell.dropFirst(Self.shown)
            let names = more.map(\.name).joined(separator: ", ")
            lines.append(
                Diagnosis(
                    topic: .connections, level: more.map(\.level).max() ?? .warning,
                    finding: LocalizedText(zh: "还有 \(more.count) 个：\(names)", en: "\(more.count) more: \(names)"),
                    advice: .command("check")))
        }
        return lines + (all.count > unwell.count || all.isEmpty ? [well(all.filter { $0.diagnosis == nil })] : [])
    }

    private func well(_ all: [ConnectionDiagnosis]) -> Diagnosis {
        guard let oldest = all.compactMap(\.lastGood).min() else {
            return .ok(.connections, zh: "没有要读取的连接", en: "none is to be read")
        }
        let age = (now - oldest).inWords
        return .ok(
            .connections, zh: "\(all.count) 个正常，最早一次读取在 \(age.zh)前",
            en: "\(all.count) well, the longest ago was read \(age.en) ago")
    }

    /// Records of streams that no file describes any more count on.
    private var leftBehind: [Diagnosis] {
        health.streamsWithRecords.filter { !workspace.describes($0) }.map { stream in
            .warning(
                .connections, zh: "\(stream)：没有文件描述它，其记录仍然计入；若是改名，会重复计入",
                en: "\(stream): no file describes it, and its records count on; where it was renamed, they count twice",
                advice: .command("streams retire \(stream)"))
        }
    }

    // MARK: Clock

    /// The clock of the machine, which the company's people can compare with theirs, and what speaks against it.
    private var clock: Diagnosis {
        let zone = workspace.calendar.zone
        let day = zone.day(of: now)
        let minutes = (now - zone.start(of: day)).components.seconds / 60
        let time = "\(day) \(Self.twoDigits(minutes / 60)):\(Self.twoDigits(minutes % 60)) \(zone.identifier)"
        let advice = LocalizedText(zh: "核对本机时间和时区：timedatectl", en: "check time and zone: timedatectl")
        if let last = health.lastActivity, last > now + .seconds(300) {
            return .problem(
                .clock, zh: "\(time)，早于上次运行（\(last.rfc3339)）：时钟回拨了",
                en: "\(time), before the last run (\(last.rfc3339)): it was set back", advice: advice)
        }
        if let newest = health.newestEvidence, newest > now + .seconds(86_400) {
            return .warning(
                .clock, zh: "\(time)，最新的记录却是 \(newest.rfc3339)",
                en: "\(time), but the newest record is of \(newest.rfc3339)",
                advice: advice)
        }
        return .ok(.clock, zh: time, en: time)
    }

    private static func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    // MARK: What waits

    private var rejects: Diagnosis {
        waiting(
            .rejects, health.rejects, none: LocalizedText(zh: "没有被拒的记录", en: "none waits"),
            some: LocalizedText(zh: "条记录被拒", en: "rejected records"), advice: .command("rejects"))
    }

    private var holds: Diagnosis {
        waiting(
            .holds, health.holds, none: LocalizedText(zh: "质量闸门没有拦下数据", en: "the quality gate holds nothing"),
            some: LocalizedText(zh: "批数据被质量闸门拦下", en: "waiting at the quality gate"), advice: .command("gate"))
    }

    private var accounts: Diagnosis {
        waiting(
            .accounts, health.unmatchedAccounts, none: LocalizedText(zh: "账号都有归属", en: "everybody's account is known"),
            some: LocalizedText(zh: "个账号不知是谁的", en: "accounts of nobody known"),
            advice: .command("people unmatched"))
    }

    private func waiting(
        _ topic: Diagnosis.Topic, _ waiting: Waiting, none: LocalizedText, some: LocalizedText, advice: LocalizedText
    ) -> Diagnosis {
        if waiting.count == 0 { return .ok(topic, zh: none.zh, en: none.en) }
        let age = waiting.since.map { (now - $0).inWords }
        return .warning(
            topic, zh: "\(waiting.count) \(some.zh)" + (age.map { "，最早在 \($0.zh)前" } ?? ""),
            en: "\(some.en): \(waiting.count)" + (age.map { ", the first since \($0.en)" } ?? ""), advice: advice)
    }

    private var values: Diagnosis {
        if health.staleTypes.isEmpty { return .ok(.values, zh: "都已计算", en: "all are computed") }
        let list = health.staleTypes.prefix(4).joined(separator: ", ")
        return .warning(
            .values, zh: "有新数据的指标值还没有计算：\(list)", en: "those of new data are not computed yet: \(list)",
            advice: .command("pull"))
    }
}

/// How one connection is.
private struct ConnectionDiagnosis {
    let name: String
    /// What is to be told; nil where it is well.
    let diagnosis: Diagnosis?
    /// When the stream that was read longest ago was read to its end; nil where people bring files.
    let lastGood: Timestamp?

    var level: Diagnosis.Level { diagnosis?.level ?? .ok }

    init(_ connection: Connection, _ all: [StreamHealth], _ now: Timestamp) {
        name = connection.name
        let known = all.filter { $0.connection == connection.name }
        let pulled = connection.streams.map { stream in known.first { $0.stream == stream.name } }
        lastGood = pulled.contains { $0?.lastGood == nil } ? nil : pulled.compactMap { $0?.lastGood }.min()
        diagnosis = Self.failure(connection, known) ?? Self.lag(connection, pulled, lastGood, now)
    }

    private static func failure(_ connection: Connection, _ known: [StreamHealth]) -> Diagnosis? {
        let ends: [RunState] = [.failed, .interrupted]
        guard let failed = known.first(where: { ends.contains($0.last.state) }) else { return nil }
        let place = "\(connection.name)/\(failed.stream)"
        if failed.last.state == .interrupted {
            return .warning(
                .connections, zh: "\(place)：上次读取中断", en: "\(place): the last run was cut short",
                advice: .command("pull \(connection.name)"))
        }
        let message = failed.last.message ?? ""
        return .problem(
            .connections, zh: "\(place)：上次读取失败：\(message)", en: "\(place): the last run failed: \(message)",
            advice: .command("check \(connection.name)"))
    }

    /// A connection that says when it is to be pulled is late after two days, any other after a week.
    private static func lag(
        _ connection: Connection, _ streams: [StreamHealth?], _ lastGood: Timestamp?, _ now: Timestamp
    ) -> Diagnosis? {
        if streams.isEmpty { return nil }
        let advice = LocalizedText.command("pull \(connection.name)")
        guard let lastGood else {
            return .warning(
                .connections, zh: "\(connection.name)：还没有完整读取过", en: "\(connection.name): was never read to its end",
                advice: advice)
        }
        let age = now - lastGood
        guard age.hours >= (connection.schedule == nil ? 7 * 24 : 48) else { return nil }
        return .warning(
            .connections, zh: "\(connection.name)：上次读取在 \(age.inWords.zh)前",
            en: "\(connection.name): was last read \(age.inWords.en) ago", advice: advice)
    }
}
