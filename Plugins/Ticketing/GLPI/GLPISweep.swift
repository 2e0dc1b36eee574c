import PlumblineKit

/// Lists the numbers of all tickets that are not in the trash. What follows a deleted one moves up in the list: a page
/// begins with the last number of the one before, or further ahead until it does.
struct GLPISweep {
    let client: GLPIClient
    let size: Int

    func page(after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        let state = try cursor?.state()
        let last = state?["last"]?.int ?? 0
        var offset = max(0, (state?["offset"]?.int ?? 0) - 1)
        while true {
            let part = try await client.search(by: "Ticket.id", changedAfter: nil, offset: offset, size: size)
            let numbers = try numbers(part?.items ?? [])
            if offset > 0, (numbers.first ?? .max) > last {
                offset = max(0, offset - size)
                continue
            }
            let fresh = numbers.filter { $0 > last }
            let (place, total) = (offset + numbers.count, part?.total ?? 0)
            guard !fresh.isEmpty || place >= total else {
                offset = place - 1
                continue
            }
            let next = Cursor(["last": .int(fresh.last ?? last), "offset": .int(place)])
            return IdentifierPage(
                identifiers: fresh.map(String.init), cursor: place >= total ? nil : next, hasMore: place < total)
        }
    }

    private func numbers(_ items: [JSON]) throws(ConnectorError) -> [Int] {
        var numbers: [Int] = []
        for item in items {
            guard let number = item["id"]?.glpiInt, number > numbers.last ?? 0 else {
                throw .unexpected(reason: "the list of tickets is not in the order of their numbers")
            }
            numbers.append(number)
        }
        return numbers
    }
}
