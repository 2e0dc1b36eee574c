import PlumblineKit

/// Reads a set along a mark, an answer at a time.
struct SAPList: Sendable {
    let client: SAPClient
    let set: SAPEntitySet
    let mark: SAPMark
    var isOfKeys = false
    let top: Int
    let counts: Bool

    /// A row with its mark.
    struct Row {
        let json: JSON
        let mark: String
    }

    /// What an answer gives that was not read before, and the address that it came from.
    struct Step {
        var rows: [Row]
        let url: String
        let hasMore: Bool
    }

    /// The next rows; moves the walk on.
    ///
    /// - Throws: `ConnectorError.unexpected` for rows outside of what was asked for, rows out of order, and an answer that
    ///   is cut off without a link.
    func next(_ walk: inout SAPWalk) async throws(ConnectorError) -> Step {
        let (answer, url) = try await ask(&walk)
        let rows = try verified(answer.rows, from: walk.floor)
        let isCut = try isCut(answer, rows, &walk)
        var fresh = unseen(rows, by: walk)
        let last = rows.last?.mark
        if isCut, last == nil || last == walk.floor {
            try await follow(answer.next, from: url, fresh, &walk)
            return Step(rows: fresh, url: url, hasMore: true)
        }
        if walk.link != nil, walk.isNew || fresh.contains(where: { $0.mark == walk.floor }) {
            fresh = fresh.filter { $0.mark == walk.floor }
            walk.seen += fresh.map(\.json.fingerprint)
            (walk.link, walk.isNew) = (nil, false)
            return Step(rows: fresh, url: url, hasMore: true)
        }
        // Where nobody tells how many there are, the end is what gives nothing new.
        let isOpen = !walk.isCounted && !fresh.isEmpty
        guard isCut || isOpen, let last else { return Step(rows: fresh, url: url, hasMore: false) }
        if last != walk.floor { walk.seen = [] }
        (walk.floor, walk.link, walk.isNew) = (last, nil, false)
        walk.seen += fresh.filter { $0.mark == last }.map(\.json.fingerprint)
        return Step(rows: fresh, url: url, hasMore: true)
    }

    /// Whether the answer says that there is more; notes whether the server tells where lists end, by a link or a number.
    private func isCut(_ answer: ODataAnswer, _ rows: [Row], _ walk: inout SAPWalk) throws(ConnectorError) -> Bool {
        walk.given += rows.count
        walk.isCounted = walk.isCounted || answer.count != nil || answer.next != nil
        let isCut = answer.next != nil || (top > 0 && walk.given >= top)
        if walk.isFirst, !isCut, let count = answer.count, count > rows.count {
            throw .unexpected(
                reason: "\(set.name): the server gives \(rows.count) of \(count) and no link to the rest; "
                    + "say how many to ask for at once ('top')")
        }
        walk.isFirst = false
        return isCut
    }

    /// The row with the highest mark, asked for from the other end; nil where there is none.
    func highest() async throws(ConnectorError) -> Row? {
        let query = SAPQuery(set: set, mark: mark, isOfKeys: true, isDescending: true, top: 1)
        let (answer, _) = try await client.answer(set.place.path, query: query.options, set.version)
        guard let row = answer.rows.first else { return nil }
        return Row(json: row, mark: try mark.value(in: row, of: set.name))
    }

    /// A link that is over is left, once: the value of `floor` is read again then.
    private func ask(_ walk: inout SAPWalk) async throws(ConnectorError) -> (ODataAnswer, from: String) {
        if let link = walk.link {
            if let found = try await client.answer(following: link, set.version) {
                walk.isBroken = false
                return found
            }
            guard !walk.isBroken else {
                throw .unexpected(reason: "\(set.name): the server does not take its own links to the rest of a list")
            }
            (walk.link, walk.isNew, walk.isBroken) = (nil, false, true)
        }
        walk.given = 0
        let query = SAPQuery(
            set: set, mark: mark, from: walk.floor, isOfKeys: isOfKeys, top: top, counts: counts && walk.isFirst)
        return try await client.answer(set.place.path, query: query.options, set.version)
    }

    /// Goes on behind the server's link, for an answer that holds one mark alone.
    private func follow(
        _ next: String?, from url: String, _ fresh: [Row], _ walk: inout SAPWalk
    ) async throws(ConnectorError) {
        guard let next else {
            throw .unexpected(
                reason:
                    "\(set.name): \(top) rows with one '\(mark.field)' fill an answer and no link follows; raise 'top'")
        }
        let link = try await client.address(of: next, from: url)
        guard link != walk.link else {
            throw .unexpected(reason: "\(set.name): the server's link to the rest leads back to the same answer")
        }
        walk.link = link
        walk.isNew = walk.isNew || !fresh.isEmpty
        walk.seen += fresh.map(\.json.fingerprint)
    }

    private func unseen(_ rows: [Row], by walk: SAPWalk) -> [Row] {
        var seen = Set(walk.seen)
        return rows.filter { seen.insert($0.json.fingerprint).inserted }
    }

    /// A server may leave out what it does not implement, and says nothing.
    private func verified(_ rows: [JSON], from floor: String?) throws(ConnectorError) -> [Row] {
        var all: [Row] = []
        for row in rows { all.append(Row(json: row, mark: try mark.value(in: row, of: set.name))) }
        let marks = all.map(\.mark)
        guard mark.isAscending(marks) else {
            throw .unexpected(
                reason:
                    "\(set.name): the answer is not in the order of '\(mark.field)'; the service does not implement "
                    + "$orderby there, and is not read, as changes would be missed")
        }
        guard mark.isAscending([floor].compactMap(\.self) + marks) else {
            throw .unexpected(
                reason: "\(set.name): the answer holds what lies before the '\(mark.field)' that was asked for; the "
                    + "service does not implement $filter there, and is not read")
        }
        try verifyConditions(rows)
        return all
    }

    private func verifyConditions(_ rows: [JSON]) throws(ConnectorError) {
        for condition in set.conditions {
            for row in rows where row[condition.field]?.conditionText != condition.value {
                throw .unexpected(
                    reason: "\(set.name): the answer holds an entity whose '\(condition.field)' is not "
                        + "'\(condition.value)'; the service does not implement $filter there, and is not read")
            }
        }
    }
}

extension JSON {
    /// A value as conditions of a connection write it.
    fileprivate var conditionText: String? {
        if let flag = bool { return flag ? "true" : "false" }
        return scalarText
    }
}
