/// Keeps the latest contribution of each key; a contribution without a key is not its concern.
struct LatestByKey {
    private var latest: [String: Contribution] = [:]

    /// The contributions that are the latest of their key.
    var kept: [Contribution] { Array(latest.values) }

    /// Takes a contribution in; gives the one that is no longer, or never was, the latest of its key.
    mutating func add(_ contribution: Contribution, key: String) -> Contribution? {
        guard let other = latest[key] else {
            latest[key] = contribution
            return nil
        }
        guard contribution.isLater(than: other) else { return contribution }
        latest[key] = contribution
        return other
    }
}

extension Contribution {
    /// Whether this is the later of two readings; of two at the same moment the one with the greater id is.
    func isLater(than other: Contribution) -> Bool {
        (anchor, reference) > (other.anchor, other.reference)
    }
}
