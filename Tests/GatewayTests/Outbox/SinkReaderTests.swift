import Testing

@testable import Gateway

/// What the files of sinks may say, and what is said of their mistakes.
@Suite struct SinkReaderTests {
    static let mistakes: [(sink: String, problem: String)] = [
        (
            "sink: a\nevents: [gate.held]",
            "sinks/a.yaml:1:1: a sink needs 'kind', one of http, dingtalk, wecom, feishu, file"
        ),
        (
            "kind: telegram",
            "sinks/a.yaml:1:7: 'kind' must be one of http, dingtalk, wecom, feishu, file, not 'telegram'"
        ),
        (
            "sink: a\nkind: file\nevents: [gate.helt]",
            "sinks/a.yaml:3:10: unknown event 'gate.helt', perhaps 'gate.held'; known: values.published, "
                + "correction.proposed, connection.failed, connection.recovered, gate.held"
        ),
        (
            "sink: a\nkind: file",
            "sinks/a.yaml:1:1: a sink needs 'events', some of values.published, correction.proposed, connection.failed, "
                + "connection.recovered, gate.held"
        ),
        (
            "sink: ../a\nkind: file\nevents: [gate.held]",
            "sinks/a.yaml:1:7: 'sink' must be a name of lower-case letters, digits, - and _, at most 63, not '../a'"
        ),
        (
            "sink: a\nkind: file\nevents: [gate.held]\nurl: x",
            "sinks/a.yaml:4:1: unknown key 'url'; known: sink, kind, events, people, country, declared_transfer, ordered, "
                + "daily"
        ),
        (
            "sink: a\nkind: file\nevents: [values.published]",
            "sinks/a.yaml:1:1: a sink that gets values needs 'people': 'ids' sends values of employees with their ids, "
                + "'none' leaves them out"
        ),
        (
            http("people: ids\nevents: [values.published]"),
            "sinks/a.yaml:1:1: a sink that gets values needs 'country', where it lies, such as CN"
        ),
        (
            http("people: none\nevents: [correction.proposed]\ncountry: SG"),
            "sinks/a.yaml:7:10: the company is in CN and the sink in SG: name the filing that permits the transfer in "
                + "'declared_transfer'"
        ),
        (
            http("events: [gate.held]\ncountry: china"),
            "sinks/a.yaml:6:10: 'country' must be two capital letters such as CN, not 'china'"
        ),
        (
            "sink: a\nkind: http\nurl: https://a.example\nevents: [gate.held]",
            "sinks/a.yaml:1:1: an HTTP sink needs 'secret' or 'private_key': its messages are signed"
        ),
        (
            "sink: a\nkind: http\nurl: https://a.example\nsecret: whsec_abc\nevents: [gate.held]",
            "sinks/a.yaml:4:9: 'secret' is a secret: write ${file:NAME} for the file secrets/NAME of the workspace, or "
                + "${env:NAME}"
        ),
        (
            "sink: a\nkind: http\nurl: http://a.example\nsecret: ${file:a}\nevents: [gate.held]",
            "sinks/a.yaml:3:6: what is sent to http:// can be read on the way: use https://, or write 'plain_http: true'"
        ),
        (
            http("events: [gate.held]\ntimeout: 61"),
            "sinks/a.yaml:6:10: 'timeout' must be at most 60 seconds: a receiver that works takes few"
        ),
        (
            "sink: a\nkind: wecom\nevents: [gate.held]",
            "sinks/a.yaml:1:1: a bot needs 'webhook': the bot's address, as ${file:NAME} in secrets/"
        ),
        (
            "sink: a\nkind: dingtalk\nwebhook: ${file:a}\nevents: [gate.held]\nmessages_per_minute: 21",
            "sinks/a.yaml:5:22: 'messages_per_minute' must be 1 to 20, more the platform does not take"
        ),
    ]

    private static func http(_ more: String) -> String {
        "sink: a\nkind: http\nurl: https://a.example\nsecret: ${file:a}\n" + more
    }

    @Test(arguments: mistakes)
    func `a mistake is named at its place`(sink: String, problem: String) throws {
        let workspace = try TestWorkspace.telling(["a": sink])
        let problems = try workspace.problems()
        #expect(problems.contains(problem), "\(problems)")
    }

    @Test func `wecom signs nothing and knows no keywords`() throws {
        let sink = "sink: a\nkind: wecom\nwebhook: ${file:a}\nevents: [gate.held]\nkeyword: x\nsign_secret: ${file:b}"
        let problems = try TestWorkspace.telling(["a": sink]).problems()
        #expect(problems.count == 2 && problems.allSatisfy { $0.contains("unknown key") })
    }

    @Test func `two sinks of one name are a mistake`() throws {
        let sink = "sink: a\nkind: file\nevents: [gate.held]"
        let problems = try TestWorkspace.telling(["a": sink, "b": sink]).problems()
        #expect(problems == ["sinks/b.yaml:1:1: another file has a sink 'a' too"])
    }

    @Test func `a company elsewhere needs no declaration for its own country, and one for others`() throws {
        let sink = Self.http("people: none\nevents: [values.published]\ncountry: ")
        let workspace = try TestWorkspace.telling(["a": sink + "SG"])
        try workspace.edit("plumbline.yaml", "zone:", "country: SG\nzone:")
        #expect(try workspace.problems() == [])
        try workspace.write("sinks/a.yaml", sink + "CN")
        #expect(try workspace.problems().count == 1)
        try workspace.write("sinks/a.yaml", sink + "CN\ndeclared_transfer: filing 2026-7")
        #expect(try workspace.problems() == [])
    }
}
