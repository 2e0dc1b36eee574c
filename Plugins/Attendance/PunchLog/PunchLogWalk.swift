import PlumblineKit

/// How far a file has been read.
struct PunchLogWalk: Hashable {
    /// The state of the file.
    let stamp: FileStamp
    /// What the settings were: with others the days are others.
    let settings: String
    /// The last day to tell of.
    let through: LocalDay
    /// The last day that was told before the walk; nil tells of all.
    var after: LocalDay?
    /// What was told last; nil at the start and at the end.
    var place: PunchLogPlace?
    /// Whether the file has days behind `through`.
    var hasLater = false
    var isEnd = false

    init(stamp: FileStamp, settings: String, through: LocalDay) {
        (self.stamp, self.settings, self.through) = (stamp, settings, through)
    }
}

/// A day and a person, in the order in which they are told.
struct PunchLogPlace: Hashable, Comparable {
    let day: LocalDay
    let employee: String

    static func < (one: Self, other: Self) -> Bool { (one.day, one.employee) < (other.day, other.employee) }
}

extension PunchLogWalk {
    init(_ cursor: Cursor) throws(ConnectorError) {
        let state = try cursor.state()
        guard let size = state["size"]?.int, let modified = state["modified"]?.string.flatMap({ Instant(rfc3339: $0) }),
            let settings = state["settings"]?.string, let through = state["through"]?.int,
            let hasLater = state["later"]?.bool, let isEnd = state["end"]?.bool
        else { throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew") }
        self.init(
            stamp: FileStamp(size: size, modified: modified), settings: settings, through: LocalDay(number: through))
        (self.hasLater, self.isEnd) = (hasLater, isEnd)
        after = state["after"]?.int.map { LocalDay(number: $0) }
        if let day = state["day"]?.int, let employee = state["employee"]?.string {
            place = PunchLogPlace(day: LocalDay(number: day), employee: employee)
        }
    }

    var cursor: Cursor {
        Cursor([
            "size": .int(stamp.size), "modified": .time(stamp.modified), "settings": .string(settings),
            "through": .int(through.number), "after": after.map { .int($0.number) } ?? .null,
            "day": place.map { .int($0.day.number) } ?? .null, "employee": .text(place?.employee),
            "later": .bool(hasLater), "end": .bool(isEnd),
        ])
    }

    /// The walk that goes on behind a stored one; nil where there is nothing new.
    ///
    /// A file or settings that changed are read from the start. A file that did not may have days that were still going on.
    static func resumed(after cursor: Cursor?, new: PunchLogWalk) throws(ConnectorError) -> PunchLogWalk? {
        guard let cursor else { return new }
        let old = try PunchLogWalk(cursor)
        guard old.stamp == new.stamp, old.settings == new.settings else { return new }
        guard old.isEnd else { return old }
        guard old.hasLater, old.through < new.through else { return nil }
        var walk = new
        walk.after = old.through
        return walk
    }
}
