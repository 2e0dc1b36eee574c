import PlumblineKit

/// A response as the list shows it.
struct DjaoDjinResponse: Hashable {
    /// The server's own name of it, which never leaves the connector.
    let slug: String
    /// What stands in its place.
    let id: String
    let respondent: String
    let survey: DjaoDjinSurvey
    let begun: Instant
    let isHandedIn: Bool

    var place: DjaoDjinPlace { DjaoDjinPlace(begun: begun, id: id) }
}

/// A survey as responses name it.
struct DjaoDjinSurvey: Hashable {
    let slug: String
    let title: String?
    let description: String?
}

/// Where a response stands among all, by the time when it was begun.
struct DjaoDjinPlace: Hashable, Comparable {
    let begun: Instant
    let id: String

    static func < (one: Self, other: Self) -> Bool { (one.begun, one.id) < (other.begun, other.id) }
}

/// The list of responses, which is small beside the answers: a run reads it as a whole before it reads answers.
struct DjaoDjinResponses: Sendable {
    let client: DjaoDjinClient
    let pseudonym: SurveyPseudonym
    let surveys: Set<String>
    let since: Instant?

    struct Listing: Sendable {
        var responses: [DjaoDjinResponse] = []
        var rejected: [RejectedRecord] = []
    }

    /// The responses begun since a moment, ascending; all where it is nil.
    ///
    /// - Throws: `ConnectorError.unavailable` when the list keeps changing while it is read.
    func list(begunSince start: Instant?) async throws(ConnectorError) -> Listing {
        let earliest = [start, since].compactMap(\.self).max()
        // The server takes the filter for a UTC midnight: two days earlier are early enough.
        let from = earliest.map { [("start_at", String($0.advanced(bySeconds: -172_800).rfc3339.prefix(10)))] } ?? []
        let only = surveys.count == 1 ? surveys.map { ("campaign", $0) } : []
        for _ in 1...3 {
            guard let list = try await client.list([client.owner, "responses"], [("o", "created_at")] + from + only)
            else {
                throw .settings(field: "owner", reason: "there is no account '\(client.owner)' that our user may see")
            }
            let names = Set(list.items.map { $0["slug"]?.string ?? $0.text })
            guard list.isWhole, names.count == list.items.count else { continue }
            return read(list.items, begunSince: earliest)
        }
        throw .unavailable(reason: "the list of responses changes whenever it is read", retryAfter: nil)
    }

    private func read(_ items: [JSON], begunSince start: Instant?) -> Listing {
        var listing = Listing()
        for item in items {
            do throws(JSONShapeError) {
                let response = try response(item)
                guard surveys.isEmpty || surveys.contains(response.survey.slug) else { continue }
                if let start, response.begun < start { continue }
                listing.responses.append(response)
            } catch {
                let id = pseudonym.of("rejected", item["slug"]?.string ?? "")
                let told = item.without(["account", "slug", "location", "created_at", "updated_at", "grantees"])
                listing.rejected.append(RejectedRecord(id: id, reason: error.reason, raw: told.bytes))
            }
        }
        listing.responses.sort { $0.place < $1.place }
        return listing
    }

    private func response(_ item: JSON) throws(JSONShapeError) -> DjaoDjinResponse {
        let slug = try item.string(at: "slug")
        let campaign = try item.object(at: "campaign")
        let survey = try campaign.string(at: "slug")
        guard let begun = Instant(rfc3339: try item.string(at: "created_at")) else {
            throw JSONShapeError(reason: "'created_at' is not a time")
        }
        guard let isHandedIn = item["is_frozen"]?.bool else { throw JSONShapeError(reason: "'is_frozen' is missing") }
        return DjaoDjinResponse(
            slug: slug, id: pseudonym.of("response", survey, slug),
            respondent: pseudonym.of("respondent", survey, item["account"]?.string ?? slug),
            survey: DjaoDjinSurvey(
                slug: survey, title: campaign["title"]?.string, description: campaign["description"]?.string),
            begun: begun, isHandedIn: isHandedIn)
    }
}

/// The list that a run began with.
actor DjaoDjinListed {
    private(set) var listing: DjaoDjinResponses.Listing?

    func keep(_ listing: DjaoDjinResponses.Listing) { self.listing = listing }
}
