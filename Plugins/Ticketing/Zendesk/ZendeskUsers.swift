import PlumblineKit

/// The stream `users`: who the agents' numbers are.
struct ZendeskUsers {
    let roles: Set<String>

    static let fields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "编号，工单中的账号", en: "Number, which is the account in tickets")),
        SourceField("name", "string?", LocalizedText(zh: "姓名", en: "Name")),
        SourceField("email", "string?", LocalizedText(zh: "邮箱", en: "E-mail address")),
        SourceField("phone", "string?", LocalizedText(zh: "电话", en: "Phone")),
        SourceField("role", "string?", LocalizedText(zh: "角色", en: "Role")),
        SourceField("staff_number", "string?", LocalizedText(zh: "外部编号 external_id", en: "The external_id")),
    ]

    /// Nil for users of other roles.
    func record(_ json: JSON) throws(JSONShapeError) -> SourceRecord? {
        let id = try json.text(at: "id")
        let role = try json.string(at: "role")
        guard roles.contains(role) else { return nil }
        return SourceRecord(
            id: id, version: SourceVersion(try json.moment(at: "updated_at").rfc3339),
            json: [
                "id": .string(id),
                "name": .filled(json["name"]),
                "email": .filled(json["email"]),
                "phone": .filled(json["phone"]),
                "role": .string(role),
                "staff_number": .filled(json["external_id"]),
            ])
    }
}
