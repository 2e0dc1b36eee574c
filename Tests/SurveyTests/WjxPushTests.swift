import PlumblineKit
import PlumblineTesting
import SurveyConnectors
import Testing

/// What a push may say, whose signature covers the survey and the sequence of an answer, and not the answer.
@Suite struct WjxPushTests {
    typealias Scene = WjxScene

    private let fixtures = Fixtures("wjx", in: .module)

    private func page(_ body: [UInt8], _ changes: [String: SettingInput]) throws -> Page {
        let connector = try WjxConnector(
            settings: Settings(Scene.settings.merging(changes) { $1 }, against: WjxConnector.description.settings),
            context: Scene.context(CannedTransport()))
        return try connector.page(of: "answers", in: ReceivedCallback(body: body, received: FixedClock().moment))
    }

    private let scores: [String: SettingInput] = [
        "pushes": .text("unsigned_answers"), "option_scores": .map(["5657754.1": "5,4,3,2,1", "5657754.3": "1,2,3"]),
    ]

    @Test func `a push is a notice unless the settings say otherwise`() throws {
        let page = try page(fixtures.bytes("push.json"), ["option_scores": .map(["5657754.1": "5,4,3,2,1"])])
        #expect(page.records == [] && page.rejected == [] && page.deleted == [])
    }

    /// Question 1 has option 1; question 2 is a text; row 1 of question 3 has option 2; of question 4 two are ticked.
    @Test func `answers of the JSON push are those whose options have scores, under the name that a pull gives`() throws
    {
        let page = try page(fixtures.bytes("push.json"), scores)
        let id = Scene.id(101_812_480_275)
        #expect(page.records.map(\.id) == ["\(id)/1", "\(id)/3_1"] && page.rejected == [])
        #expect(page.records.map { $0.json["score"] } == [5, 2])
        #expect(page.records.first?.json["month"] == "2026-01" && page.records.first?.json["scale_max"] == 5)
        let told = page.records.map(\.json.text).joined()
        for canary in ["王小明", "昵称甲", "10.11.12.13", "wx-open-id-1", "人力资源部", "08:01:59", "101812480275", "emp01"] {
            #expect(!told.contains(canary), "\(canary)")
        }
    }

    @Test func `a push of another survey says nothing`() throws {
        #expect(try page(fixtures.bytes("push.json"), scores.merging(["surveys": .text("9")]) { $1 }).records == [])
    }

    @Test func `a push that lacks its number is rejected without its values`() throws {
        let body = #"{"activity":"5657754","index":"17","realname":"王小明","q1":"1","submittime":"2026-01-05 08:01:59"}"#
        let page = try page(Array(body.utf8), scores)
        #expect(page.records == [] && page.rejected.count == 1)
        #expect(page.rejected.allSatisfy { !String(decoding: $0.raw, as: UTF8.self).contains("王小明") })
    }

    /// The vendor's printed sample is no JSON.
    @Test(arguments: [#"{"activity":"5657754","q3","1,2"}"#, "", "q1=1"])
    func `what is no JSON is no push`(_ body: String) throws {
        #expect(throws: ConnectorError.self) { try page(Array(body.utf8), scores) }
    }

    /// As the host leaves it: the signature is checked and `submitdata` decrypted.
    @Test func `answers of the push as a form are read behind their setting`() throws {
        let form = scores.merging(["pushes": .text("form")]) { $1 }
        let page = try page(fixtures.bytes("push-form.txt"), form)
        let id = Scene.id(101_812_480_275)
        #expect(page.records.map(\.id) == ["\(id)/1", "\(id)/3_1"])
        #expect(page.records.map { $0.json["score"] } == [1, 2])
        #expect(!page.records.map(\.json.text).joined().contains("服务很好"))
        #expect(throws: ConnectorError.self) { try self.page(Array("vid=5657754&broken".utf8), form) }
    }
}
