import Expressions
import PlumblineKit
import PlumblineTesting
import ReviewStore
import Testing

@testable import Gateway

/// Notices for people, sent to bots that insist on what their platforms' documents say.
@Suite struct BotSinkTests {
    typealias Company = TestWorkspace
    typealias Platform = BotEmulator.Platform

    private static let secret = "SEC0123456789abcdef0123456789"
    private static let signing: [Platform] = [.dingtalk, .feishu]

    /// A company that tells its people by a bot.
    private func company(_ bot: BotEmulator, _ more: String = "") throws -> Company {
        let company = try Company.telling(
            [
                "group": """
                sink: group
                kind: \(bot.platform.rawValue)
                webhook: ${file:bot}
                allowed_hosts: ["127.0.0.1:\(bot.server.port)"]
                events: [values.published, correction.proposed, connection.failed, connection.recovered, gate.held]
                \(more)
                """
            ], secrets: ["bot": bot.address, "bot-secret": Self.secret])
        bot.set { $0.now = company.clock.now().seconds }
        return company
    }

    @Test(arguments: Platform.allCases)
    func `a notice says what happened, where, and what to do`(platform: Platform) async throws {
        let bot = try BotEmulator(platform)
        defer { bot.server.stop() }
        let company = try company(bot)
        let host = try await company.host()
        try await company.tell("helpdesk", host: host)
        let report = try await host.deliverDue()
        #expect(report.sinks.map(\.delivered) == [1], "\(report)")
        let text = try #require(bot.messages.first).text
        #expect(text.contains("**连接失败** helpdesk：no answer") && text.contains("plumbline check helpdesk"))
    }

    @Test(arguments: signing)
    func `a bot that wants signatures takes ours and refuses those of another secret`(platform: Platform) async throws {
        let bot = try BotEmulator(platform)
        defer { bot.server.stop() }
        bot.set { $0.secret = Self.secret }
        let company = try company(bot, "sign_secret: ${file:bot-secret}")
        let host = try await company.host()
        try await company.tell("helpdesk", host: host)
        #expect(try await host.deliverDue().sinks.map(\.delivered) == [1])
        bot.set { $0.secret = "SECanother" }
        try await company.tell("payroll", host: host)
        company.goOn(by: .seconds(10))
        let report = try await host.deliverDue()
        let reason = try #require(report.sinks.first?.lastError)
        #expect(reason.contains(platform == .dingtalk ? "code 310000" : "code 19021") && reason.contains("sign_secret"))
        #expect(!reason.contains(BotEmulator.token) && !reason.contains(Self.secret))
    }

    @Test(arguments: signing)
    func `the keyword that a bot wants stands in every message`(platform: Platform) async throws {
        let bot = try BotEmulator(platform)
        defer { bot.server.stop() }
        bot.set { $0.keyword = "绩效" }
        let company = try company(bot)
        let host = try await company.host()
        try await company.tell("helpdesk", host: host)
        let refused = try await host.deliverDue().sinks.first?.lastError
        #expect(refused?.contains(platform == .dingtalk ? "310000" : "19024") == true)
        try company.edit("sinks/group.yaml", "kind:", "keyword: 绩效\nkind:")
        company.goOn(by: .seconds(10))
        #expect(try await company.host().deliverDue().sinks.map(\.delivered) == [1])
    }

    @Test(arguments: Platform.allCases)
    func `many events become few messages, never more than the platform takes`(platform: Platform) async throws {
        let bot = try BotEmulator(platform)
        defer { bot.server.stop() }
        bot.set { $0.limit = 20 }
        let company = try company(bot, "messages_per_minute: 20")
        let host = try await company.host()
        for number in 1...60 { try await company.tell("connection-\(number)", host: host) }
        var delivered = 0
        // Then one more every second, for longer than a minute.
        for number in 61...140 {
            if number <= 135 { try await company.tell("connection-\(number)", host: host) }
            let report = try await host.deliverDue()
            delivered += report.sinks.reduce(0) { $0 + $1.delivered }
            #expect(report.isComplete, "\(report)")
            company.goOn(by: .seconds(1))
            bot.set { $0.now = company.clock.now().seconds }
        }
        #expect(delivered == 135)
        let texts = bot.messages.map(\.text)
        #expect(texts.count <= 27 && texts.allSatisfy { $0.utf8.count <= 4096 })
        for number in 1...135 { #expect(texts.count { $0.contains("connection-\(number)：") } == 1) }
    }

    @Test(arguments: Platform.allCases)
    func `a platform that wants a pause gets it`(platform: Platform) async throws {
        let bot = try BotEmulator(platform)
        defer { bot.server.stop() }
        bot.set { $0.limit = 0 }
        let company = try company(bot)
        let host = try await company.host()
        try await company.tell("helpdesk", host: host)
        let report = try await host.deliverDue()
        let pause: Duration = platform == .dingtalk ? .seconds(600) : .seconds(60)
        #expect(report.sinks.first?.failed == 1 && report.sinks.first?.next == company.clock.now() + pause)
        bot.set { $0.limit = 20 }
        company.goOn(by: pause)
        #expect(try await host.deliverDue().sinks.map(\.delivered) == [1])
    }

    @Test(arguments: Platform.allCases)
    func `an address of nobody is refused with the platform's own words`(platform: Platform) async throws {
        let bot = try BotEmulator(platform)
        defer { bot.server.stop() }
        let company = try company(bot)
        try company.write("secrets/bot", bot.address.replacing(BotEmulator.token, with: "unknown"))
        let host = try await company.host()
        try await company.tell("helpdesk", host: host)
        let reason = try await host.deliverDue().sinks.first?.lastError
        #expect(reason?.hasPrefix("code ") == true, "\(reason ?? "")")
        #expect(try await host.deliveryStates() == ["1 failed 1"])
    }

    @Test(arguments: Platform.allCases)
    func `a page instead of an answer is a failure`(platform: Platform) async throws {
        let server = try TestHTTPServer(answers: [.html("<html>login</html>")])
        defer { server.stop() }
        let bot = try BotEmulator(platform)
        defer { bot.server.stop() }
        let company = try company(bot)
        try company.edit("sinks/group.yaml", ":\(bot.server.port)\"", ":\(server.port)\"")
        try company.write("secrets/bot", server.baseURL + "/x")
        let host = try await company.host()
        try await company.tell("helpdesk", host: host)
        #expect(
            try await host.deliverDue().sinks.first?.lastError == "the platform answered in another form: login")
    }

    @Test func `an address that is not the platform's is not written to`() async throws {
        let bot = try BotEmulator(.wecom)
        defer { bot.server.stop() }
        let company = try company(bot)
        try company.edit("sinks/group.yaml", "allowed_hosts: [\"127.0.0.1:\(bot.server.port)\"]", "")
        let host = try await company.host()
        try await company.tell("helpdesk", host: host)
        let fault = try #require(try await host.deliverDue().sinks.first?.fault)
        #expect(fault.contains("expected https://qyapi.weixin.qq.com") && !fault.contains(BotEmulator.token))
        #expect(bot.server.requests.isEmpty)
    }

    @Test func `what is published, proposed and held is told in counts, without values and people`() async throws {
        let bot = try BotEmulator(.dingtalk)
        defer { bot.server.stop() }
        let company = try company(bot)
        let host = try await company.host()
        try await company.publish(points: "7.25", host)
        _ = try await host.store.setPeriod("2026-07", to: .locked, actor: "hr", reason: nil)
        try await company.publish(points: "8.25", host)
        _ = try await host.deliverDue()
        let text = try #require(bot.messages.first).text
        #expect(text.contains("**指标值已发布** 2026-07, 2026-Q3：") && text.contains("**已锁定的期间有更正建议** 2026-07："))
        for secret in ["7.25", "8.25", "E01", "张伟"] { #expect(!text.contains(secret)) }
    }

    @Test func `what a source writes neither calls people nor becomes a link`() throws {
        let writer = NoticeWriter(language: "en", company: "A*B", keyword: nil, limit: 4000)
        let payload: JSON = [
            "connection": "x", "stream": .null, "reason": "@all <@everyone> [pay](http://evil.example) **now**\n# big",
        ]
        let event = OutboxEvent(id: 1, key: "k", kind: .connectionFailed, occurred: Timestamp(seconds: 0))
        let (notice, count) = writer.notice(of: [OutgoingEvent(event: event, payload: payload.text)])
        #expect(count == 1 && notice.title == "Plumbline · A B")
        #expect(
            notice.text
                == "**Connection failed** x: all everyone pay http: //evil.example now big\n> Next: plumbline check x"
        )
    }

    @Test func `a long reason is cut, and the message still fits`() throws {
        let writer = NoticeWriter(language: "zh", company: "公司", keyword: nil, limit: 4000)
        let payload: JSON = ["connection": "x", "reason": .string(String(repeating: "很长的原因", count: 2000))]
        let event = OutboxEvent(id: 1, key: "k", kind: .connectionFailed, occurred: Timestamp(seconds: 0))
        let (notice, count) = writer.notice(of: [OutgoingEvent(event: event, payload: payload.text)])
        #expect(count == 1 && notice.text.utf8.count < 600 && notice.text.contains("…"))
    }
}
