internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

/// A message for people.
struct Notice: Sendable, Hashable {
    /// One line, plain.
    let title: String
    /// Markdown as all platforms know it: bold, quotes and line breaks.
    let text: String
}

/// Writes what happened for the people in a group, in the company's language: what it is, of which connection or period,
/// how many values, and what to do. No value of anybody stands in it, and no name.
struct NoticeWriter: Sendable {
    let language: String
    let company: String
    /// What the bot wants to find in every message.
    let keyword: String?
    let limit: Int

    /// A notice of the first events, as many as fit, at least one; and how many these are.
    func notice(of events: [OutgoingEvent]) -> (notice: Notice, count: Int) {
        var lines: [String] = []
        var size = title.utf8.count + 16
        for event in events {
            let line = self.line(event).shortened(to: limit - title.utf8.count - 32)
            guard lines.isEmpty || size + line.utf8.count + 2 <= limit else { break }
            lines.append(line)
            size += line.utf8.count + 2
        }
        return (Notice(title: title, text: lines.joined(separator: "\n\n")), lines.count)
    }

    private var title: String {
        let name = LocalizedText(zh: "准绳", en: "Plumbline").text(in: language)
        let parts = [keyword, name, company.isEmpty ? nil : company.plain].compactMap(\.self)
        return String(parts.joined(separator: " · ").prefix(60))
    }

    private func line(_ outgoing: OutgoingEvent) -> String {
        let data = (try? JSON.parse(Array(outgoing.payload.utf8))) ?? .null
        let parts = words(outgoing.event.kind, data)
        let text = "**\(parts.what.text(in: language))** \(parts.about.text(in: language))"
        return text + "\n> \(LocalizedText(zh: "处理", en: "Next").text(in: language)): \(parts.command)"
    }

    private typealias Words = (what: LocalizedText, about: LocalizedText, command: String)

    private func words(_ kind: OutboxEventKind, _ data: JSON) -> Words {
        switch kind {
        case .valuesPublished: published(data)
        case .correctionProposed: proposed(data)
        case .connectionFailed: failed(data)
        case .connectionRecovered: recovered(data)
        case .gateHeld: held(data)
        case .test: test(data)
        }
    }

    private func published(_ data: JSON) -> Words {
        let (count, indicators, periods) = Self.counts(data)
        return (
            LocalizedText(zh: "指标值已发布", en: "Values published"),
            LocalizedText(
                zh: "\(periods)：\(count) 个值，涉及 \(indicators) 个指标",
                en: "\(periods): \(count) values of \(indicators) indicators"),
            "plumbline values"
        )
    }

    private func proposed(_ data: JSON) -> Words {
        let (count, indicators, periods) = Self.counts(data)
        return (
            LocalizedText(zh: "已锁定的期间有更正建议", en: "Corrections of locked periods"),
            LocalizedText(
                zh: "\(periods)：\(count) 个值（\(indicators) 个指标）重新计算后不同，已发布的值保持不变",
                en: "\(periods): \(count) values of \(indicators) indicators would be others; the published ones stay"),
            "plumbline period list"
        )
    }

    private func failed(_ data: JSON) -> Words {
        let name = data.name("connection")
        let place = [name, data.name("stream")].filter { !$0.isEmpty }.joined(separator: "/")
        let reason = data.name("reason").shortened(to: 300)
        return (
            LocalizedText(zh: "连接失败", en: "Connection failed"),
            LocalizedText(zh: "\(place)：\(reason)", en: "\(place): \(reason)"), "plumbline check \(name)"
        )
    }

    private func recovered(_ data: JSON) -> Words {
        let (name, since) = (data.name("connection"), data.name("failing_since"))
        return (
            LocalizedText(zh: "连接已恢复", en: "Connection works again"),
            LocalizedText(zh: "\(name)，自 \(since) 起失败", en: "\(name), which failed since \(since)"),
            "plumbline doctor"
        )
    }

    private func held(_ data: JSON) -> Words {
        let place = "\(data.name("connection"))/\(data.name("stream"))"
        let findings = (data["findings"]?.array ?? []).map { finding in
            let found = GateFinding(
                rule: finding["rule"]?.string ?? "", subject: finding["subject"]?.string,
                found: finding["found"]?.string ?? "…", expected: finding["expected"]?.string ?? "…")
            return LocalizedText(zh: found.text.zh.plain, en: found.text.en.plain)
        }
        let (zh, en) = (findings.map(\.zh).joined(separator: "；"), findings.map(\.en).joined(separator: "; "))
        let records = data["records"]?.int ?? 0
        return (
            LocalizedText(zh: "质量闸门拦下数据", en: "Held at the quality gate"),
            LocalizedText(
                zh: "\(place)：\(records) 条记录暂不生效。\(zh)", en: "\(place): \(records) records have no effect yet. \(en)"),
            "plumbline gate show \(data["hold"]?.int ?? 0)"
        )
    }

    private func test(_ data: JSON) -> Words {
        (
            LocalizedText(zh: "测试通知", en: "A test"),
            LocalizedText(
                zh: "通知可以送达（\(data.name("sink"))）", en: "notices arrive here (\(data.name("sink")))"),
            "plumbline sinks"
        )
    }

    /// How many values, of how many indicators, and of which periods.
    private static func counts(_ data: JSON) -> (values: Int, indicators: Int, periods: String) {
        let values = data["values"]?.array ?? []
        let indicators = Set(values.compactMap { $0["indicator"]?.string })
        let periods = Set(values.compactMap { $0["period"]?.string }).sorted()
        let shown = periods.prefix(4).joined(separator: ", ") + (periods.count > 4 ? " …" : "")
        return (values.count, indicators.count, shown)
    }
}

extension JSON {
    /// The text of a member as it may stand in Markdown; empty where there is none.
    fileprivate func name(_ key: String) -> String { self[key]?.string?.plain ?? "" }
}

extension String {
    /// The text on one line, with nothing that Markdown or the platforms read as a sign: what sources write neither
    /// calls people nor becomes a link.
    fileprivate var plain: String {
        let signs = Set("*_`<>[]()#@|\\~!".unicodeScalars)
        let scalars = unicodeScalars.map { signs.contains($0) || $0.value < 0x20 ? " " : $0 }
        return String(String.UnicodeScalarView(scalars)).split(separator: " ").joined(separator: " ")
            .replacing("://", with: ": //")
    }

    /// The text cut to so many bytes, between characters.
    fileprivate func shortened(to bytes: Int) -> String {
        guard utf8.count > bytes else { return self }
        var (text, size) = ("", 3)
        for character in self {
            size += character.utf8.count
            if size > bytes { break }
            text.append(character)
        }
        return text + "…"
    }
}
