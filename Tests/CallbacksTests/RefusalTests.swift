import PlumblineKit
import PlumblineTesting
import Testing

@testable import Callbacks

/// What the log says of a request that is not taken.
@Suite struct RefusalTests {
    private static let all: [CallbackRefusal] = [
        .missing(.header("X-Sign")), .missing(.parameter("nonce")), .missing(.field("encrypt")),
        .repeated(.header("X-Sign")),
        .oversize(.parameter("nonce"), limit: 63), .malformed(.body, wanted: .json),
        .malformed(.query, wanted: .percentEncoding),
        .malformed(.field("index"), wanted: .text), .malformed(.body, wanted: .form), .malformed(.body, wanted: .xml),
        .malformed(.body, wanted: .base64), .ambiguous(.header("webhook-id")),
        .noSignature(.header("X-Sign"), form: "sha256=<hex>"),
        .signature(.header("X-Sign")), .token(.field("token")), .notATime(.header("X-Time"), wanted: .seconds),
        .notATime(.header("X-Time"), wanted: .milliseconds), .notATime(.header("X-Time"), wanted: .rfc3339),
        .time(secondsAgo: 400, tolerance: 300), .time(secondsAgo: -400, tolerance: 300), .notEncrypted,
        .undecryptable(.base64), .undecryptable(.blocks), .undecryptable(.padding), .undecryptable(.length),
        .undecryptable(.text), .owner, .unavailable(reason: "no random bytes"),
    ]

    @Test(arguments: all) func `a refusal says in both languages what it is about`(refusal: CallbackRefusal) {
        #expect(ChineseText.fault(of: refusal.reason.zh) == nil)
        #expect(refusal.description == refusal.reason.en && !refusal.reason.en.isEmpty)
        #expect(refusal.code.allSatisfy { $0 == "_" || $0.isASCII && ($0.isLowercase || $0.isNumber) })
    }

    @Test func `a clock behind and a clock ahead are told apart`() {
        #expect(CallbackRefusal.time(secondsAgo: 400, tolerance: 300).description.contains("400 s behind ours"))
        #expect(CallbackRefusal.time(secondsAgo: -400, tolerance: 300).description.contains("400 s ahead of ours"))
    }

    @Test(arguments: Sender.all)
    func `no refusal repeats a key, a signature that was expected, or what was sent`(sender: Sender) throws {
        let (raw, receiver) = (try sender.send(now), try sender.receiver)
        var random = SplitMix(state: 99)
        let hidden = sender.settings.values.filter { $0.utf8.count >= 8 } + raw.headers.map(\.1) + raw.query.map(\.1)
        for _ in 0..<200 {
            let changed = raw.flipped(&random)
            let refusal = #expect(throws: CallbackRefusal.self) { try receiver.verify(changed.request(), now: now) }
            let told = [refusal?.reason.en, refusal?.reason.zh].compactMap { $0 }.joined()
            #expect(!hidden.contains { $0.utf8.count >= 6 && told.contains($0) })
        }
    }

    @Test(arguments: Sender.all.filter { !$0.scheme.hasPrefix("wjx") })
    func `values longer than any sender writes are refused before anything is computed`(sender: Sender) throws {
        let (raw, receiver) = (try sender.send(now), try sender.receiver)
        let long = String(repeating: "a", count: 5000)
        for place in raw.headers.indices where raw.headers[place].0 != "X-GitHub-Delivery" {
            var changed = raw
            changed.headers[place].1 = long
            let refusal = #expect(throws: CallbackRefusal.self) { try receiver.verify(changed.request(), now: now) }
            #expect(refusal?.code == "oversize")
        }
        for place in raw.query.indices {
            var changed = raw
            changed.query[place].1 = long
            let refusal = #expect(throws: CallbackRefusal.self) { try receiver.verify(changed.request(), now: now) }
            #expect(refusal?.code == "oversize")
        }
    }

    @Test func `more signatures than any sender needs are refused`() throws {
        let sender = try #require(Sender.all.first { $0.scheme == "standard-webhooks" })
        var raw = try sender.send(now)
        let signature = raw.headers[2].1
        raw.headers[2].1 = Array(repeating: "v1,AAAA", count: 15).joined(separator: " ") + " " + signature
        #expect(throws: Never.self) { try sender.receiver.verify(raw.request(), now: now) }
        raw.headers[2].1 = "v1,AAAA " + raw.headers[2].1
        #expect(throws: CallbackRefusal.oversize(.header("webhook-signature"), limit: 16)) {
            try sender.receiver.verify(raw.request(), now: now)
        }
    }

    @Test(arguments: ["a=%", "a=%2", "a=%zz", "%ff=1"])
    func `a query with broken escapes is no request`(query: String) {
        #expect(throws: CallbackRefusal.malformed(.query, wanted: .percentEncoding)) {
            try CallbackRequest(method: .get, query: query, headers: [:], body: [])
        }
    }
}
