import PlumblineKit

/// The stream `articles` of the help center. Every run reads the list as a whole: votes come without a change of the
/// article, and the list is short.
struct ZendeskArticles {
    let client: ZendeskClient

    static let fields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "文章编号", en: "Number of the article")),
        SourceField("title", "string?", LocalizedText(zh: "标题", en: "Title")),
        SourceField("author", "string?", LocalizedText(zh: "作者编号", en: "Number of the author")),
        SourceField("is_draft", "bool", LocalizedText(zh: "是否草稿", en: "Whether it is a draft")),
        SourceField("created", "time", LocalizedText(zh: "创建时间", en: "When it was created")),
        SourceField("edited", "time?", LocalizedText(zh: "最后编辑内容的时间", en: "When its text was last edited")),
        SourceField("updated", "time", LocalizedText(zh: "最后变更时间", en: "When it last changed")),
        SourceField("votes_for", "int", LocalizedText(zh: "赞成票", en: "Votes for it")),
        SourceField("votes_against", "int", LocalizedText(zh: "反对票", en: "Votes against it")),
        SourceField("labels", "list<string>", LocalizedText(zh: "标签", en: "Labels")),
        SourceField("locale", "string?", LocalizedText(zh: "语言", en: "Language")),
    ]

    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let (walk, list) = try await part(after: cursor)
        var page = Page(cursor: walk.cursor(behind: list), hasMore: list.next != nil)
        page.records = walk.fresh(list.items).compactMap { page.value(of: $0, record) }
        return page
    }

    /// The numbers of all articles, a part of the list at a time.
    func identifiers(after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        let (walk, list) = try await part(after: cursor)
        let numbers = walk.fresh(list.items).compactMap { $0["id"]?.scalarText }
        let next = list.next == nil ? nil : walk.cursor(behind: list)
        return IdentifierPage(identifiers: numbers, cursor: next, hasMore: next != nil)
    }

    private func part(after cursor: Cursor?) async throws(ConnectorError) -> (ZendeskListWalk, ZendeskClient.List) {
        let walk = try ZendeskListWalk(cursor, since: nil, overlap: .zero, now: Instant(microseconds: 0))
        return (walk, try await client.list("articles", ["help_center", "articles"], after: walk.place))
    }

    private func record(_ json: JSON) throws(JSONShapeError) -> SourceRecord {
        let id = try json.text(at: "id")
        let (sum, count) = (try json.int(at: "vote_sum"), try json.int(at: "vote_count"))
        guard (0...1_000_000_000).contains(count), abs(sum) <= count, (count + sum).isMultiple(of: 2) else {
            throw JSONShapeError(reason: "a 'vote_sum' of \(sum) cannot come of \(count) votes")
        }
        return SourceRecord(
            id: id, version: nil,
            json: [
                "id": .string(id),
                "title": .text(json["title"]?.string),
                "author": .text(json["author_id"]?.scalarText),
                "is_draft": .bool(json["draft"]?.bool ?? false),
                "created": .time(try json.moment(at: "created_at")),
                "edited": .time(json["edited_at"]?.string.flatMap { Instant(rfc3339: $0) }),
                "updated": .time(try json.moment(at: "updated_at")),
                "votes_for": .int((count + sum) / 2),
                "votes_against": .int((count - sum) / 2),
                "labels": .array((json["label_names"]?.array ?? []).filter { $0.string != nil }),
                "locale": .text(json["locale"]?.string),
            ])
    }
}
