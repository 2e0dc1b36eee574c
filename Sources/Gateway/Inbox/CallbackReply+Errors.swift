internal import Callbacks
internal import PlumblineKit

extension CallbackReply {
    /// The same for every request that does not prove itself.
    static var refused: CallbackReply {
        var reply = error(401, "refused", "the request does not prove that it is the system's own")
        reply.isProven = false
        return reply
    }
    static let notFound = error(404, "not_found", "no connection takes requests here")
    static let withoutKey = error(
        422, "no_key", "nothing says what this event is known by: the connection needs 'dedupe'")
    static let contradicted = error(
        409, "contradicted", "another event came before under the same key; this one is kept apart")
    /// Nothing was stored, and the sender is to come again.
    static var later: CallbackReply {
        var reply = error(503, "later", "the event could not be stored now; send it again")
        reply.retryAfter = 2
        return reply
    }

    /// The system sends more often than its connection allows.
    static func tooOften(_ seconds: Int) -> CallbackReply {
        var reply = error(429, "too_often", "more requests than this connection takes in a second; send it again")
        reply.retryAfter = seconds
        return reply
    }

    private static func error(_ status: Int, _ code: String, _ message: String) -> CallbackReply {
        json(status, ["error": ["code": .string(code), "message": .string(message)]])
    }

    private static func json(_ status: Int, _ json: JSON) -> CallbackReply {
        CallbackReply(status: status, contentType: "application/json", body: json.bytes)
    }
}

extension CallbackReply {
    /// So many complaints are told; their number, and the items they are about, are told in any case.
    private static let mostTold = 100

    /// What is wrong with a request of which nothing is taken, item by item.
    init(refusing review: CallbackReview) {
        let isForbidden = review.complaints.contains(where: \.isForbidden)
        self = Self.json(
            isForbidden ? 403 : 422,
            [
                "error": [
                    "code": .string(isForbidden ? "not_allowed" : "invalid"),
                    "message": "nothing of the request was taken",
                    "count": .int(review.complaints.count), "complaints": Self.told(review.complaints),
                ]
            ])
    }

    /// The answer that a system's own rules want; where that has no body, with what was taken of a request in parts.
    init(_ answer: CallbackAnswer, telling review: CallbackReview) {
        self.init(answer)
        guard let taken = review.takenItems, answer.body.isEmpty else { return }
        self = Self.json(
            answer.status,
            [
                "taken": .int(taken), "refused": .array(review.refusedItems.map { .int($0) }),
                "count": .int(review.complaints.count), "complaints": Self.told(review.complaints),
            ])
    }

    private static func told(_ complaints: [CallbackComplaint]) -> JSON {
        .array(
            complaints.prefix(mostTold).map { complaint in
                .object(
                    JSONObject([
                        ("item", complaint.item.map { .int($0) } ?? .null), ("field", .text(complaint.field)),
                        ("zh", .string(complaint.reason.zh)), ("en", .string(complaint.reason.en)),
                    ]))
            })
    }
}
