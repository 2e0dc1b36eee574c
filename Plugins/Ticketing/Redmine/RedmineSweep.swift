import PlumblineKit

/// Lists the numbers of all issues. Numbers do not change, but what follows a deleted one moves up in the list: a page
/// begins with the last number of the one before, or further ahead until it does.
struct RedmineSweep {
    let client: RedmineClient

    func page(after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        let state = try cursor?.state()
        let last = state?["last"]?.int ?? 0
        var offset = max(0, (state?["offset"]?.int ?? 0) - 1)
        while true {
            let list = try await client.list("issues", client.filters + [("sort", "id:asc")], offset: offset)
            let numbers = try numbers(list.items)
            if offset > 0, (numbers.first ?? .max) > last {
                offset = max(0, offset - client.pageSize)
                continue
            }
            let fresh = numbers.filter { $0 > last }
            let place = offset + numbers.count
            guard !fresh.isEmpty || list.reachesEnd else {
                offset = place - 1
                continue
            }
            let next = Cursor(["last": .int(fresh.last ?? last), "offset": .int(place)])
            return IdentifierPage(
                identifiers: fresh.map(String.init), cursor: list.reachesEnd ? nil : next, hasMore: !list.reachesEnd)
        }
    }

    private func numbers(_ items: [JSON]) throws(ConnectorError) -> [Int] {
        var numbers: [Int] = []
        for item in items {
            guard let number = item["id"]?.int, number > numbers.last ?? 0 else {
                throw .unexpected(reason: "the list of issues is not in the order of their numbers")
            }
            numbers.append(number)
        }
        return numbers
    }
}
