internal import Foundation
internal import Indicators
internal import PlumblineKit
internal import YAMLDocument

/// Opens the way to a sink: resolves its secrets, checks where they lead, and makes the transport.
struct SinkOpening {
    let host: WorkspaceHost
    let sink: Sink

    /// - Throws: `SinkFault` with what a person must mend, and where.
    func channel() throws(SinkFault) -> any DeliveryChannel {
        do throws(SinkFault) {
            switch sink.target {
            case .http(let target): return try http(target)
            case .bot(let target): return try bot(target)
            case .file(let isDaily): return file(isDaily)
            }
        } catch {
            throw SinkFault("\(sink.place): \(error.description)")
        }
    }

    private func http(_ target: HTTPTarget) throws(SinkFault) -> HTTPChannel {
        var secrets: [Secret] = []
        for reference in target.secrets { secrets.append(try secret(reference)) }
        let privateKey = try optionalSecret(target.privateKey)
        return HTTPChannel(
            url: target.url, signer: try WebhookSigner(secrets: secrets, privateKey: privateKey), text: text,
            transport: try transport(to: target.url, sink.transport))
    }

    private func bot(_ target: BotTarget) throws(SinkFault) -> BotChannel {
        let address = try secret(target.address)
        try check(address, target)
        let configuration = host.workspace.configuration
        let company = configuration.language == "zh" ? configuration.company.zh : configuration.company.en
        return BotChannel(
            target: target, address: address, signingSecret: try optionalSecret(target.signingSecret),
            writer: NoticeWriter(
                language: configuration.language, company: company, keyword: target.keyword,
                limit: BotPlatform.longestText),
            transport: try transport(to: address.reveal(), sink.transport))
    }

    /// An address that was pasted into the wrong file would send what happens here to somebody else.
    private func check(_ address: Secret, _ target: BotTarget) throws(SinkFault) {
        let origin: HTTPURL.Origin
        do throws(HTTPURL.Invalid) {
            origin = try HTTPURL(address.reveal()).origin
        } catch {
            throw SinkFault("webhook: \(error.reason)")
        }
        let isPlatform = target.platform.hosts.contains(origin.host) && origin.isSecure && origin.port == 443
        if isPlatform || target.otherHosts.contains(where: { [origin.host, origin.authority].contains($0) }) { return }
        throw SinkFault(
            "webhook points to \(origin), expected https://\(target.platform.hosts.joined(separator: " or https://")); "
                + "name another host in allowed_hosts")
    }

    private func file(_ isDaily: Bool) -> FileChannel {
        FileChannel(
            folder: path(FileChannel.folderName), name: sink.name, isDaily: isDaily,
            zone: host.workspace.calendar.zone, text: text)
    }

    private var text: EventText { EventText(leavesOutPeople: sink.people == .none) }

    private func secret(_ reference: SecretStore.Reference) throws(SinkFault) -> Secret {
        do throws(WorkspaceError) {
            return try host.secrets.resolve(reference)
        } catch {
            throw SinkFault(error.description)
        }
    }

    private func optionalSecret(_ reference: SecretStore.Reference?) throws(SinkFault) -> Secret? {
        guard let reference else { return nil }
        return try secret(reference)
    }

    private func transport(to url: String, _ options: TransportOptions) throws(SinkFault) -> GuardedTransport {
        var options = options
        options.caFiles = options.caFiles.map(path)
        do throws(ConnectorError) {
            return try GuardedTransport(baseURL: url, options: options, environment: host.transportEnvironment)
        } catch {
            throw SinkFault(error.plainReason)
        }
    }

    private func path(_ name: String) -> String { URL(filePath: host.workspace.folder).appending(path: name).path }
}
