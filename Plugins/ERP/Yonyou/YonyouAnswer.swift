import PlumblineKit

/// What an answer means. Most failures come with status 200, so the code in the body decides, which is text or a number.
enum YonyouAnswer {
    case data(JSON)
    case failure(code: String, message: String)

    /// Reads `{"code":"200","message":…,"data":…}`.
    init(_ response: HTTPResponse, succeeding codes: Set<String>, redaction: Redaction) throws(ConnectorError) {
        guard response.isSuccess else {
            let excerpt = redaction.conceal(response.excerpt(200))
            throw .unexpected(reason: "\(response.summary) answered \(response.status): \(excerpt)")
        }
        let body = try response.json()
        guard let code = body["code"]?.scalarText else {
            throw .unexpected(reason: "the answer to \(response.summary) has no 'code'")
        }
        guard codes.contains(code) else {
            let message = redaction.conceal(String((body["message"]?.string ?? "").prefix(200)))
            self = .failure(code: redaction.conceal(code), message: message)
            return
        }
        self = .data(body["data"] ?? .null)
    }
}

/// One page of a list: its rows, and what the server says of all pages.
struct YonyouPage {
    let rows: [JSON]
    /// How many rows all pages have.
    let count: Int
    /// How many pages there are; nil where a service does not say.
    let pages: Int?

    /// Reads `{"recordCount":…,"pageCount":…,"recordList":[…]}`.
    init(_ data: JSON, of path: String) throws(ConnectorError) {
        guard let count = data["recordCount"]?.scalarText.flatMap({ Int($0) }), count >= 0 else {
            throw .unexpected(reason: "\(path): the answer has no 'recordCount'")
        }
        // A list that nothing is in may have no rows at all.
        guard let rows = data["recordList"]?.array ?? (count == 0 ? [] : nil) else {
            throw .unexpected(reason: "\(path): the answer has no list 'recordList'")
        }
        guard rows.count <= count else {
            throw .unexpected(reason: "\(path): a page has \(rows.count) rows where 'recordCount' says \(count)")
        }
        (self.rows, self.count) = (rows, count)
        pages = data["pageCount"]?.scalarText.flatMap { Int($0) }
    }
}
