internal import Foundation
internal import Indicators
internal import PlumblineKit
public import ReviewStore
public import YAMLDocument

/// Where the company wants to be told of what happens here: a file in the workspace's folder `sinks`.
public struct Sink: Sendable {
    /// The name under which deliveries are kept.
    public let name: String
    /// What kind of receiver it is.
    public let kind: Kind
    /// What it is told.
    public let events: Set<OutboxEventKind>
    /// Whether it is told of single people.
    public let people: People
    /// The country that it lies in, such as `CN`; nil where the file does not say.
    public let country: String?
    /// What permits that values go to another country; nil where none do.
    public let declaredTransfer: String?
    /// Whether events come in their order, so that one that fails holds up those behind it.
    public let isOrdered: Bool
    let target: Target
    let transport: TransportOptions
    /// Where the sink begins in its file.
    public let place: SourcePlace

    /// What kind of receiver a sink is.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Any program that takes requests with signatures of Standard Webhooks.
        case http
        case dingtalk
        case wecom
        case feishu
        /// A file in the workspace's folder `outbox`, an event in each line.
        case file
    }

    /// What a sink is told of single people.
    public enum People: String, Sendable, Hashable, CaseIterable {
        /// Their employee ids, never their names.
        case ids
        /// Nothing: values of employees are left out.
        case none
    }

    /// What messages need that is particular to the kind.
    enum Target: Sendable {
        case http(HTTPTarget)
        case bot(BotTarget)
        case file(isDaily: Bool)
    }
}

/// The address of an HTTP sink, and with what its messages are signed.
struct HTTPTarget: Sendable {
    let url: String
    /// The secrets of `v1`, the newest first; two while one is exchanged for another.
    let secrets: [SecretStore.Reference]
    /// The private key of `v1a`; nil signs with the secrets alone.
    let privateKey: SecretStore.Reference?
}

/// A bot in a group of people.
struct BotTarget: Sendable {
    let platform: BotPlatform
    /// The bot's address, which lets everybody who knows it write to the group.
    let address: SecretStore.Reference
    let signingSecret: SecretStore.Reference?
    /// What each message must hold.
    let keyword: String?
    let messagesPerMinute: Int
    /// Hosts besides the platform's own, such as that of a gateway, each `host` or `host:port`.
    let otherHosts: [String]
}

extension Sink {
    /// The secrets that it needs, each with the key that names it.
    var secrets: [(key: String, reference: SecretStore.Reference)] {
        switch target {
        case .file: return []
        case .http(let target):
            let keys = zip(["secret", "previous_secret"], target.secrets).map { ($0, $1) }
            return keys + (target.privateKey.map { [("private_key", $0)] } ?? [])
        case .bot(let target):
            return [("webhook", target.address)] + (target.signingSecret.map { [("sign_secret", $0)] } ?? [])
        }
    }
}

extension Workspace {
    /// Which events the sinks want, as the store is to know it.
    var subscriptions: OutboxSubscriptions {
        var subscriptions = OutboxSubscriptions()
        subscriptions.sinks = sinks.map { sink in
            // A notice for people holds no values of single ones: it says how many there are.
            .init(
                sink: sink.name, kinds: sink.events, toldOfPeople: sink.people == .ids || sink.isBot)
        }
        subscriptions.indicatorsWithNumbers = Set(
            indicators.filter { !$0.definition.anonymous }.map(\.definition.id))
        let url = URL(filePath: folder)
        subscriptions.localFolders = Set([url.path, url.resolvingSymlinksInPath().path]).sorted()
        return subscriptions
    }

    /// The sink with that name.
    public func sink(_ name: String) throws(WorkspaceError) -> Sink {
        guard let sink = sinks.first(where: { $0.name == name }) else {
            throw .unknownSink(name, known: sinks.map(\.name))
        }
        return sink
    }
}

extension Sink {
    var isBot: Bool { if case .bot = target { true } else { false } }
}
