import PlumblineKit
import Testing

@testable import Callbacks

/// What is true of every scheme that signs.
@Suite struct TamperTests {
    @Test(arguments: Sender.all)
    func `what was signed is taken, and gives its content and time`(sender: Sender) throws {
        let raw = try sender.send(now)
        guard case .verified(let callback) = try sender.receiver.verify(raw.request(), now: now) else {
            Issue.record("not verified")
            return
        }
        #expect(String(decoding: callback.body, as: UTF8.self) == sender.content ?? raw.text)
        #expect(callback.sentAt == (sender.hasTime ? now : nil))
    }

    @Test(arguments: Sender.all)
    func `a flipped bit anywhere in body, headers or query is refused`(sender: Sender) throws {
        let (raw, receiver) = (try sender.send(now), try sender.receiver)
        var random = SplitMix(state: 0x2026)
        for round in 0..<2000 {
            let changed = raw.flipped(&random)
            let refusal = #expect(throws: CallbackRefusal.self, "round \(round): \(changed)") {
                try receiver.verify(changed.request(), now: now)
            }
            guard refusal != nil else { return }
        }
    }

    @Test(arguments: Sender.all)
    func `another body under the same signature is refused`(sender: Sender) throws {
        var raw = try sender.send(now)
        let receiver = try sender.receiver
        let body = raw.body
        for changed in [[], Array(body.dropLast()), Array(body.dropFirst()), body + [0], body + body] {
            raw.body = changed
            #expect(throws: CallbackRefusal.self) { try receiver.verify(raw.request(), now: now) }
        }
    }

    @Test(arguments: Sender.all)
    func `a request without one of its parts is refused, and so is one that has a part twice`(sender: Sender) throws {
        let (raw, receiver) = (try sender.send(now), try sender.receiver)
        for place in raw.headers.indices where raw.headers[place].0 != "X-GitHub-Delivery" {
            var (missing, doubled) = (raw, raw)
            missing.headers.remove(at: place)
            doubled.headers.append(raw.headers[place])
            #expect(throws: CallbackRefusal.missing(.header(raw.headers[place].0))) {
                try receiver.verify(missing.request(), now: now)
            }
            #expect(throws: CallbackRefusal.repeated(.header(raw.headers[place].0))) {
                try receiver.verify(doubled.request(), now: now)
            }
        }
        for place in raw.query.indices {
            var (missing, doubled) = (raw, raw)
            missing.query.remove(at: place)
            doubled.query.append(raw.query[place])
            #expect(throws: CallbackRefusal.missing(.parameter(raw.query[place].0))) {
                try receiver.verify(missing.request(), now: now)
            }
            #expect(throws: CallbackRefusal.repeated(.parameter(raw.query[place].0))) {
                try receiver.verify(doubled.request(), now: now)
            }
        }
    }

    @Test(arguments: Sender.all.filter(\.hasTime), [-301, -300, 0, 300, 301])
    func `a time is taken up to five minutes before and behind ours`(sender: Sender, seconds: Int) throws {
        let raw = try sender.send(now)
        let receiver = try sender.receiver
        let clock = now.advanced(bySeconds: seconds)
        guard abs(seconds) > 300 else {
            #expect(throws: Never.self) { try receiver.verify(raw.request(), now: clock) }
            return
        }
        #expect(throws: CallbackRefusal.time(secondsAgo: Int64(seconds), tolerance: 300)) {
            try receiver.verify(raw.request(), now: clock)
        }
    }

    @Test(arguments: Sender.all)
    func `bytes of chance never crash and never pass`(sender: Sender) throws {
        let (raw, receiver) = (try sender.send(now), try sender.receiver)
        var random = SplitMix(state: 0x1234)
        for _ in 0..<500 {
            var changed = raw
            changed.body = random.bytes(upTo: 200)
            changed.headers = raw.headers.map { ($0.0, String(decoding: random.bytes(upTo: 100), as: UTF8.self)) }
            changed.query = raw.query.map { ($0.0, String(decoding: random.bytes(upTo: 100), as: UTF8.self)) }
            #expect(throws: CallbackRefusal.self) { try receiver.verify(changed.request(), now: now) }
        }
    }
}

extension RawRequest {
    /// The same request with one bit turned over somewhere in what the scheme signs.
    func flipped(_ random: inout SplitMix) -> RawRequest {
        var copy = self
        let signed = headers.indices.filter { headers[$0].0 != "X-GitHub-Delivery" }
        let places = signed.count + query.count + (body.isEmpty ? 0 : 1)
        let place = random.number(below: places)
        if place < signed.count {
            copy.headers[signed[place]].1 = random.flipped(headers[signed[place]].1)
        } else if place < signed.count + query.count {
            copy.query[place - signed.count].1 = random.flipped(query[place - signed.count].1)
        } else {
            copy.body[random.number(below: body.count)] ^= 1 << UInt8(random.number(below: 8))
        }
        return copy
    }
}

/// Numbers that look like chance and are the same in every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func number(below limit: Int) -> Int { Int(next() % UInt64(limit)) }

    mutating func bytes(upTo limit: Int) -> [UInt8] {
        (0..<number(below: limit)).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    /// ASCII text with one of its seven bits turned over.
    mutating func flipped(_ text: String) -> String {
        var bytes = Array(text.utf8)
        bytes[number(below: bytes.count)] ^= 1 << UInt8(number(below: 7))
        return String(decoding: bytes, as: UTF8.self)
    }
}
