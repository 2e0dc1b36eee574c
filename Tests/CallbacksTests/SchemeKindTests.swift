import PlumblineKit
import PlumblineTesting
import Testing

@testable import Callbacks

/// The declarations that lint and the guide read.
@Suite struct SchemeKindTests {
    @Test func `ids differ and stand in order`() {
        let ids = CallbackSchemeKind.all.map(\.id)
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == ids.count)
        #expect(CallbackSchemeKind.named("github")?.title.en == "GitHub")
        #expect(CallbackSchemeKind.named("GitHub") == nil)
    }

    @Test(arguments: CallbackSchemeKind.all.map(\.id))
    func `every setting is told in both languages, and every scheme has a secret and a way to exchange it`(
        id: String
    ) throws {
        let kind = try #require(CallbackSchemeKind.named(id))
        for field in kind.settings {
            #expect(ChineseText.fault(of: field.help.zh) == nil)
            #expect(!field.help.en.isEmpty && field.help.en != field.help.zh)
        }
        let secrets = kind.settings.filter(\.isSecret).map(\.key)
        #expect(secrets.contains { !$0.hasPrefix("previous_") })
        for key in secrets where !key.hasPrefix("previous_") { #expect(secrets.contains("previous_\(key)")) }
        #expect(Set(kind.settings.map(\.key)).count == kind.settings.count)
    }

    @Test(arguments: CallbackSchemeKind.all.map(\.id))
    func `a secret that stands in the connection itself, and an unknown setting, are refused`(id: String) throws {
        let kind = try #require(CallbackSchemeKind.named(id))
        let key = try #require(kind.settings.first { $0.isSecret }).key
        #expect(!Settings.problems(in: [key: .text(secret)], against: kind.settings).isEmpty)
        #expect(!Settings.problems(in: ["tolerence": .text("5m")], against: kind.settings).isEmpty)
    }
}
