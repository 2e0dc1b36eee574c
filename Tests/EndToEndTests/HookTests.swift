import Foundation
import OpenSSLCrypto
import PlumblineKit
import PlumblineTesting
import Testing

/// Systems that send to a served workspace, with the libraries that they really use.
@Suite(.serialized, .timeLimit(.minutes(10))) struct HookTests {
    private static let python = PythonEnvironment.python(
        named: "callback",
        packages: [
            "standardwebhooks==1.1.0", "svix==2.9.1", "wechatpy==2.0.0a26", "dingtalk-sdk==1.3.8", "lark-oapi==1.7.5",
            "cryptography",
        ],
        modules: ["standardwebhooks", "svix", "wechatpy", "dingtalk", "Crypto", "cryptography"])

    private static func connection(_ name: String, _ callback: String) -> String {
        """
        connection: \(name)
        connector: webhook.json
        callback: {\(callback), people: all}
        streams:
          events: {record: note, map: {id: source.id}}
        """
    }

    private static let files = [
        "indicators/note.yaml": "record_types: {note: {fields: {id: string}}}\n",
        "connectors/standard.yaml": connection("standard", #"scheme: standard-webhooks, secret: "${file:standard}""#),
        "connectors/svix.yaml": connection("svix", #"scheme: svix, secret: "${file:standard}""#),
        "connectors/wecom.yaml": connection(
            "wecom", #"scheme: wecom, token: "${file:token}", encoding_aes_key: "${file:aes}", receive_id: ww1"#),
        "connectors/dingtalk.yaml": connection(
            "dingtalk", #"scheme: dingtalk, token: "${file:token}", encoding_aes_key: "${file:aes}", owner_key: ding1"#),
        "secrets/standard": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "connectors/feishu.yaml": connection(
            "feishu", #"scheme: feishu, encrypt_key: "${file:token}", verification_token: "${file:token}""#),
        "secrets/token": "callbackToken0001",
        "secrets/aes": "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
    ]

    @Test func `a metric becomes a value while the server runs, and a repeat changes nothing`() async throws {
        let served = try await ServedFolder(MetricCompany.files)
        #expect(try await served.program.run("people", "import").status == 0)
        let (body, headers) = MetricCompany.signed("m-1", value: 3)
        for _ in 0..<2 { #expect(try await served.post("/hooks/metrics", body, headers).status == 200) }
        let value = try await ServedFolder.wanted("the value is published") {
            let values = try await served.program.json("values", "--all").array ?? []
            return values.first { $0["indicator"] == "calls_made" && $0["period"] == "2026-07" }
        }
        #expect(value["decimal"] == "3" && value["subject"]?["id"] == "E01")
        let events = try await served.program.json("inbox", "list").array ?? []
        #expect(events.map { $0["repeats"] } == [1] && events.map { $0["state"] } == ["used"])
        let schema = try await served.get("/schemas/metric.json")
        #expect(schema.status == 200 && schema.text.contains("2020-12/schema"))
        let metrics = try await served.get("/metrics").text
        #expect(metrics.contains(#"plumbline_hook_requests_total{connection="metrics",outcome="received"} 2"#))
        #expect(metrics.contains(#"plumbline_inbox_depth{connection="metrics"} 0"#))
        let log = try await served.stop().errors
        #expect(!log.contains("0123456789abcdef") && !log.contains("calls_made"))
    }

    @Test func `of two bodies under one key a person chooses, by command, and takes it back`() async throws {
        let served = try await ServedFolder(MetricCompany.files)
        let program = served.program
        #expect(try await program.run("people", "import").status == 0)
        for (value, status) in [(3, 200), (8, 409)] {
            let (body, headers) = MetricCompany.signed("m-1", value: value)
            #expect(try await served.post("/hooks/metrics", body, headers).status == status)
        }
        _ = try await served.stop()
        _ = try await program.json("inbox", "use")
        #expect(try await program.json("inbox", "list").array?.map { $0["contradictions"] } == [1])
        let shown = try await program.json("inbox", "show", "1")
        let bodies = try #require(shown["bodies"]?.array)
        #expect(bodies.map { $0["chosen"] } == [true, false] && shown["untaken"] == 0)
        #expect(shown["contents"] == bodies[0]["contents"])
        for (body, value) in [(bodies[1], "8"), (bodies[0], "3")] {
            let name = try #require(body["body"]?.string)
            let chosen = try await program.json("inbox", "choose", "1", name, "--reason", "a test")
            #expect(chosen["report"]?["events"] == 1)
            let values = try await program.json("values", "--all").array ?? []
            let month = values.first { $0["indicator"] == "calls_made" && $0["period"] == "2026-07" }
            #expect(month?["decimal"] == .string(value))
        }
        let unknown = try await program.run("inbox", "choose", "1", "00000000", "--reason", "a test")
        #expect(unknown.status != 0 && unknown.errors.contains("00000000"))
        for (command, keys) in [("show", Self.keys(shown)), ("choose", ["event", "body", "report"])] {
            let help = try await program.run("inbox", command, "--help").output
            #expect(keys.allSatisfy { help.contains($0) }, "\(command)")
        }
        let text = try await program.run("inbox", "show", "1").output
        #expect(text.contains(" counts:\n") && text.contains("contradicts it, came 1 times"))
    }

    private static func keys(_ shown: JSON) -> [String] {
        let inner = shown["bodies"]?.array?.first?.object?.members ?? []
        return (shown.object?.members ?? []).map(\.key) + inner.map(\.key)
    }

    @Test func `SurveyMonkey finds its address, and others are told that HEAD is not for them`() async throws {
        let served = try await ServedFolder(
            Self.files.merging([
                "connectors/monkey.yaml": Self.connection(
                    "monkey", #"scheme: surveymonkey, client_id: c1, client_secret: "${file:token}""#)
            ]) { $1 })
        let asked = try await served.get("/hooks/monkey", "-X", "HEAD", "-I")
        #expect(asked.status == 200)
        #expect(try await served.get("/hooks/svix", "-I").status == 405)
        #expect(try await served.get("/readyz").status == 200)
        _ = try await served.stop()
    }

    @Test func `what a killed process has used and not published is published by the next use`() async throws {
        let served = try await ServedFolder(MetricCompany.files, crashPoint: "used:1")
        #expect(try await served.program.run("people", "import").status == 0)
        let (body, headers) = MetricCompany.signed("m-1", value: 3)
        #expect(try await served.post("/hooks/metrics", body, headers).status == 200)
        #expect(try await served.process.finish(timeout: .seconds(60)).wasKilled)
        #expect(try await served.program.json("inbox", "list").array?.map { $0["state"] } == ["used"])
        #expect(try await served.program.json("values", "--all") == [])
        let used = try await served.program.run("inbox", "use")
        #expect(used.status == 0 && used.output.contains("No event awaits its use"))
        #expect(used.output.contains("values changed"))
        let values = try await served.program.json("values", "--all").array ?? []
        #expect(values.contains { $0["indicator"] == "calls_made" && $0["decimal"] == "3" })
    }

    @Test func `the senders' own libraries are believed, and their tampered requests are not`() async throws {
        let python = try #require(Self.python, "the senders' Python libraries cannot be had")
        let served = try await ServedFolder(Self.files)
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Faults/senders.py")
        let printed = try PythonEnvironment.run(python, [script.standardizedFileURL.path, "\(served.port)"])
        #expect(
            printed == """
                standard 200 tampered 401
                svix 200 tampered 401
                wecom 200 tampered 401
                wecom address 200 5ec7e7
                dingtalk 200 tampered 401
                feishu 200 tampered 401
                feishu address 200 {"challenge":"5ec7e7"}

                """)
        #expect(try await served.program.json("inbox", "list").array?.count == 5)
        let alarms = try await ServedFolder.wanted("the alarms are written") {
            let alarms = try await served.program.json("inbox", "alarms").array ?? []
            return alarms.count >= 5 ? alarms : nil
        }
        #expect(!alarms.contains { $0["kind"] != "refused" })
        let log = try await served.stop().errors
        #expect(log.contains("svix: refused, wrong signature") && log.contains("'plumbline inbox alarms'"))
        #expect(log.contains("has ended"))
    }
}

/// A company to which a system sends metrics.
enum MetricCompany {
    static let files = [
        "connectors/metrics.yaml": """
        connection: metrics
        connector: webhook.metric
        callback: {scheme: standard-webhooks, secret: "${file:hook}", people: all, indicators: [calls_made]}
        streams:
          metrics:
            record: metric
            map:
              id: source.id
              indicator_id: source.indicator
              employee_id: account(source.account)
              at: source.time
              value: source.value
        """,
        "indicators/metrics.yaml": "indicators: [{id: calls_made, record: metric, scale_digits: 0}]\n",
        "people.csv": "staff_number,name_zh,name_en,unit\nE01,一,One,A\n",
        "secrets/hook": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    ]

    /// A metric as its sender signs it now: the body and the header lines.
    static func signed(_ id: String, value: Int) -> (body: String, headers: [String]) {
        let body =
            #"{"id":"\#(id)","indicator":"calls_made","account":"E01","#
            + #""time":"2026-07-03T10:00:00+08:00","value":\#(value)}"#
        let time = String(Int(Date().timeIntervalSince1970))
        let code = HashFunction.sha256.authenticationCode(
            for: Array("\(id).\(time).\(body)".utf8), key: Array("0123456789abcdef0123456789abcdef".utf8))
        return (
            body, ["webhook-id: \(id)", "webhook-timestamp: \(time)", "webhook-signature: v1,\(Base64.encode(code))"]
        )
    }
}

extension ServedFolder {
    /// Posts a body with curl.
    func post(_ path: String, _ body: String, _ headers: [String]) async throws -> Answer {
        let finished = try await RunningProcess(
            URL(filePath: "/usr/bin/curl"),
            ["-s", "--max-time", "20", "-o", "/dev/null", "-w", "%{http_code}", "--data-binary", body]
                + headers.flatMap { ["-H", $0] } + ["http://127.0.0.1:\(port)\(path)"]
        ).finish(timeout: .seconds(30))
        return Answer(status: Int(finished.output) ?? 0, text: "", fields: [:])
    }
}
