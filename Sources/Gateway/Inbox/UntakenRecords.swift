internal import ReviewStore

/// Which records of events no stream takes: those that the `where` of every stream of their source leaves out.
///
/// Each stream by itself leaves out what belongs to others, which is no mistake. What all leave out is told to nobody
/// otherwise.
struct UntakenRecords {
    private struct Place: Hashable {
        let event: InboxID
        let source: String
    }

    private var leftOut: [Place: Set<String>] = [:]

    /// Notes what a stream leaves out of an event, once for each of its streams.
    mutating func note(_ records: Set<String>, of event: InboxID, by stream: StreamMapping) {
        leftOut[Place(event: event, source: stream.source), default: records].formIntersection(records)
    }

    /// How many records of each event no stream takes; without those of which all are taken.
    var counts: [InboxID: Int] {
        leftOut.reduce(into: [:]) { counts, place in
            if !place.value.isEmpty { counts[place.key.event, default: 0] += place.value.count }
        }
    }
}
