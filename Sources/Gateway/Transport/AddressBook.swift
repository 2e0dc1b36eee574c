/// Which address of a host to connect to: resolved once, kept until connecting to it fails, then the next one; when
/// none is left the name is resolved anew.
struct AddressBook: Sendable {
    enum Event: Sendable {
        /// A request wants an address.
        case asked
        /// The resolver answered.
        case resolved([IPAddress])
        /// No connection could be made to this address.
        case failed(IPAddress)
    }

    enum Action: Equatable, Sendable {
        /// Connect to this one.
        case connect(IPAddress)
        /// Ask the resolver, then report ``Event/resolved(_:)``.
        case resolve
        /// Every address is forbidden, or there is none.
        case refuse(String)
        /// Every address failed.
        case exhausted
    }

    private let host: String
    private var usable: [IPAddress] = []

    init(host: String) {
        self.host = host
        if case .address(let address) = AddressPolicy.read(host: host) { usable = [address] }
    }

    mutating func handle(_ event: Event) -> Action {
        switch event {
        case .asked:
            if usable.isEmpty, case .address(let address) = AddressPolicy.read(host: host) { usable = [address] }
            return usable.first.map(Action.connect) ?? .resolve
        case .resolved(let found):
            if usable.isEmpty { usable = found.filter { AddressPolicy.refusal(of: $0) == nil } }
            return usable.first.map(Action.connect) ?? .refuse(refusal(of: found))
        case .failed(let address):
            usable.removeAll { $0 == address }
            return usable.first.map(Action.connect) ?? .exhausted
        }
    }

    private func refusal(of found: [IPAddress]) -> String {
        let reasons = found.compactMap(AddressPolicy.refusal)
        guard !reasons.isEmpty else { return "\(host) has no address" }
        return "\(host) resolves to an address that is never reached: \(reasons.joined(separator: "; "))"
    }
}
