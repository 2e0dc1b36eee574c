import PlumblineKit

/// What is asked of a list.
struct ERPNextQuery {
    let doctype: String
    /// Names of fields, in no order.
    let fields: [String]
    /// All of these must hold: `[field, sign, value]`, or with a type of documents before them.
    var filters: [JSON] = []
    /// One of these must hold, where there is any.
    var orFilters: [JSON] = []
    /// The time, and behind it the name, that documents are in the order of.
    var key = "creation"
    var isDescending = false
    /// How many documents; 0 for all.
    let limit: Int

    /// The parts of the address behind the `?`. What the order goes by is asked for too: where a filter is on a child
    /// table, which has a field of the same name, a database takes the one that is shown, or else refuses.
    var parts: [(String, String)] {
        let direction = isDescending ? "desc" : "asc"
        var parts = [
            ("fields", JSON.array(Set(fields + [key, "name"]).sorted().map(JSON.string)).text),
            ("filters", JSON.array(filters).text), ("order_by", "\(key) \(direction), name \(direction)"),
            ("limit_page_length", String(limit)),
        ]
        if !orFilters.isEmpty { parts.append(("or_filters", JSON.array(orFilters).text)) }
        return parts
    }
}

extension ERPNextQuery {
    /// Everything of a type that fits, in one answer, so that nothing can shift meanwhile.
    static func all(_ doctype: String, fields: [String], where filters: [JSON]) -> ERPNextQuery {
        ERPNextQuery(doctype: doctype, fields: fields, filters: filters, limit: 0)
    }

    /// Whether a text may be the name of a field, which stands in orders as it is.
    static func isField(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
