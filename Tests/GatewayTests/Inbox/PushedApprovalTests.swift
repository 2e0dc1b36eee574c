import Callbacks
import Expressions
import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// Approvals that WeCom sends, by what the template of `oa.wecom` shows for companies that only receive.
@Suite struct PushedApprovalTests {
    private static let token = "callback-token-0123456789"
    private static let aesKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
    private static let corpID = "ww0000000000000000"

    /// The template with the part in comments in the place of its streams.
    private static func connection() throws -> String {
        let text = try #require(ConnectorTemplates.text(of: "oa.wecom"))
        let head = try #require(text.firstRange(of: "\nstreams:\n")).lowerBound
        let shown = try #require(text.firstRange(of: "\n# callback:\n")).lowerBound
        let tail = try #require(text.firstRange(of: "\ndirectory:\n")).lowerBound
        let tests = try #require(text.firstRange(of: "\ntests:\n")).lowerBound
        let lines = text[shown..<tail].split(separator: "\n").prefix {
            $0.hasPrefix("#") && !$0.hasPrefix("# Who works here")
        }
        return text[..<head] + "\n" + lines.map { $0.dropFirst(2) }.joined(separator: "\n") + text[tail..<tests]
    }

    private func company() async throws -> TestWorkspace {
        try TestWorkspace([
            "secrets/wecom-secret": "s", "secrets/wecom-token": Self.token, "secrets/wecom-aes-key": Self.aesKey,
            "connectors/wecom.yaml": try Self.connection(),
        ])
    }

    private static func event(_ status: Int, created: Int, number: String = "202607030001") -> String {
        """
        <xml><ToUserName>\(corpID)</ToUserName><FromUserName>sys</FromUserName><CreateTime>\(created)</CreateTime>\
        <MsgType>event</MsgType><Event>sys_approval_change</Event><ApprovalInfo><SpNoStr>\(number)</SpNoStr>\
        <SpName>用印申请</SpName><SpStatus>\(status)</SpStatus><TemplateId>T</TemplateId>\
        <ApplyTime>1783044000</ApplyTime><Applyer><UserId>E01</UserId><Party>2</Party></Applyer>\
        <SpRecord><SpStatus>\(status)</SpStatus><Details><Approver><UserId>E02</UserId></Approver>\
        <Speech>好</Speech><SpStatus>\(status == 1 ? 1 : 2)</SpStatus><SpTime>\(status == 1 ? 0 : 1_783_047_600)</SpTime>\
        </Details></SpRecord></ApprovalInfo></xml>
        """
    }

    /// A request as WeCom sends it: our own scheme seals answers in the same way.
    private func request(_ message: String, at now: Instant) throws -> CallbackRequest {
        let kind = try #require(CallbackSchemeKind.named("wecom"))
        let settings = try Settings(
            [
                "token": .secret(Secret(Self.token)), "encoding_aes_key": .secret(Secret(Self.aesKey)),
                "receive_id": .text(Self.corpID),
            ], against: kind.settings)
        let scheme = try #require(try kind.scheme(settings) as? WeComScheme)
        let sealed = String(decoding: try scheme.answer(Array(message.utf8), now: now).body, as: UTF8.self)
        let part = { (pattern: Regex<(Substring, Substring)>) in
            String(try #require(sealed.firstMatch(of: pattern)).1)
        }
        let encrypted = try part(/<Encrypt><!\[CDATA\[(.*?)\]\]>/)
        let signature = try part(/<MsgSignature><!\[CDATA\[(.*?)\]\]>/)
        let (time, nonce) = (try part(/<TimeStamp>(.*?)</), try part(/<Nonce><!\[CDATA\[(.*?)\]\]>/))
        return try CallbackRequest(
            method: .post, query: "msg_signature=\(signature)&timestamp=\(time)&nonce=\(nonce)", headers: [:],
            body: Array("<xml><ToUserName>\(Self.corpID)</ToUserName><Encrypt>\(encrypted)</Encrypt></xml>".utf8))
    }

    @Test func `what the template shows for companies that only receive is read without a mistake`() async throws {
        let company = try await company()
        #expect(try company.problems() == [])
        let read = try Workspace.read(company.path, registry: TestWorkspace.registry)
        let connection = try #require(read.connections.first { $0.description.id == "oa.wecom" })
        #expect(connection.streams.map(\.name) == ["approval_events"])
    }

    @Test func `an approval that is sent is stored, its latest state counts whatever arrives first, and it goes`()
        async throws
    {
        let company = try await company()
        let host = try await company.host()
        _ = try await host.replacePeople([DirectoryEntry(employee: "E01"), DirectoryEntry(employee: "E02")])
        let receiver = CallbackReceiver(host, inbox: InboxReception(host.store))
        func send(_ message: String) async throws {
            let status = await receiver.answer(
                try request(message, at: Instant(microseconds: host.now().microseconds)), for: "wecom"
            ).status
            #expect(status == 200)
            _ = try await host.drainInbox()
        }
        func outcomes() async throws -> [Value?] {
            try await host.store.evidence(of: "approval", after: nil, limit: 9, states: [.live]).map {
                $0.record["outcome"]
            }
        }
        try await send(Self.event(2, created: 1_783_047_600))
        #expect(try await outcomes() == [.string("approved")])
        try await send(Self.event(1, created: 1_783_044_000))
        #expect(try await outcomes() == [.string("approved")], "the submission was sent before")
        try await send(Self.event(7, created: 1_783_050_000))
        #expect(try await outcomes() == [])
    }
}
