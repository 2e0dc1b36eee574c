internal import OpenSSLCrypto
internal import PlumblineKit

/// Who may see how the gateway is.
struct StatusAccess {
    /// Whether the server listens on this machine alone.
    let isLoopbackOnly: Bool

    /// What is said to somebody who asks.
    enum Decision: Hashable {
        case granted
        /// The company has set no token by which others could be known.
        case noToken
        /// The token that came is not the company's, or none came.
        case wrongToken

        /// What to do, as a sentence; nil where nothing is to be done.
        var advice: String? {
            switch self {
            case .granted: nil
            case .noToken:
                "Metrics are for this machine alone. To read them from elsewhere, write a token of your own into "
                    + "secrets/metrics-token in the workspace, or into the environment as PLUMBLINE_METRICS_TOKEN, and "
                    + "send it as 'Authorization: Bearer TOKEN'.\n"
            case .wrongToken: "Send the token of secrets/metrics-token as 'Authorization: Bearer TOKEN'.\n"
            }
        }
    }

    /// Whether `peer` may see it, with the company's token where there is one.
    func decide(_ peer: Peer, token: Secret?) -> Decision {
        if isLoopbackOnly && peer.isLocal { return .granted }
        guard let token else { return .noToken }
        guard let given = peer.token, ConstantTime.equals(Array(given.utf8), Array(token.reveal().utf8)) else {
            return .wrongToken
        }
        return .granted
    }
}
