import PlumblineKit
import Testing

@Suite struct NestedSettingTests {
    private static let config = Setting<NestedSetting>.nested("config", LocalizedText(zh: "配置", en: "Configuration"))
    private let value = NestedSetting.map([
        "url": .value("https://example.com"), "port": .value(.number("5432")),
        "login": .map(["user": .value("reader"), "password": .secret(Secret("hush-hush"))]),
        "keys": .list([.secret(Secret("other")), .value(true), .value(.null)]),
    ])

    @Test func `what is revealed is what the program reads, in the order of keys`() {
        #expect(
            value.reveal().text
                == #"{"keys":["other",true,null],"login":{"password":"hush-hush","user":"reader"},"port":5432,"#
                + #""url":"https://example.com"}"#)
        #expect(Set(value.secrets) == [Secret("hush-hush"), Secret("other")])
    }

    @Test func `nothing that prints a setting prints a secret in it`() throws {
        let settings = try Settings(["config": .nested(value)], against: [Self.config.field])
        #expect(settings[Self.config] == value && settings.input == ["config": .nested(value)])
        for text in ["\(value)", "\(settings)", String(reflecting: value)] {
            #expect(!text.contains("hush-hush") && !text.contains("other"))
        }
    }

    @Test func `without a word it is an empty map, and another kind of setting is a mistake`() throws {
        #expect(try Settings([:], against: [Self.config.field])[Self.config] == .map([:]))
        let problems = Settings.problems(in: ["config": .text("x")], against: [Self.config.field])
        #expect(problems.map(\.reason) == ["expected nested values, got 'x'"])
        let text = Setting<String>.text("name", LocalizedText(zh: "名", en: "Name")).field
        let other = Settings.problems(in: ["name": .nested(value)], against: [text])
        #expect(other.map(\.reason) == ["expected a text that is not empty, got nested values"])
    }

    @Test func `texts are one or several, and nothing else`() {
        #expect(NestedSetting.value("id").texts == ["id"])
        #expect(NestedSetting.list([.value("a"), .value(7)]).texts == ["a", "7"])
        #expect(value.texts == nil && NestedSetting.list([.map([:])]).texts == nil)
        #expect(NestedSetting.secret(Secret("x")).texts == nil && NestedSetting.value(true).texts == nil)
    }
}
