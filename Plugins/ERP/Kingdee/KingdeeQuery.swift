import PlumblineKit

/// What is asked of a form with `ExecuteBillQuery`.
struct KingdeeQuery {
    let form: String
    /// Names of fields, in the order of the answer's cells.
    let fields: [String]
    /// Texts like SQL, all of which must hold.
    var conditions: [String] = []
    /// Ends with something unique, or pages would shift.
    let order: String
    var start = 0
    let limit: Int

    /// As the server wants it.
    var json: JSON {
        [
            "FormId": .string(form), "FieldKeys": .string(fields.joined(separator: ",")),
            "FilterString": .string(conditions.joined(separator: " and ")), "OrderString": .string(order),
            "TopRowCount": 0, "StartRow": .int(start), "Limit": .int(limit),
        ]
    }

    /// A text for a condition: quotes in it are doubled.
    static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }

    /// Whether a name of a field holds nothing but letters, digits, points and underscores: it stands in conditions as it is.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}

/// What the server makes of a query. It answers with status 200 whatever happened.
enum KingdeeAnswer {
    case rows([[JSON]])
    /// What the server says instead.
    case failure(String)

    /// A list of lists on success; else an object `Result`, perhaps inside of such a list, or plain text that begins with
    /// `response_error:`.
    init(_ response: HTTPResponse, redaction: Redaction) throws(ConnectorError) {
        if response.text.hasPrefix(Self.errorMark) {
            self = .failure(redaction.conceal(response.excerpt(200)))
            return
        }
        let json = try response.json()
        if let failure = Self.failure(in: json) {
            self = .failure(redaction.conceal(String(failure.prefix(200))))
            return
        }
        guard let rows = json.array else {
            throw .unexpected(reason: "\(response.summary) answered \(json.kind), expected a list of rows")
        }
        var cells: [[JSON]] = []
        for row in rows {
            guard let row = row.array else {
                throw .unexpected(reason: "\(response.summary) answered \(row.kind) as a row, expected a list of cells")
            }
            cells.append(row)
        }
        self = .rows(cells)
    }

    private static let errorMark = "response_error:"

    /// What an answer complains of, found beneath up to two lists; nil where it is no complaint.
    private static func failure(in json: JSON) -> String? {
        if let text = json.string, text.hasPrefix(errorMark) { return text }
        let inner = json.array.flatMap { $0.count == 1 ? $0[0] : nil } ?? json
        let innermost = inner.array.flatMap { $0.count == 1 ? $0[0] : nil } ?? inner
        guard let result = innermost["Result"] else { return nil }
        let status = result["ResponseStatus"] ?? result
        let errors = (status["Errors"]?.array ?? []).map { error in
            [error["FieldName"], error["Message"]].compactMap { $0?.scalarText }.filter { !$0.isEmpty }.joined(
                separator: ": ")
        }
        let code = status["ErrorCode"]?.scalarText.map { "error \($0)" } ?? "an error without a code"
        return ([code] + errors).joined(separator: "; ")
    }
}
