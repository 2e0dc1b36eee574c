import PlumblineKit

/// A line of `table=ATTLOG`, as much of it as is kept.
///
/// Some firmware writes temperatures and masks behind the columns of the reference: columns that no setting could name as
/// number, time or state are dropped before anything is stored.
struct ZKTecoLine: Sendable, Hashable {
    /// The columns that are kept.
    let columns: [String]

    /// Number, time, state and way of verifying are always kept: in which order the last two stand differs.
    private static let always = 4
    /// A column that is longer is none of these.
    private static let longest = 64

    init(columns: [String]) { self.columns = columns }

    /// A line as it came; nil where it is empty.
    init?(_ line: some Sequence<UInt8>, layout: ZKTecoLayout) {
        let bytes = line.filter { $0 != 0 && $0 != UInt8(ascii: "\r") }
        guard bytes.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }) else { return nil }
        let parts = bytes.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
        columns = parts.prefix(max(Self.always, layout.last)).map { part in
            String(decoding: part.prefix(Self.longest), as: UTF8.self).trimmingSpaces
        }
    }

    /// A line as it was kept.
    init(kept bytes: [UInt8]) {
        columns = bytes.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    var bytes: [UInt8] { Array(columns.joined(separator: "\t").utf8) }

    /// The text of a column, counted from 1; nil where it is empty or not there.
    subscript(column: Int) -> String? {
        columns.indices.contains(column - 1) && !columns[column - 1].isEmpty ? columns[column - 1] : nil
    }
}

/// Where a line has what.
struct ZKTecoLayout: Sendable, Hashable {
    let pin: Int
    let time: Int
    let status: Int

    var last: Int { max(pin, time, status) }

    init(_ settings: Settings) throws(ConnectorError) {
        pin = settings[ZKTecoSettings.pinColumn]
        time = settings[ZKTecoSettings.timeColumn]
        status = settings[ZKTecoSettings.statusColumn]
        guard Set([pin, time, status]).count == 3 else {
            throw .settings(
                field: ZKTecoSettings.statusColumn.field.key, reason: "number, time and state are three columns")
        }
    }

    /// The employee's number; nil where there is none that could be one. Zeros in front count.
    func pin(of line: ZKTecoLine) -> String? {
        guard let text = line[pin], !text.contains("\u{FFFD}"),
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else { return nil }
        return text
    }

    /// Whether a line has a column where the time stands, whatever it says.
    func hasTime(_ line: ZKTecoLine) -> Bool { line.columns.count >= time }

    /// What the clock showed, as though in UTC; nil where that is no time.
    func shown(in line: ZKTecoLine) -> Instant? {
        guard let text = line[time], text.utf8.count == 19 else { return nil }
        return Instant(rfc3339: text + "Z")
    }
}
