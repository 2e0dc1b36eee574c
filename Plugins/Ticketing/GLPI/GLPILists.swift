import PlumblineKit

/// The streams `ratings` and `users`: lists that every run reads as a whole.
struct GLPILists {
    let client: GLPIClient
    let clock: GLPIClock
    /// The best rating.
    let ratingMax: Int

    static let ratingFields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "评价编号", en: "Number of the rating")),
        SourceField("ticket", "string", LocalizedText(zh: "工单号", en: "Ticket number")),
        SourceField("score", "int", LocalizedText(zh: "0 至 scale_max 分", en: "From 0 to scale_max")),
        SourceField(
            "scale_max", "int", LocalizedText(zh: "最高分，即 rating_max", en: "The best score, which is rating_max")),
        SourceField("asked", "time?", LocalizedText(zh: "发出调查的时间", en: "When it was asked for")),
        SourceField("answered", "time", LocalizedText(zh: "评分时间", en: "When it was given")),
    ]

    static let userFields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "编号，工单中的账号", en: "Number, which is the account in tickets")),
        SourceField("login", "string", LocalizedText(zh: "登录名", en: "Login")),
        SourceField("name", "string?", LocalizedText(zh: "姓名", en: "Name")),
        SourceField("phone", "string?", LocalizedText(zh: "电话", en: "Phone")),
        SourceField(
            "staff_number", "string?", LocalizedText(zh: "工号 registration_number", en: "The registration_number")),
        SourceField("is_active", "bool?", LocalizedText(zh: "是否启用", en: "Whether it is active")),
    ]

    func ratings() async throws(ConnectorError) -> Page {
        let names = ["id", "tickets_id", "satisfaction", "date_begin", "date_answered"]
        return try await page(of: "TicketSatisfaction", names, rating)
    }

    func users() async throws(ConnectorError) -> Page {
        let names = ["id", "name", "realname", "firstname", "phone", "registration_number", "is_active"]
        return try await page(of: "User", names, user)
    }

    /// Of each item these members alone, so that no others are kept of one that cannot be read.
    private func page(
        of type: String, _ names: [String], _ read: (JSON) throws(JSONShapeError) -> SourceRecord?
    ) async throws(ConnectorError) -> Page {
        guard let items = try await client.all([type]) else {
            throw .unexpected(reason: "the server knows no list \(type)")
        }
        var page = Page(cursor: nil, hasMore: false)
        for item in items {
            if let record = page.value(of: item.only(names), read) ?? nil { page.records.append(record) }
        }
        return page
    }

    /// Nil for one that was asked for and not given.
    private func rating(_ json: JSON) throws(JSONShapeError) -> SourceRecord? {
        guard let answered = json["date_answered"]?.string else { return nil }
        let id = try json.text(at: "id")
        let score = try json.glpiInt(at: "satisfaction")
        guard (0...ratingMax).contains(score) else {
            throw JSONShapeError(reason: "a 'satisfaction' of \(score) is not one of 0 to \(ratingMax)")
        }
        guard let moment = clock.moment(answered) else {
            throw JSONShapeError(reason: "'date_answered' is not a time such as 2026-01-05 08:10:00")
        }
        return SourceRecord(
            id: id, version: nil,
            json: [
                "id": .string(id), "ticket": .string(try json.text(at: "tickets_id")), "score": .int(score),
                "scale_max": .int(ratingMax),
                "asked": .time(json["date_begin"]?.string.flatMap(clock.moment)), "answered": .time(moment),
            ])
    }

    private func user(_ json: JSON) throws(JSONShapeError) -> SourceRecord? {
        let id = try json.text(at: "id")
        let names = [json["realname"], json["firstname"]].compactMap { $0?.glpiText }
            .map { $0.split(separator: " ").joined(separator: " ") }.filter { !$0.isEmpty }
        return SourceRecord(
            id: id, version: nil,
            json: [
                "id": .string(id), "login": .string(try json.string(at: "name")),
                "name": names.isEmpty ? .null : .string(PersonName.joined(names)), "phone": .filled(json["phone"]),
                "staff_number": .filled(json["registration_number"]),
                "is_active": json["is_active"]?.glpiFlag.map(JSON.bool) ?? .null,
            ])
    }
}
