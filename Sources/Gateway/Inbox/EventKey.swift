internal import Callbacks
internal import OpenSSLCrypto

/// What an event is known by in the inbox.
///
/// A key that the signature covers is enough: nobody but the system can write it. Where it does not (the ids in headers of
/// GitHub, Jira, Zendesk and of most `signature` schemes), whoever has seen a request can repeat it under another key, or put
/// its key onto another request that he has seen. So such a key counts together with the body: it can contradict nothing.
/// And what was signed counts by itself (``VerifiedCallback/proof``): the same signed bytes under another key are the same
/// event, for as long as events are kept.
///
/// A system that signs no time may mean two events by two equal bodies. Whether it does, the connection says by
/// `equal_bodies`: `repeat` takes the second for a repeat, `events` believes its key, and with that whoever repeats it.
struct EventKey: Hashable {
    /// The key in the form in which it is looked for.
    let text: String
    /// What it is known by besides; nil where the key is enough.
    var proof: String?

    init(text: String) { self.text = text }

    init(_ key: DedupeKey, _ callback: VerifiedCallback, _ equalBodies: EqualBodies) {
        guard let proof = callback.proof, !key.isSigned else {
            text = key.text
            return
        }
        text = "\(key.text) \(Hex.encode(SHA256.digest(of: callback.body)))"
        self.proof = equalBodies == .repeat ? proof : nil
    }
}

/// What a body is that came before under another key, where the key is not signed.
enum EqualBodies: String, Sendable, CaseIterable {
    /// The same event again: the default.
    case `repeat`
    /// An event of its own.
    case events
}
