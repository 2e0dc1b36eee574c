import Foundation
import PlumblineKit
import PlumblineTesting
import Testing
import WebhookConnectors

/// Metrics in our own form: what is taken, what is refused with item and field, and the schema that says the same.
@Suite struct MetricWebhookTests {
    private let fixtures = Fixtures("metric", in: .module)
    private let all = CallbackPermissions(recordTypes: ["activity"], indicators: ["calls_made", "i"], accounts: nil)

    private func connector() throws -> MetricWebhookConnector {
        try MetricWebhookConnector(settings: Settings([:], against: []), context: .unconnected)
    }

    private func callback(_ body: some Sequence<UInt8>, partial: String? = nil) -> ReceivedCallback {
        ReceivedCallback(
            body: Array(body), parameters: partial.map { ["partial": $0] } ?? [:], received: Instant(microseconds: 0))
    }

    /// How many complaints there are about a request.
    private func count(_ callback: ReceivedCallback) throws -> Int {
        try connector().review(of: callback, allowing: all).complaints.count
    }

    private func wrong() throws -> [(field: String, item: JSON)] {
        try #require(try JSON.parse(fixtures.bytes("wrong.json")).array).map { pair in
            (try #require(pair.array?.first?.string), try #require(pair.array?.last))
        }
    }

    @Test func `what is right is taken as it is written`() throws {
        let right = callback(try fixtures.bytes("right.json"))
        #expect(try count(right) == 0)
        let page = try connector().page(of: "metrics", in: right)
        #expect(page.records.map(\.id) == ["a", "b", "c", "d"] && page.rejected.isEmpty)
        let values = page.records.map { $0.json["value"]?.scalarText }
        #expect(values == ["1", "12.50", "-0.25", "0"])
    }

    @Test func `what is wrong is refused with its field, and rejected where it was taken all the same`() throws {
        for (field, item) in try wrong() {
            let complaints = try connector().review(of: callback([0x5B] + item.bytes + [0x5D]), allowing: all)
                .complaints
            let fields = complaints.map { $0.field ?? "an object" }
            #expect(fields == [field] && complaints.first?.item == 1, "\(item.text)")
            let page = try connector().page(of: "metrics", in: callback([0x5B] + item.bytes + [0x5D]))
            #expect(page.records.isEmpty && page.rejected.count == 1)
        }
    }

    @Test(arguments: [
        ("no json", "the body is no JSON"), ("7", "an item or a list of items, not a number"),
        ("[]", "1 to 1000 items, not 0"),
    ])
    func `a body that holds no items is told as a whole`(body: String, reason: String) throws {
        let complaints = try connector().review(of: callback(body.utf8), allowing: all).complaints
        #expect(complaints.count == 1 && complaints[0].item == nil && complaints[0].reason.en.contains(reason))
    }

    @Test func `a thousand items are taken, one more is not`() throws {
        func body(_ count: Int) -> String {
            let items = (1...count).map {
                #"{"id":"\#($0)","indicator":"i","time":"2026-07-03T02:00:00Z","value":1}"#
            }
            return "[\(items.joined(separator: ","))]"
        }
        #expect(try count(callback(body(1_000).utf8)) == 0)
        let complaints = try connector().review(of: callback(body(1_001).utf8), allowing: all).complaints
        #expect(complaints.first?.reason.en == "a request holds 1 to 1000 items, not 1001")
    }

    @Test func `what may not be written is told apart from what is wrong`() throws {
        let narrow = CallbackPermissions(recordTypes: [], indicators: ["calls_made"], accounts: ["li.na"])
        let right = callback(try fixtures.bytes("right.json"))
        let complaints = try connector().review(of: right, allowing: narrow).complaints
        let told = complaints.map { "\($0.item ?? 0) \($0.field ?? "")" }
        #expect(told == ["1 account", "2 unit", "3 record", "3 account"])
        #expect(!complaints.contains { !$0.isForbidden })
    }

    private static let good = #"{"id":"a","indicator":"i","time":"2026-07-03T02:00:00Z","value":1}"#

    private func review(_ body: String, partial: String? = "true") throws -> CallbackReview {
        try connector().review(of: callback(body.utf8, partial: partial), allowing: all)
    }

    @Test func `a partial request is taken while any of its items is good, and the others are told`() throws {
        let mixed = try review("[{},\(Self.good)]")
        #expect(mixed.isTaken && mixed.takenItems == 1 && mixed.refusedItems == [1])
        #expect(mixed.complaints.map(\.field) == ["id", "time", "value", "indicator"])
        let whole = try review("[\(Self.good),{}]", partial: nil)
        #expect(!whole.isTaken && whole.takenItems == nil)
        let bad = try review("[{},{}]")
        #expect(!bad.isTaken && bad.refusedItems == [1, 2])
        #expect(try !review("no json").isTaken)
    }

    @Test func `of two good items with one id the later is refused, and is no record`() throws {
        let body = "[\(Self.good.replacing("1}", with: "true}")),\(Self.good),\(Self.good)]"
        #expect(try review(body).takenItems == 1 && review(body).refusedItems == [1, 3])
        let page = try connector().page(of: "metrics", in: callback(body.utf8, partial: "true"))
        #expect(page.records.map(\.id) == ["a"] && page.rejected.map(\.id) == ["a", "item 3"])
    }

    @Test func `the answer to a partial request has the form of its schema`() throws {
        let schema = try JSON.parse(Array(MetricSchema.answer.utf8))
        let members = schema["properties"]?.object?.members.map(\.key)
        #expect(members == ["taken", "refused", "count", "complaints"])
    }

    @Test func `a validator of others decides by our schema as we do`() throws {
        let python = try #require(
            PythonEnvironment.python(
                named: "metric-schema", packages: ["jsonschema==4.26.0", "rfc3339-validator==0.1.4"],
                modules: ["jsonschema", "rfc3339_validator"]),
            "jsonschema cannot be installed")
        let script = """
            import json, sys
            from jsonschema import Draft202012Validator
            schema, right, wrong = [json.loads(a) for a in sys.argv[1:]]
            Draft202012Validator.check_schema(schema)
            v = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
            print("right" if v.is_valid(right) and all(v.is_valid(i) for i in right) else "refused",
                [w[0] for w in wrong if v.is_valid(w[1])])
            """
        let printed = try PythonEnvironment.run(
            python, ["-c", script, MetricSchema.text, fixtures.text("right.json"), fixtures.text("wrong.json")])
        #expect(printed == "right []\n")
    }
}
