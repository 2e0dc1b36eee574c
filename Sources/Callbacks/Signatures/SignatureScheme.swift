import OpenSSLCrypto
import PlumblineKit

/// A rule with the keys of one connection.
struct SignatureScheme: CallbackScheme {
    let rule: SignatureRule
    /// Never empty; each is tried.
    let keys: [CallbackKey]
    let window: TimeWindow

    func verify(_ request: CallbackRequest, now: Instant) throws(CallbackRefusal) -> CallbackOutcome {
        if rule.answersHead, request.method == .head { return .addressCheck(.received) }
        return .verified(try verified(request, now: now))
    }

    /// The request, once a key proves it.
    func verified(_ request: CallbackRequest, now: Instant) throws(CallbackRefusal) -> VerifiedCallback {
        let proof = try proof(of: request)
        guard keys.contains(where: { proves(proof, under: $0) }) else { throw rule.mismatch }
        if let time = proof.time { try window.check(time, now: now) }
        let (key, isBodySigned) = (try rule.dedupeKey(of: request), rule.signed.contains(.body))
        return VerifiedCallback(
            body: request.body, dedupeKey: key, sentAt: proof.time, isBodySigned: isBodySigned,
            proof: isBodySigned && key?.isSigned == false ? proof.digest : nil)
    }

    /// What a request brings to prove itself.
    private struct Proof {
        let candidates: [String]
        let time: Instant?
        let values: [[UInt8]]

        /// The hash of all that is signed but for the secret.
        var digest: String { Hex.encode(SHA256.digest(of: Array(values.joined()))) }
    }

    private func proof(of request: CallbackRequest) throws(CallbackRefusal) -> Proof {
        let header = try request.header(rule.place.header)
        let candidates = try rule.place.candidates(in: header)
        guard !candidates.isEmpty else { throw .noSignature(.header(rule.place.header), form: rule.form) }
        let written = try rule.writtenTime(in: header, of: request)
        let values = try rule.values(of: request, time: written?.text)
        return Proof(candidates: candidates, time: written?.time, values: values)
    }

    private func proves(_ proof: Proof, under key: CallbackKey) -> Bool {
        let message = rule.signed.bytes(proof.values, key: key)
        switch rule.digest {
        case .hmac(let function):
            return matches(function.authenticationCode(for: message, key: key.bytes), proof.candidates)
        case .hash(let function): return matches(function.digest(of: message), proof.candidates)
        case .token: return proof.candidates.contains { key.isEqual(to: $0) }
        case .ed25519:
            return proof.candidates.compactMap(rule.encoding.bytes).contains {
                Ed25519.isValid($0, for: message, publicKey: key.bytes)
            }
        }
    }

    private func matches(_ bytes: [UInt8], _ candidates: [String]) -> Bool {
        let expected = CallbackKey(bytes: Array(rule.encoding.text(bytes).utf8))
        return candidates.contains { expected.isEqual(to: $0) }
    }
}

extension SignatureRule {
    /// The form that a signature must have, for people.
    fileprivate var form: String { "\(place.prefix)<\(digest == .token ? "token" : encoding.rawValue)>" }

    fileprivate var mismatch: CallbackRefusal {
        digest == .token ? .token(.header(place.header)) : .signature(.header(place.header))
    }

    fileprivate func writtenTime(
        in header: String, of request: CallbackRequest
    ) throws(CallbackRefusal) -> (text: String, time: Instant)? {
        guard let rule = time else { return nil }
        let (text, part): (String, CallbackPart)
        switch rule.place {
        case .header(let name): (text, part) = (try request.header(name, limit: 64), .header(name))
        case .element(let prefix): (text, part) = (try element(prefix, in: header), .header(place.header))
        }
        guard let time = rule.form.read(text) else { throw .notATime(part, wanted: rule.form.form) }
        return (text, time)
    }

    private func element(_ prefix: String, in header: String) throws(CallbackRefusal) -> String {
        let found = place.elements(of: header).filter { $0.hasPrefix(prefix) }
        guard found.count <= 1 else { throw .repeated(.header(place.header)) }
        return String(found.first?.dropFirst(prefix.count) ?? "")
    }

    /// The bytes of the template's parts, in its order; none for the secret, which differs by key.
    fileprivate func values(of request: CallbackRequest, time: String?) throws(CallbackRefusal) -> [[UInt8]] {
        var values: [[UInt8]] = []
        for (place, part) in signed.parts.enumerated() {
            values.append(try value(of: part, at: place, request, time: time))
        }
        return values
    }

    private func value(
        of part: SignedTemplate.Part, at place: Int, _ request: CallbackRequest, time: String?
    ) throws(CallbackRefusal) -> [UInt8] {
        switch part {
        case .text(let text): Array(text.utf8)
        case .body: request.body
        case .timestamp: Array((time ?? "").utf8)
        case .secret: []
        case .id: try value(ofHeader: idHeader ?? "", at: place, request)
        case .header(let name): try value(ofHeader: name, at: place, request)
        }
    }

    private func value(
        ofHeader name: String, at place: Int, _ request: CallbackRequest
    ) throws(CallbackRefusal) -> [UInt8] {
        let value = try request.header(name, limit: 512)
        if let mark = signed.mark(behind: place), value.contains(mark) { throw .ambiguous(.header(name)) }
        return Array(value.utf8)
    }

    fileprivate func dedupeKey(of request: CallbackRequest) throws(CallbackRefusal) -> DedupeKey? {
        switch identity {
        case nil: nil
        case .header(let name):
            try request.optionalHeader(name).map { DedupeKey(text: $0, isSigned: isSigned(header: name)) }
        case .field(let path): DedupeKey(at: path, in: request.body, isSigned: signed.contains(.body))
        }
    }

    func isSigned(header name: String) -> Bool {
        signed.contains(.header(name)) || (name == idHeader && signed.contains(.id))
    }
}

extension DedupeKey {
    /// The text or number under a path of names in JSON; nil where there is none, or none of a sensible length.
    init?(at path: [String], in body: [UInt8], isSigned: Bool) {
        guard let document = try? JSON.parse(body) else { return nil }
        self.init(at: path, in: document, isSigned: isSigned)
    }

    init?(at path: [String], in document: JSON, isSigned: Bool) {
        let member = path.reduce(Optional(document)) { $0?[$1] }
        guard let text = member?.scalarText, (1...512).contains(text.utf8.count) else { return nil }
        self.init(text: text, isSigned: isSigned)
    }
}
