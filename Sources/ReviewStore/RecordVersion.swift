/// How new a state of a record is: what the source says of it, and which event told it.
///
/// Which of two states of one record is the newer one is decided by the first of these rules that fits:
///
/// 1. Both have a version of their own of one ``kind``: the greater one is newer.
/// 2. Both were told by events: the one whose event arrived later is newer.
/// 3. The one that is read later is newer.
///
/// So versions are compared with their like alone. A connection that goes over from the order of arrival to its system's
/// own versions, or back, or to another member of its events, freezes no record: until a record has a version of the new
/// kind, the order of arrival counts, which every event has. An event that is used again is no newer than it was.
///
/// A state that says that the record is deleted stays against others of the same own version: what arrives behind a
/// deletion and is no newer was sent before it.
public struct RecordVersion: Sendable, Hashable {
    /// The source's own version; nil where it has none.
    public let own: String?
    /// Which of a source's marks the own version is, such as the place in its events where it stands, without spaces;
    /// empty where a source has only one.
    public let kind: String
    /// The event that told the state; nil where the source was read.
    public let arrival: InboxID?

    /// A version. Spaces in `kind` become underscores; without `own` there is no kind.
    public init(own: String?, kind: String = "", arrival: InboxID? = nil) {
        self.own = own
        self.kind = own == nil || kind.isEmpty ? "" : kind.replacing(" ", with: "_")
        self.arrival = arrival
    }

    /// Whether the state is older than a stored one, which may say that the record is deleted.
    public func isOlder(than stored: RecordVersion, thatIsDeleted isDeleted: Bool = false) -> Bool {
        switch measure(against: stored) {
        case .own(let isOlder): isOlder
        case .arrival(let own, let other, let isSame): isDeleted && isSame ? own != other : own < other
        case .reading: false
        }
    }
}

extension RecordVersion {
    /// What decides which of two states is newer.
    private enum Measure {
        case own(isOlder: Bool)
        /// `isSame` says that the own versions are equal.
        case arrival(InboxID, InboxID, isSame: Bool)
        case reading
    }

    private func measure(against stored: RecordVersion) -> Measure {
        var isSame = false
        if let own, let other = stored.own, kind == stored.kind {
            if SourceVersion.isOlder(own, than: other) { return .own(isOlder: true) }
            if SourceVersion.isOlder(other, than: own) { return .own(isOlder: false) }
            isSame = true
        }
        guard let arrival, let other = stored.arrival else { return .reading }
        return .arrival(arrival, other, isSame: isSame)
    }

    /// Whether an own version could decide, once that of the stored state is known as well.
    func isUndecided(against stored: RecordVersion) -> Bool {
        own != nil && (stored.own == nil || stored.kind != kind) && stored.arrival != nil && arrival != nil
    }

    /// Whether two own versions of different kinds meet.
    func isOfOtherKind(than stored: RecordVersion) -> Bool { own != nil && stored.own != nil && kind != stored.kind }

    /// The version that a record has once the state is stored: an event without an own version leaves what was known.
    func following(_ stored: RecordVersion?) -> RecordVersion {
        guard own == nil, let arrival, let stored else { return self }
        return RecordVersion(own: stored.own, kind: stored.kind, arrival: arrival)
    }

    /// The version in words, for what is noted of a run.
    var words: String { own == nil ? shortWords : "version \(shortWords)" }

    /// The same where it is clear that it is a version.
    var shortWords: String {
        switch (own, arrival) {
        case (let own?, let arrival?): "\(own) of event \(arrival)"
        case (let own?, nil): own
        case (nil, let arrival?): "event \(arrival)"
        case (nil, nil): "state without a version"
        }
    }
}

extension RecordVersion {
    private static let mark: Character = "@"

    /// The version as it is stored: an own version alone as the source writes it; else `@`, the number of the event, and
    /// behind spaces kind and own version, where there is one.
    var stored: String {
        let number = arrival.map(String.init) ?? ""
        guard let own else { return "\(Self.mark)\(number)" }
        if arrival == nil, kind.isEmpty, own.first != Self.mark { return own }
        return "\(Self.mark)\(number) \(kind) \(own)"
    }

    /// The version that is stored as this text; any text is one.
    init(stored text: String) {
        guard text.first == Self.mark else {
            self.init(own: text)
            return
        }
        let parts = text.dropFirst().split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        let number = parts.first ?? ""
        if parts.count == 2 || !number.isEmpty && InboxID(number) == nil {
            self.init(own: text)
        } else if parts.count == 3 {
            self.init(own: String(parts[2]), kind: String(parts[1]), arrival: InboxID(number))
        } else {
            self.init(own: nil, arrival: InboxID(number))
        }
    }
}
