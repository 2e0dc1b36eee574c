/// By what a scheme knows an event, and what that is worth against somebody who repeats a request that he has seen.
public enum EventIdentification: Sendable, Hashable {
    /// By something that the signature covers: nobody but the system can give an event another key.
    case signed
    /// By a header that the signature does not cover, beside a body that it does. Whoever repeats a request can give it another
    /// key, so that the key counts only together with what is signed: see ``VerifiedCallback/proof``.
    case unsigned
    /// By something beside which nothing is signed: a token alone shows whose the request is. Whoever can repeat it can as
    /// well write one of his own; nothing but the way that requests take protects it.
    case unproven
    /// By nothing: the connection must say what in the body an event is known by, or every event is refused.
    case none
}

extension SignatureRule {
    /// The same for every connection.
    var identify: CallbackSchemeKind.Identify {
        let identification = identification
        return { _ in identification }
    }

    /// By what an event is known under this rule.
    var identification: EventIdentification {
        guard let identity else { return .none }
        guard signed.contains(.body) else { return .unproven }
        switch identity {
        case .header(let name): return isSigned(header: name) ? .signed : .unsigned
        case .field: return .signed
        }
    }
}
