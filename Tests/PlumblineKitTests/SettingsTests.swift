import PlumblineKit
import Testing

@Suite struct SettingsTests {
    private static let help = LocalizedText(zh: "说明", en: "help")
    private let address = Setting<String>.url("base_url", help)
    private let token = Setting<Secret>.secret("token", help)
    private let proof = Setting<Secret?>.secret("proof", help)
    private let group = Setting<String?>.text("group", help)
    private let size = Setting<Int>.integer("page_size", in: 1...100, default: 50, unit: "rows", help)
    private let isOpen = Setting<Bool>.flag("open", default: false, help)
    private let mode = Setting<String>.choice("mode", of: ["fast", "slow"], default: "slow", help)
    private let agents = Setting<[String]>.list("agents", help)
    private let names = Setting<[String: String]>.map("names", default: [:], help)
    private let overlap = Setting<Duration>.duration(
        "overlap", in: .zero ... .seconds(30 * 86_400), default: "5m", help)

    private var fields: [SettingField] {
        [
            address.field, token.field, proof.field, group.field, size.field, isOpen.field, mode.field, agents.field,
            names.field, overlap.field,
        ]
    }

    private let least: [String: SettingInput] = [
        "base_url": .text("https://rt.example/REST/2.0"), "token": .secret(Secret("hunter2")), "agents": .text("li.na"),
    ]

    @Test func `what is not said has its default`() throws {
        let settings = try Settings(least, against: fields)
        #expect(settings[address] == "https://rt.example/REST/2.0" && settings[token].reveal() == "hunter2")
        #expect(settings[proof] == nil && settings[group] == nil && settings[size] == 50 && !settings[isOpen])
        #expect(settings[mode] == "slow" && settings[agents] == ["li.na"] && settings[names] == [:])
        #expect(settings[overlap] == .seconds(300))
    }

    @Test func `what is said counts, and survives a round trip`() throws {
        let said: [String: SettingInput] = [
            "group": .text("Agents"), "page_size": .text("7"), "open": .text("true"), "mode": .text("fast"),
            "agents": .list(["a", "b"]), "names": .map(["x": "y"]), "overlap": .text("2h"),
        ]
        let settings = try Settings(least.merging(said) { $1 }, against: fields)
        #expect(settings[group] == "Agents" && settings[size] == 7 && settings[isOpen] && settings[mode] == "fast")
        #expect(settings[agents] == ["a", "b"] && settings[names] == ["x": "y"] && settings[overlap] == .seconds(7200))
        #expect(try Settings(settings.input, against: fields) == settings)
    }

    @Test(
        arguments: [
            ("page_size", .text("0"), "expected a whole number from 1 to 100, got '0'"),
            ("page_size", .text("ten"), "expected a whole number from 1 to 100, got 'ten'"),
            ("page_size", .list(["1"]), "expected a whole number from 1 to 100, got a list"),
            ("base_url", .text("ftp://x"), "expected an address that begins with http:// or https://"),
            ("open", .text("yes"), "expected true or false, got 'yes'"),
            ("mode", .text("medium"), "expected one of fast, slow, got 'medium'"),
            ("agents", .list([]), "expected at least one entry"),
            ("agents", .list(["a", ""]), "an entry of the list is empty"),
            ("agents", .map([:]), "expected a list of texts, got a map"),
            ("names", .text("x"), "expected a map of texts, got 'x'"),
            (
                "overlap", .text("5 minutes"),
                "expected a duration such as 30s, 5m, 2h or 1d, from 0s to 30d, got '5 minutes'"
            ),
            (
                "overlap", .text("999999999d"),
                "expected a duration such as 30s, 5m, 2h or 1d, from 0s to 30d, got '999999999d'"
            ),
            ("group", .text(""), "expected a text that is not empty, got ''"),
            ("token", .text("hunter2"), "expected a reference such as ${file:NAME}, got the text itself"),
            ("group", .secret(Secret("hunter2")), "takes no secret; write the value itself"),
        ] as [(String, SettingInput, String)])
    func `a wrong value is told with what was wanted`(key: String, value: SettingInput, reason: String) {
        let problems = Settings.problems(in: least.merging([key: value]) { $1 }, against: fields)
        #expect(problems.map(\.key) == [key] && problems.map(\.reason) == [reason])
    }

    @Test func `all problems are told, the first is thrown`() {
        let input: [String: SettingInput] = ["page_sise": .text("7"), "agents": .text("a"), "zzz": .text("1")]
        let known = "known: agents, base_url, group, mode, names, open, overlap, page_size, proof, token"
        let problems = Settings.problems(in: input, against: fields)
        #expect(problems.map(\.key) == ["base_url", "page_sise", "token", "zzz"])
        #expect(
            problems.map(\.reason) == [
                "is required", "unknown setting, did you mean 'page_size'? \(known)", "is required",
                "unknown setting; \(known)",
            ])
        #expect(throws: ConnectorError.settings(field: "base_url", reason: "is required")) {
            try Settings(input, against: fields)
        }
    }

    @Test func `a secret prints as none`() throws {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(try Settings(least, against: fields), to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), "\([secret])", "\(least)", dumped] {
            #expect(!text.contains("hunter2"))
        }
    }

    @Test func `describe shows every field once`() throws {
        let description = ConnectorDescription(
            id: "erp.demo", family: .erp, name: Self.help, apiVersion: "1", documentation: "https://example.com",
            settings: fields,
            streams: [
                StreamDescription(
                    name: "orders", help: Self.help, recordType: "deal", deletions: [.fullList], isIncremental: true,
                    fields: [SourceField("id", "string", Self.help)])
            ])
        let json = description.json
        #expect(json["settings"]?.array?.compactMap { $0["key"]?.string } == fields.map(\.key))
        let size = json["settings"]?.array?.first { $0["key"] == "page_size" }
        #expect(
            size == [
                "key": "page_size", "kind": "integer", "required": false, "help": ["zh": "说明", "en": "help"],
                "range": [1, 100], "default": "50", "unit": "rows",
            ])
        let overlap = json["settings"]?.array?.first { $0["key"] == "overlap" }
        #expect(overlap?["range"] == ["0s", "30d"])
        #expect(json["streams"]?.array?.first?["deletions"] == ["full_list"])
    }
}
