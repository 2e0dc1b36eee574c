package import PlumblineKit

/// Approval instances in the new API.
extension DingTalkClient {
    /// The instances of a process that were created in a window of whole milliseconds, both ends included; nil where
    /// there are more than `most`, which the system does not list.
    ///
    /// A list of several pages, of `pageSize` each, shifts where an instance is deleted meanwhile: it is read until it
    /// holds nothing new.
    package func instanceIDs(
        of process: String, from start: Instant, through end: Instant, pageSize: Int = 20, most: Int = 10_000
    ) async throws(ConnectorError) -> Set<String>? {
        var known: Set<String>?
        for _ in 0..<8 {
            let list = try await list(of: process, from: start, through: end, pageSize, most)
            guard let list else { return nil }
            if list.isWhole || known.map(list.ids.isSubset) == true { return list.ids.union(known ?? []) }
            known = list.ids.union(known ?? [])
        }
        throw .unavailable(reason: "the list of instances of \(process) changed each time it was read", retryAfter: nil)
    }

    /// An instance as the system tells it; nil where the answer is one of the errors `goneCodes`.
    package func instance(_ id: String, orNilOn goneCodes: Set<String>) async throws(ConnectorError) -> JSON? {
        let answer = try await new(
            "/v1.0/workflow/processInstances", query: [("processInstanceId", id)], orNilOn: goneCodes,
            hint: "where this says that the instance \(id) is gone, name the code under gone_codes")
        guard let answer else { return nil }
        guard let result = answer["result"], result.object != nil else {
            throw .unexpected(reason: "the answer for the instance \(id) has no 'result'")
        }
        return result
    }

    private struct List {
        var ids: Set<String> = []
        /// Whether it came as one page, in which nothing can shift.
        var isWhole = true
    }

    private func list(
        of process: String, from start: Instant, through end: Instant, _ pageSize: Int, _ most: Int
    ) async throws(ConnectorError) -> List? {
        var (list, place) = (List(), 0)
        while true {
            let body: JSON = [
                "processCode": .string(process), "startTime": .milliseconds(start), "endTime": .milliseconds(end),
                "nextToken": .int(place), "maxResults": .int(pageSize),
            ]
            let answer = try await new("/v1.0/workflow/processes/instanceIds/query", body)
            guard let ids = answer?["result"]?["list"]?.array?.map(\.string), !ids.contains(nil) else {
                throw .unexpected(reason: "the list of instances of \(process) has no 'list' of ids")
            }
            list.ids.formUnion(ids.compactMap(\.self))
            guard let next = answer?["result"]?.filledText("nextToken") else { return list }
            guard let token = Int(next), token > place else {
                throw .unexpected(reason: "the list of instances of \(process) has more and does not move on")
            }
            (place, list.isWhole) = (token, false)
            if list.ids.count >= most || place >= most { return nil }
        }
    }
}
