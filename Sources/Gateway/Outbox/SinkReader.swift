internal import PlumblineKit
internal import ReviewStore
internal import YAMLDocument

/// Reads sinks from YAML; logs every problem at its place.
struct SinkReader {
    /// The country that the company is in.
    let country: String
    let log: ProblemLog

    static let folder = "sinks"

    private static let longestTimeout: Duration = .seconds(60)
    private static let keys = ["sink", "kind", "events", "people", "country", "declared_transfer", "ordered"]
    private static let ways = ["ca_file", "proxy", "timeout"]
    private static let particular: [Sink.Kind: [String]] = [
        .http: ["url", "secret", "previous_secret", "private_key", "plain_http"] + ways,
        .dingtalk: ["webhook", "sign_secret", "keyword", "messages_per_minute", "allowed_hosts"] + ways,
        .wecom: ["webhook", "messages_per_minute", "allowed_hosts"] + ways,
        .feishu: ["webhook", "sign_secret", "keyword", "messages_per_minute", "allowed_hosts"] + ways,
        .file: ["daily"],
    ]

    /// The sink of a document; nil where a problem was logged.
    func sink(_ document: YAMLNode) -> Sink? {
        let before = log.problems.count
        guard let kind = kind(document) else { return nil }
        let known = Self.keys + (Self.particular[kind] ?? [])
        let map = MapReader(document, what: "a sink of the kind \(kind.rawValue)", known: known, log: log)
        let (name, events) = (name(map), events(map))
        let carriesValues = [.http, .file].contains(kind) && events.contains(where: \.carriesValues)
        let people = people(map, isNeeded: carriesValues)
        checkCountry(map, leavesHere: carriesValues && kind == .http)
        let target = target(kind, map)
        var transport = TransportReader(log: log).options(map)
        if map["timeout"] == nil { transport.timeout = .seconds(20) }
        if transport.timeout > Self.longestTimeout {
            log.add(map.place(of: "timeout"), "'timeout' must be at most 60 seconds: a receiver that works takes few")
        }
        let isOrdered = map.flag("ordered") ?? false
        guard let name, let target, log.problems.count == before else { return nil }
        return Sink(
            name: name, kind: kind, events: events, people: people, country: map.text("country"),
            declaredTransfer: map.text("declared_transfer"), isOrdered: isOrdered, target: target,
            transport: transport, place: document.place)
    }

    /// Read first: it decides which other keys there are.
    private func kind(_ document: YAMLNode) -> Sink.Kind? {
        let everything = Self.keys + Self.particular.values.joined()
        let map = MapReader(document, what: "a sink", known: everything + document.keys, log: log)
        if map["kind"] == nil {
            let names = Sink.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            log.add(document.place, "a sink needs 'kind', one of \(names)")
        }
        return map.choice("kind")
    }

    private func name(_ map: MapReader) -> String? {
        guard let name = map.requiredText("sink") else { return nil }
        if name.wholeMatch(of: /[a-z0-9][a-z0-9_-]{0,62}/) == nil {
            log.add(
                map.place(of: "sink"),
                "'sink' must be a name of lower-case letters, digits, - and _, at most 63, not '\(name)'")
        }
        return name
    }

    private func events(_ map: MapReader) -> Set<OutboxEventKind> {
        let known = OutboxEventKind.subscribable.map(\.rawValue)
        if map.list("events").isEmpty {
            log.add(map.place(of: "events"), "a sink needs 'events', some of \(known.joined(separator: ", "))")
        }
        let kinds = map.list("events").compactMap { node -> OutboxEventKind? in
            let text = node.text ?? ""
            if let kind = OutboxEventKind(rawValue: text), kind != .test { return kind }
            log.add(
                node.place,
                "unknown event '\(text)'\(proposal(for: text, among: known)); known: \(known.joined(separator: ", "))")
            return nil
        }
        return Set(kinds)
    }

    private func people(_ map: MapReader, isNeeded: Bool) -> Sink.People {
        if isNeeded, map["people"] == nil {
            log.add(
                map.node.place,
                "a sink that gets values needs 'people': 'ids' sends values of employees with their ids, "
                    + "'none' leaves them out")
        }
        return map.choice("people") ?? .none
    }

    /// Personal information law: who sends it abroad must have filed that before.
    private func checkCountry(_ map: MapReader, leavesHere: Bool) {
        let country = map.text("country")
        if let country, country.wholeMatch(of: WorkspaceConfiguration.countryCode) == nil {
            log.add(map.place(of: "country"), "'country' must be two capital letters such as CN, not '\(country)'")
        }
        if country == nil, leavesHere {
            log.add(map.node.place, "a sink that gets values needs 'country', where it lies, such as CN")
        }
        if let country, country != self.country, map.text("declared_transfer") == nil {
            log.add(
                map.place(of: "country"),
                "the company is in \(self.country) and the sink in \(country): name the filing that permits the "
                    + "transfer in 'declared_transfer'")
        }
    }

    // MARK: Targets

    private func target(_ kind: Sink.Kind, _ map: MapReader) -> Sink.Target? {
        switch kind {
        case .http: http(map)
        case .dingtalk: bot(.dingTalk, map)
        case .wecom: bot(.weCom, map)
        case .feishu: bot(.feishu, map)
        case .file: .file(isDaily: map.flag("daily") ?? false)
        }
    }

    private func http(_ map: MapReader) -> Sink.Target? {
        let url = map.requiredText("url")
        if let url { check(url, map) }
        let secrets = ["secret", "previous_secret"].compactMap { secret($0, map) }
        let privateKey = secret("private_key", map)
        if map["secret"] == nil, map["private_key"] == nil {
            log.add(map.node.place, "an HTTP sink needs 'secret' or 'private_key': its messages are signed")
        }
        if map["secret"] == nil, map["previous_secret"] != nil {
            log.add(map.place(of: "previous_secret"), "'previous_secret' stands beside 'secret' while it is exchanged")
        }
        return url.map { .http(HTTPTarget(url: $0, secrets: secrets, privateKey: privateKey)) }
    }

    private func check(_ text: String, _ map: MapReader) {
        do throws(HTTPURL.Invalid) {
            let origin = try HTTPURL(text).origin
            let isLocal = ["localhost", "127.0.0.1", "::1"].contains(origin.host)
            if !origin.isSecure, !isLocal, map.flag("plain_http") != true {
                log.add(
                    map.place(of: "url"),
                    "what is sent to http:// can be read on the way: use https://, or write 'plain_http: true'")
            }
        } catch {
            log.add(map.place(of: "url"), "'url': \(error.reason)")
        }
    }

    private func bot(_ platform: BotPlatform, _ map: MapReader) -> Sink.Target? {
        if map["webhook"] == nil {
            log.add(map.node.place, "a bot needs 'webhook': the bot's address, as ${file:NAME} in secrets/")
        }
        let limit = 1...platform.messagesPerMinute
        let pace = map.integer("messages_per_minute") ?? min(15, platform.messagesPerMinute)
        if !limit.contains(pace) {
            log.add(
                map.place(of: "messages_per_minute"),
                "'messages_per_minute' must be 1 to \(limit.upperBound), more the platform does not take")
        }
        let signingSecret = secret("sign_secret", map)
        guard let address = secret("webhook", map) else { return nil }
        return .bot(
            BotTarget(
                platform: platform, address: address, signingSecret: signingSecret, keyword: map.text("keyword"),
                messagesPerMinute: max(1, pace), otherHosts: map.texts("allowed_hosts")))
    }

    private func secret(_ key: String, _ map: MapReader) -> SecretStore.Reference? {
        guard let text = map.text(key) else { return nil }
        guard let reference = SecretStore.Reference(text) else {
            log.add(
                map.place(of: key),
                "'\(key)' is a secret: write ${file:NAME} for the file secrets/NAME of the workspace, or ${env:NAME}")
            return nil
        }
        return reference
    }
}

extension YAMLNode {
    fileprivate var keys: [String] { entries?.map(\.key) ?? [] }
}
