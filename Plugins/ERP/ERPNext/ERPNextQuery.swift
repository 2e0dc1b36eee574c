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
    let order: String
    /// How many documents; 0 for all.
    let limit: Int

    /// The parts of the address behind the `?`.
    var parts: [(String, String)] {
        var parts = [
            ("fields", JSON.array(Set(fields + ["name"]).sorted().map(JSON.string)).text),
            ("filters", JSON.array(filters).text), ("order_by", order), ("limit_page_length", String(limit)),
        ]
        if !orFilters.isEmpty { parts.append(("or_filters", JSON.array(orFilters).text)) }
        return parts
    }
}

extension ERPNextQuery {
    /// Everything of a type that fits, in one answer, so that nothing can shift meanwhile.
    static func all(_ doctype: String, fields: [String], where filters: [JSON]) -> ERPNextQuery {
        ERPNextQuery(doctype: doctype, fields: fields, filters: filters, order: "creation asc, name asc", limit: 0)
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
